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
const page = { next_page_token: z.string().nullish() }

/** Starting or stopping a warehouse is not part of this: it reads only. */
export async function readWarehouses(client: JsonClient, signal: AbortSignal) {
  const schema = z.object({ warehouses: z.array(warehouseSchema).nullish() })
  const { body } = await client.send({ path: '/api/2.0/sql/warehouses', schema }, signal)
  return body.warehouses ?? []
}

/** All clusters that are active, and those that have ended in the last 30 days. */
export async function readClusters(client: JsonClient, signal: AbortSignal) {
  const schema = z.object({ clusters: z.array(clusterSchema).nullish(), ...page })
  return readPages('/api/2.1/clusters/list', { page_size: '100' }, async (request) => {
    const { body } = await client.send({ ...request, schema }, signal)
    return { items: body.clusters ?? [], next: body.next_page_token }
  })
}

/** The runs that ended, newest first, and that started after `sinceMs`, in ms since 1970. */
export async function readEndedRuns(client: JsonClient, sinceMs: number, signal: AbortSignal) {
  const schema = z.object({ runs: z.array(runSchema).nullish(), ...page })
  const query = { completed_only: 'true', limit: '25', start_time_from: String(sinceMs) }
  return readPages('/api/2.2/jobs/runs/list', query, async (request) => {
    const { body } = await client.send({ ...request, schema }, signal)
    return { items: body.runs ?? [], next: body.next_page_token }
  })
}

type PageRequest = { path: string; query: Record<string, string> }

/** Reads at most 8 pages. */
async function readPages<Item>(
  path: string,
  query: Record<string, string>,
  read: (request: PageRequest) => Promise<{ items: Item[]; next: string | null | undefined }>,
): Promise<Item[]> {
  const items: Item[] = []
  let token: string | null | undefined
  for (let count = 0; count < maxPages; count += 1) {
    const result = await read({ path, query: { ...query, ...(token && { page_token: token }) } })
    items.push(...result.items)
    token = result.next
    if (!token) break
  }
  return items
}
