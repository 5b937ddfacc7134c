import { z } from 'zod'
import type { WordQuery } from '../core/words.ts'
import { type PostgresPool, type Query, textArray } from './postgres-pool.ts'
import { candidateFromRow } from './rows.ts'
import { candidatesPerStep, type SearchCandidate } from './search.ts'
import { termQuery, termsOf } from './search-terms.ts'

const rowsPerRead = 100

/** See `SearchIndex.candidates`. The index of `words` finds the terms of this user only. */
export async function findCandidates(
  pool: PostgresPool,
  owner: string,
  expression: string,
  below: number,
): Promise<SearchCandidate[]> {
  const rows = await pool.query(
    `WITH found AS MATERIALIZED (
      SELECT number, conversation, run FROM search_texts WHERE words @@ $2::tsquery AND number < $3
    )
    SELECT number AS text, run, conversations.* FROM found
    JOIN conversations ON conversations.id = found.conversation
    WHERE owner = $1 ORDER BY number DESC LIMIT $4`,
    [owner, expression, below, candidatesPerStep],
  )
  return rows.map(candidateFromRow)
}

/** A query in the language of `tsquery`. */
export function expressionOf(owner: string, query: WordQuery): string {
  const { terms, prefix } = termQuery(owner, query)
  const parts = terms.map(quote)
  return (prefix === undefined ? parts : [...parts, `${quote(prefix)}:*`]).join(' & ')
}

function quote(term: string): string {
  return `'${term.replaceAll(/['\\]/g, '$&$&')}'`
}

const historyRow = z.object({
  owner: z.string(),
  conversation: z.string(),
  run: z.string(),
  text: z.string(),
})

/** Adds all texts of a history to the empty index, in the transaction of a migration. */
export async function indexHistory(query: Query): Promise<void> {
  await query(
    `DECLARE history CURSOR FOR
     SELECT owner, id AS conversation, '' AS run, title AS text FROM conversations
     UNION ALL (
       SELECT owner, conversation, run, content FROM messages
       JOIN conversations ON conversations.id = conversation ORDER BY number)`,
  )
  for (;;) {
    const rows = await query(`FETCH ${rowsPerRead} FROM history`, [])
    for (const row of rows) {
      const { owner, conversation, run, text } = historyRow.parse(row)
      await query(
        `INSERT INTO search_texts (conversation, run, words) VALUES ($1, $2, array_to_tsvector($3::text[]))
         ON CONFLICT (conversation, run) DO UPDATE SET words = search_texts.words || excluded.words`,
        [conversation, run, textArray(termsOf(owner, text))],
      )
    }
    if (rows.length < rowsPerRead) return
  }
}
