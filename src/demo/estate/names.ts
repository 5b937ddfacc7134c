import type {
  LogAnalyticsConnector,
  ServiceHealthConnector,
  ServiceNowConnector,
} from '../../tools/records.ts'

/** Names that questions about the sample estate may hold, each with the field that has it. */
export async function sampleNames(connectors: {
  serviceNow: ServiceNowConnector
  logAnalytics: LogAnalyticsConnector
  serviceHealth: ServiceHealthConnector
}): Promise<{ name: string; field: string; platform?: string }[]> {
  const { signal } = new AbortController()
  const { serviceNow, logAnalytics, serviceHealth } = connectors
  const all = { limit: 1000 }
  const [pipelines, changes, incidents, ...parts] = await Promise.all([
    logAnalytics.pipelineStatus({}, signal),
    serviceNow.listChanges(all, signal),
    serviceNow.listIncidents(all, signal),
    ...(['databricks', 'snowflake', 'azure'] as const).map(async (platform) =>
      (await serviceHealth[platform]({}, signal)).map((part) => ({ ...part, platform })),
    ),
  ])
  const tickets = [...changes.items, ...incidents.items]
  const names = [
    ...pipelines.map(({ pipeline }) => ({ name: pipeline, field: 'pipeline' })),
    ...tickets.map(({ assignment_group }) => ({ name: assignment_group, field: 'assignment_group' })),
    ...parts.flat().map(({ service, platform }) => ({ name: service, field: 'service', platform })),
    ...tickets.map(({ service }) => ({ name: service, field: 'service' })),
    ...parts.flat().flatMap(({ region }) => (region ? [{ name: region, field: 'region' }] : [])),
  ]
  return [...new Map(names.map((one) => [`${one.field} ${one.name}`, one])).values()]
}
