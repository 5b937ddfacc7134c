import { z } from 'zod'
import type { Config } from '../../config.ts'
import type { ServiceHealthConnector } from '../../tools/connectors.ts'
import { partOfName } from '../../tools/name-match.ts'
import type { ServiceHealth } from '../../tools/records.ts'
import { type ConnectorServices, JsonClient } from '../json-client.ts'
import type { OpenedSystem } from '../opened-system.ts'
import { entraAuthorization } from './identity.ts'
import { resourceHealthOf, resourceSchema } from './resource-health.ts'
import { eventHealthOf, eventSchema } from './service-events.ts'

const system = 'Azure'
const apiVersion = '2025-05-01'
/** Maintenance is announced weeks before. Without this, Azure returns what changed in three days. */
const eventDays = 30
const maxPages = 20

/**
 * Opens the Service Health and the Resource Health of a subscription.
 * @throws OpsError `bad_setting` if a setting is missing
 */
export function openAzureHealth(
  config: Config,
  subscription: string,
  services: ConnectorServices,
): OpenedSystem<ServiceHealthConnector['azure']> {
  const { azureManagementUrl: url } = config
  const authorization = entraAuthorization(config, new URL(url).origin, services)
  const client = new JsonClient({ system, url, authorization }, services)
  const base = `/subscriptions/${subscription}/providers/Microsoft.ResourceHealth`
  const { now } = services

  async function readEvents(signal: AbortSignal) {
    const since = new Date(now() - eventDays * 86_400_000)
    const [year, month, day] = since.toISOString().slice(0, 10).split('-').map(Number)
    const query = { 'api-version': apiVersion, queryStartTime: `${month}/${day}/${year}` }
    return readPages(client, { path: `${base}/events`, query }, eventSchema, signal)
  }

  async function readResources(signal: AbortSignal) {
    const query = { 'api-version': apiVersion }
    return readPages(
      client,
      { path: `${base}/availabilityStatuses`, query },
      resourceSchema,
      signal,
    )
  }

  async function connector(
    { service, region }: Parameters<ServiceHealthConnector['azure']>[0],
    signal: AbortSignal,
  ) {
    const [events, resources] = await Promise.all([readEvents(signal), readResources(signal)])
    const isService = partOfName(service)
    const isRegion = partOfName(region)
    const all = [
      ...eventHealthOf(events.items, now()),
      ...resourceHealthOf(resources.items),
      ...(resources.isCut ? [cutNote(resources.items.length)] : []),
    ]
    return all.filter((one) => isService(`azure${one.service}`) && isRegion(one.region ?? ''))
  }

  return {
    connector,
    checks: [
      {
        name: `${system} Service Health`,
        run: async (signal) =>
          `${(await readEvents(signal)).items.length} events of ${eventDays} days`,
      },
      {
        name: `${system} Resource Health`,
        run: async (signal) => `${(await readResources(signal)).items.length} resources`,
      },
    ],
  }
}

/** Reads all pages, at most 20: a subscription may have thousands of resources. */
async function readPages<Item>(
  client: JsonClient,
  first: { path: string; query: Record<string, string> },
  item: z.ZodType<Item>,
  signal: AbortSignal,
): Promise<{ items: Item[]; isCut: boolean }> {
  const schema = z.object({ value: z.array(item), nextLink: z.string().nullish() })
  const items: Item[] = []
  let request: { path: string; query?: Record<string, string> } = first
  for (let page = 0; page < maxPages; page += 1) {
    const { body } = await client.send({ ...request, schema }, signal)
    items.push(...body.value)
    if (!body.nextLink) return { items, isCut: false }
    request = { path: body.nextLink }
  }
  return { items, isCut: true }
}

/** Without it, an answer would read as if it were about all resources. */
function cutNote(count: number): ServiceHealth {
  const summary = `Only the first ${count} resources were read.`
  return { service: 'Resource Health', region: 'Global', status: 'healthy', summary }
}
