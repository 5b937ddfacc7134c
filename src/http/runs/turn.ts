import type { Turn } from '../../../views/types.ts'
import type { RunResult } from '../../core/run.ts'
import type { Services } from '../context.ts'

/** A run as the page shows it. Only the last one on the page gets suggested questions. */
export async function toTurn(
  { answers, followUps, now, limits }: Pick<Services, 'answers' | 'followUps' | 'now' | 'limits'>,
  conversation: string,
  { run, question, answer }: RunResult,
  isLast = true,
): Promise<Turn> {
  const { id, status, startedAt, finishedAt, error, counts, feedback } = run
  return {
    conversation,
    run: id,
    question: question.content,
    askedAt: startedAt,
    status,
    elapsedMs: Math.max(0, now() - startedAt),
    canShare: limits.share !== 'off',
    ...(answer !== undefined && { answer: await answers.of(answer, conversation) }),
    ...(feedback && { feedback }),
    ...(answer && isLast && { followUps: followUps(question.content, answer.content) }),
    ...(error !== undefined && { error }),
    ...(counts !== undefined && { counts }),
    ...(finishedAt !== undefined && { durationMs: Math.max(0, finishedAt - startedAt) }),
  }
}
