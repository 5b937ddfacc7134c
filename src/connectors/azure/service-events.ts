import { z } from 'zod'
import type { HealthStatus, ServiceHealth } from '../../tools/records.ts'
import { regionName } from './region-name.ts'

/**
 * An event of Service Health.
 * https://learn.microsoft.com/rest/api/resourcehealth/events/list-by-subscription-id
 */
export const eventSchema = z.object({
  /** The tracking id. */
  name: z.string(),
  properties: z.object({
    eventType: z.string(),
    status: z.string(),
    eventLevel: z.string().nullish(),
    title: z.string().nullish(),
    summary: z.string().nullish(),
    impactStartTime: z.string().nullish(),
    impactMitigationTime: z.string().nullish(),
    recommendedActions: z
      .object({ actions: z.array(z.object({ actionText: z.string().nullish() })).nullish() })
      .nullish(),
    impact: z
      .array(
        z.object({
          impactedService: z.string(),
          impactedRegions: z
            .array(z.object({ impactedRegion: z.string(), status: z.string().nullish() }))
            .nullish(),
        }),
      )
      .nullish(),
  }),
})

type Event = z.output<typeof eventSchema>

/**
 * The services that events affect. The first entry stands for Service Health itself, so that a subscription without events
 * is healthy and not unknown. `nowMs` is in ms since 1970.
 */
export function eventHealthOf(events: readonly Event[], nowMs: number): ServiceHealth[] {
  const active = events.filter(({ properties }) => properties.status === 'Active')
  const issues = active.flatMap((event) => healthOf(event, nowMs))
  const affected = issues.filter(({ status }) => status !== 'healthy').length
  const summary =
    affected === 0
      ? 'No active issue affects this subscription.'
      : `Active issues affect ${affected} services of this subscription.`
  return [{ service: 'Service Health', region: 'Global', status: 'healthy', summary }, ...issues]
}

/** One entry for each service and region that the event affects. Advisories are no problem of now. */
function healthOf({ name, properties }: Event, nowMs: number): ServiceHealth[] {
  const { eventType, impactStartTime: from, impactMitigationTime: to } = properties
  const isMaintenance = eventType === 'PlannedMaintenance'
  if (!isMaintenance && eventType !== 'ServiceIssue') return []
  const text = textOf(properties.title, properties.summary)
  const isNow = from ? Date.parse(from) <= nowMs : true
  if (isMaintenance && to && Date.parse(to) < nowMs) return []
  const advice = adviceOf(properties)
  const plan =
    isMaintenance && from
      ? { from, ...(to && { to }), summary: text, tracking_id: name }
      : undefined
  const status = isMaintenance
    ? isNow
      ? 'maintenance'
      : 'healthy'
    : levelStatus(properties.eventLevel)
  return placesOf(properties).map(([service, region]) => ({
    service,
    region,
    status,
    ...(isNow && from && { since: from }),
    summary: isNow ? text : 'No known problem.',
    ...(advice !== '' && isNow && { advice }),
    ...(!isMaintenance && { tracking_id: name }),
    ...(plan && { planned_maintenance: plan }),
  }))
}

function placesOf({ impact }: Event['properties']): [service: string, region: string][] {
  return (impact ?? []).flatMap(({ impactedService, impactedRegions }) =>
    (impactedRegions ?? [])
      .filter(({ status }) => status !== 'Resolved')
      .map(({ impactedRegion }): [string, string] => [impactedService, regionName(impactedRegion)]),
  )
}

function levelStatus(level: string | null | undefined): HealthStatus {
  return level === 'Critical' || level === 'Error' ? 'outage' : 'degraded'
}

function adviceOf({ recommendedActions }: Event['properties']): string {
  const texts = recommendedActions?.actions?.map(({ actionText }) => plainText(actionText ?? ''))
  return texts?.filter((text) => text !== '').join(' ') ?? ''
}

function textOf(title: string | null | undefined, summary: string | null | undefined): string {
  return [title, summary]
    .map((text) => plainText(text ?? ''))
    .filter((text) => text !== '')
    .join(': ')
}

/** Texts of events are HTML. */
function plainText(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 1000)
}
