/** One thing that was said in a conversation, in Markdown where the assistant said it. */
export type Message = { role: 'user' | 'assistant'; content: string }
