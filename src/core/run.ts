import type { RunStatus } from './event.ts'
import type { Evidence } from './evidence.ts'
import type { RunCounts } from './run-counts.ts'

/** Identifies one run of one user. Runs of two users never share a key, whatever ids the clients send. */
export type RunKey = { owner: string; conversation: string; run: string }

/** Names a conversation in a map. */
export function conversationName({ owner, conversation }: Omit<RunKey, 'run'>): string {
  return JSON.stringify([owner, conversation])
}

/** Names a run in a map of one store, where the ids of conversations are unique. */
export function runName({ conversation, run }: Omit<RunKey, 'owner'>): string {
  return `${conversation}/${run}`
}

/**
 * The work on one question. Times are in ms since 1970; `error` is a sentence that the user may see. Ended runs
 * of earlier versions have no `counts`.
 */
export type Run = {
  id: string
  status: RunStatus
  startedAt: number
  finishedAt?: number
  code?: string
  error?: string
  counts?: RunCounts
  feedback?: Feedback
}

/** What a user thinks of an answer. */
export type Feedback = { rating: 'up' | 'down'; comment?: string }

/** The newest run of a conversation. */
export type LastRun = { conversation: string } & Pick<Run, 'id' | 'status'>

/**
 * A question or an answer of a run, as it is stored. `createdAt` is in ms since 1970. Answers of 0.1.0 and rejections have
 * no `evidence`.
 */
export type RunMessage = {
  id: string
  run: string
  role: 'user' | 'assistant'
  content: string
  createdAt: number
  evidence?: Evidence
}

/** A run with its question and, once there is one, its answer. */
export type RunResult = { run: Run; question: RunMessage; answer?: RunMessage }
