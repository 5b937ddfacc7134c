import type { Reading } from './reading.ts'

type Part = { first: number; last: number }

/** "Users say that Databricks is slow." A bare "open changes" asks, although it has no verb. */
export function isStatement({ tokens }: Reading, { first, last }: Part): boolean {
  const words = tokens.slice(first, last + 1).map(({ word }) => word)
  if (tokens[last + 1]?.word === '?' || starters.has(words[0] ?? '')) return false
  if (subordinate.has(words[0] ?? '') || words.some((word) => requests.has(word))) return false
  return words.some((word, index) => verbs.has(word) && !relative.has(words[index - 1] ?? ''))
}

/** "Jobs start late: is it Databricks?", "error budget aside, what is degraded?" */
export function isLeadIn({ tokens }: Reading, clause: Part, next: Part | undefined): boolean {
  if (next === undefined) return false
  const asks = starters.has(tokens[next.first]?.word ?? '')
  const colon =
    tokens[clause.last + 1]?.word === ':' && !requests.has(tokens[clause.first]?.word ?? '')
  return asks && (colon || tokens[clause.last]?.word === 'aside')
}

/** Words that open a question or a request. */
export const starters = new Set(
  'is are was were am do does did has have had can could will would should may which what who whom whose how why when where any anything show list give tell get find check display fetch count please look pull bring compare explain describe search summarize report status let'.split(
    ' ',
  ),
)
const requests = new Set(
  'need want show list give tell please check find know wonder wondering interested looking curious see send get'.split(
    ' ',
  ),
)
const verbs = new Set(
  'is are was were am has have had did does do will complain complains complaining say says said told tells reported woke got'.split(
    ' ',
  ),
)
/** "… and whether Databricks is healthy" goes on asking. */
const subordinate = new Set(['whether', 'if', 'that'])
/** "Pipelines that have failed" is a name for something, no sentence. */
const relative = new Set('that which who what if whether where how why when there'.split(' '))
