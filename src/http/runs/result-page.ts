import { OpsError } from '../../core/errors.ts'
import type { RunResult } from '../../core/run.ts'
import type { Runs } from '../../runs/runs.ts'
import type { StoredConversation } from '../../storage/store.ts'

/** Which results to read: the last `limit` ones, or those before the run `before`. */
export type ResultQuery = { limit: number; before?: string | undefined }

/** Results in their order. `previous` is the value of `before` for the page before, if there is one. */
export type ResultPage = { results: RunResult[]; previous?: string }

/** Long texts make a page shorter, so that a client that does not read holds little memory. */
const maxCharacters = 256 * 1024

/** Reads a page of at least one run. @throws OpsError `not_found` if `before` is not a run of the conversation */
export async function readResultPage(
  runs: Runs,
  conversation: StoredConversation,
  { limit, before }: ResultQuery,
): Promise<ResultPage> {
  const found = await runs.results(conversation, { last: limit + 1, before })
  if (found.length === 0 && before !== undefined && !(await runs.result(conversation, before))) {
    throw new OpsError('not_found')
  }
  let characters = 0
  const tooMany = found.findLastIndex(({ question, answer }, index) => {
    characters += question.content.length + (answer?.content.length ?? 0)
    const isLast = index === found.length - 1
    return found.length - index > limit || (characters > maxCharacters && !isLast)
  })
  const results = found.slice(tooMany + 1)
  const [first] = results
  return { results, ...(tooMany >= 0 && first && { previous: first.run.id }) }
}
