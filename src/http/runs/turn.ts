import type { Turn } from '../../../views/types.ts'
import type { RunResult } from '../../core/run.ts'

/** A run as the page shows it. `now` is in ms since 1970. */
export function toTurn(conversation: string, result: RunResult, now: number): Turn {
  const { run, question, answer } = result
  const { id, status, startedAt, finishedAt, error } = run
  return {
    conversation,
    run: id,
    question: question.content,
    askedAt: startedAt,
    status,
    elapsedMs: Math.max(0, now - startedAt),
    ...(answer !== undefined && { answer: answer.content }),
    ...(error !== undefined && { error }),
    ...(finishedAt !== undefined && { durationMs: Math.max(0, finishedAt - startedAt) }),
  }
}
