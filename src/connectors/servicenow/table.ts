import { z } from 'zod'
import type { JsonClient } from '../json-client.ts'

/** The first rows that match a query, and how many match. */
export type Rows<Row> = { total: number; rows: Row[] }

const pageRows = 50
const maxPages = 5

const cell = z.object({ value: z.string() })

/** What names a row. */
export const rowKey = z.object({ number: cell, sys_id: cell })

/** Adds a work note to a row. @throws OpsError `tool_unconfirmed` if it is not known whether the note was added */
export async function addNote(
  client: JsonClient,
  table: 'change_request' | 'incident',
  id: string,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  await client.send(
    {
      method: 'PATCH',
      isOnce: true,
      path: `/api/now/table/${table}/${encodeURIComponent(id)}`,
      query: { sysparm_fields: 'number', sysparm_exclude_reference_link: 'true' },
      body: { work_notes: text },
      schema: z.object({ result: z.object({}) }),
    },
    signal,
  )
}

/** What ServiceNow answers with status 404 if nothing matches, in some releases. */
const nothingFound = z
  .object({ error: z.object({ message: z.literal('No Record found') }) })
  .transform((): { result: never[] } => ({ result: [] }))

/**
 * Reads rows of a table over the Table API.
 * https://www.servicenow.com/docs/r/api-reference/rest-apis/c_TableAPI.html
 */
export async function readRows<Shape extends z.ZodRawShape>(
  client: JsonClient,
  table: 'change_request' | 'incident',
  row: z.ZodObject<Shape>,
  { query, limit }: { query: string; limit: number },
  signal: AbortSignal,
): Promise<Rows<z.output<z.ZodObject<Shape>>>> {
  const schema = z.object({ result: z.array(row) }).or(nothingFound)
  const rows: z.output<z.ZodObject<Shape>>[] = []
  const size = Math.min(pageRows, limit)
  let total = 0
  // ServiceNow removes rows that the user may not read from a page, so a page may be short although more follow.
  for (let page = 0; page < maxPages && rows.length < limit; page += 1) {
    const offset = page * size
    const { body, headers } = await client.send(
      {
        path: `/api/now/table/${table}`,
        query: {
          sysparm_query: query,
          sysparm_fields: Object.keys(row.shape).join(','),
          sysparm_display_value: 'all',
          sysparm_exclude_reference_link: 'true',
          sysparm_limit: String(size),
          sysparm_offset: String(offset),
        },
        schema,
        statuses: [404],
      },
      signal,
    )
    rows.push(...body.result)
    total = Number(headers.get('x-total-count') ?? rows.length)
    if (offset + size >= total) break
  }
  return { total, rows: rows.slice(0, limit) }
}
