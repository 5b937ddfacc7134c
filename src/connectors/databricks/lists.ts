import { z } from 'zod'
import type { JsonClient } from '../json-client.ts'

/** A SQL warehouse. https://docs.databricks.com/api/workspace/warehouses/list */
export const warehouseSchema = z.object({
  name: z.string(),
  state: z.string(),
  health: z
    .object({
      status: z.string().nullish(),
      summary: z.string().nullish(),
      message: z.string().nullish(),
      details: z.string().nullish(),
    })
    .nullish(),
})

/** A cluster. https://docs.databricks.com/api/workspace/clusters/list */
export const clusterSchema = z.object({
  cluster_name: z.string(),
  state: z.string(),
  state_message: z.string().nullish(),
  terminated_time: z.number().nullish(),
  termination_reason: z
    .object({ code: z.string().nullish(), type: z.string().nullish() })
    .nullish(),
})

/** A run of a job that has ended. https://docs.databricks.com/api/jobs/v2/list-runs */
export const runSchema = z.object({
  run_name: z.string().nullish(),
  end_time: z.number().nullish(),
  status: z
    .object({
      termination_details: z
        .object({
          code: z.string().nullish(),
          type: z.string().nullish(),
          message: z.string().nullish(),
        })
        .nullish(),
    })
    .nullish(),
})

const maxPages = 8
const runsPerPage = 25

/** The most runs that are read. */
export const maxRuns = maxPages * runsPerPage

/** Starting or stopping a warehouse is not part of this: it reads only. */
export async function readWarehouses(client: JsonClient, signal: AbortSignal) {
  const schema = listSchema('warehouses', warehouseSchema)
  return readPages(client, { path: '/api/2.0/sql/warehouses', query: {}, schema }, signal)
}

/** All clusters that are active, and those that have ended in the last 30 days. */
export async function readClusters(client: JsonClient, signal: AbortSignal) {
  const schema = listSchema('clusters', clusterSchema)
  const query = { page_size: '100' }
  return readPages(client, { path: '/api/2.1/clusters/list', query, schema }, signal)
}

/** The runs that ended, newest first, and that started after `sinceMs`, in ms since 1970. */
export async function readEndedRuns(client: JsonClient, sinceMs: number, signal: AbortSignal) {
  const schema = listSchema('runs', runSchema)
  const query = {
    completed_only: 'true',
    limit: String(runsPerPage),
    start_time_from: String(sinceMs),
  }
  return readPages(client, { path: '/api/2.2/jobs/runs/list', query, schema }, signal)
}

type List<Item> = { items: Item[]; next?: string | null | undefined }

/** A reply with a list. Databricks leaves out an empty list, but a reply with other fields is no empty list. */
function listSchema<Item>(name: string, item: z.ZodType<Item>): z.ZodType<List<Item>> {
  return z.preprocess(
    (reply) => {
      const fields = new Map<string, unknown>(Object.entries(reply ?? {}))
      const isEmpty = [...fields.keys()].every((key) => /page_token|has_more/.test(key))
      return { items: fields.get(name) ?? (isEmpty ? [] : undefined), next: fields.get(nextPage) }
    },
    z.object({ items: z.array(item), next: z.string().nullish() }),
  )
}

const nextPage = 'next_page_token'

/** Reads at most 8 pages. */
async function readPages<Item>(
  client: JsonClient,
  request: { path: string; query: Record<string, string>; schema: z.ZodType<List<Item>> },
  signal: AbortSignal,
): Promise<Item[]> {
  const items: Item[] = []
  let query = request.query
  for (let count = 0; count < maxPages; count += 1) {
    const { body } = await client.send({ ...request, query }, signal)
    items.push(...body.items)
    if (!body.next) break
    query = { ...request.query, page_token: body.next }
  }
  return items
}
