import { z } from 'zod'
import { type HealthStatus, healthStatuses, type ServiceHealth } from '../../tools/records.ts'
import { regionName } from './region-name.ts'

/**
 * The availability of a resource.
 * https://learn.microsoft.com/rest/api/resourcehealth/availability-statuses/list-by-subscription-id
 */
export const resourceSchema = z.object({
  id: z.string(),
  location: z.string().nullish(),
  properties: z.object({
    availabilityState: z.string(),
    summary: z.string().nullish(),
    reasonType: z.string().nullish(),
    context: z.string().nullish(),
    /** The API spells it so. */
    occuredTime: z.string().nullish(),
  }),
})

type Resource = z.output<typeof resourceSchema>

/** The names of the portal for the types that data platforms use. */
const names: Record<string, string> = {
  'microsoft.datafactory/factories': 'Data Factory',
  'microsoft.databricks/workspaces': 'Azure Databricks',
  'microsoft.storage/storageaccounts': 'Storage',
  'microsoft.compute/virtualmachines': 'Virtual Machines',
  'microsoft.compute/virtualmachinescalesets': 'Virtual Machine Scale Sets',
  'microsoft.keyvault/vaults': 'Key Vault',
  'microsoft.eventhub/namespaces': 'Event Hubs',
  'microsoft.servicebus/namespaces': 'Service Bus',
  'microsoft.sql/servers/databases': 'SQL Database',
  'microsoft.documentdb/databaseaccounts': 'Azure Cosmos DB',
  'microsoft.web/sites': 'App Service',
  'microsoft.network/virtualnetworkgateways': 'VPN Gateway',
  'microsoft.network/expressroutecircuits': 'ExpressRoute',
  'microsoft.containerservice/managedclusters': 'Azure Kubernetes Service',
  'microsoft.operationalinsights/workspaces': 'Log Analytics',
}
const maxNamed = 5

/** One entry for each type of resource and region, with the worst status of its resources. */
export function resourceHealthOf(resources: readonly Resource[]): ServiceHealth[] {
  const known = resources.map((resource) => ({
    resource,
    ...placeOf(resource),
    status: statusOf(resource),
  }))
  const groups = Map.groupBy(known, ({ service, region }) => `${service}\n${region}`)
  return [...groups.values()].flatMap((group) => {
    const [worst] = group.toSorted(
      (a, b) => healthStatuses.indexOf(b.status) - healthStatuses.indexOf(a.status),
    )
    if (worst === undefined) return []
    const ill = group.filter(({ status }) => status !== 'healthy')
    const named = ill.slice(0, maxNamed).map(({ resource }) => sentenceOf(resource))
    const rest = ill.length > maxNamed ? ` And ${ill.length - maxNamed} more.` : ''
    const { occuredTime } = worst.resource.properties
    return {
      service: worst.service,
      region: worst.region,
      status: worst.status,
      ...(ill.length > 0 && occuredTime && { since: occuredTime }),
      summary:
        ill.length === 0
          ? `${group.length} resources, all available.`
          : `${ill.length} of ${group.length} resources are not available. ${named.join(' ')}${rest}`,
    }
  })
}

/** A resource that a user has stopped has no problem; one with an unknown state sends no signal. */
function statusOf({ properties }: Resource): HealthStatus {
  const { availabilityState, reasonType, context } = properties
  if ([reasonType, context].some((reason) => /user|customer/i.test(reason ?? ''))) return 'healthy'
  if (availabilityState === 'Unavailable') return 'outage'
  return availabilityState === 'Degraded' ? 'degraded' : 'healthy'
}

/** `…/providers/Microsoft.Sql/servers/s1/databases/d1/providers/Microsoft.ResourceHealth/…` is a `microsoft.sql/servers/databases`. */
function placeOf({ id, location }: Resource): { service: string; region: string } {
  const [, path = ''] = /\/providers\/(.+?)\/providers\/Microsoft\.ResourceHealth/i.exec(id) ?? []
  const [provider = 'Resource', ...parts] = path.split('/')
  const type = [provider, ...parts.filter((_, index) => index % 2 === 0)].join('/')
  return { service: names[type.toLowerCase()] ?? type, region: regionName(location ?? '') }
}

function sentenceOf({ id, properties }: Resource): string {
  const name =
    id
      .split(/\/providers\/Microsoft\.ResourceHealth/i)[0]
      ?.split('/')
      .at(-1) ?? id
  const summary = properties.summary?.replace(/\s+/g, ' ').trim().slice(0, 200)
  return `${name}: ${summary || properties.availabilityState}`.replace(/[^.]$/, '$&.')
}
