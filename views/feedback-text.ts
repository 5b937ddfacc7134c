import type { Feedback } from '../src/core/run.ts'

/** What the user thinks of an answer, as an export gives it: "good answer", or "bad answer: too old". */
export function feedbackText({ rating, comment }: Feedback): string {
  const text = rating === 'up' ? 'good answer' : 'bad answer'
  return comment === undefined ? text : `${text}: ${comment}`
}
