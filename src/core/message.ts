/** One message of a conversation, as a model reads it. An answer is Markdown. */
export type Message = { role: 'user' | 'assistant'; content: string }
