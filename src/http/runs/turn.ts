import type { Turn } from '../../../views/types.ts'
import type { RunResult } from '../../core/run.ts'
import type { Services } from '../context.ts'

/** A run as the page shows it. */
export async function toTurn(
  { answers, now, limits }: Pick<Services, 'answers' | 'now' | 'limits'>,
  conversation: string,
  { run, question, answer }: RunResult,
): Promise<Turn> {
  const { id, status, startedAt, finishedAt, error, counts } = run
  return {
    conversation,
    run: id,
    question: question.content,
    askedAt: startedAt,
    status,
    elapsedMs: Math.max(0, now() - startedAt),
    canShare: limits.share !== 'off',
    ...(answer !== undefined && { answer: await answers.of(answer, conversation) }),
    ...(error !== undefined && { error }),
    ...(counts !== undefined && { counts }),
    ...(finishedAt !== undefined && { durationMs: Math.max(0, finishedAt - startedAt) }),
  }
}
