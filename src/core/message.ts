/** One message of a conversation, as a model reads it. An answer is Markdown. */
export type Message = { role: 'user' | 'assistant'; content: string }

/** The most turns before a question that a model reads. */
export const maxEarlierTurns = 10
