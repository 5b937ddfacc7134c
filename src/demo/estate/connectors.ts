import { throwIfAborted } from '../../core/errors.ts'
import type {
  Connectors,
  LogAnalyticsConnector,
  Page,
  ServiceHealthConnector,
  ServiceNowConnector,
} from '../../tools/connectors.ts'
import { partOfName } from '../../tools/name-match.ts'
import type { ChangeRequest, Incident, PipelineRun, PipelineStatus } from '../../tools/records.ts'
import { dayMs, type Timed } from './day.ts'
import { type Estate, estateAt } from './estate.ts'
import { allWords, isOneOf, overlaps } from './filter.ts'
import { type Pipeline, pipelines } from './pipelines.ts'

/** Connectors to the sample estate at the time of each call. `now` returns ms since 1970. */
export function createSampleConnectors(now: () => number): Connectors {
  const read: ReadEstate = (signal) => {
    throwIfAborted(signal)
    return estateAt(now())
  }
  return {
    serviceNow: createServiceNow(read),
    logAnalytics: createLogAnalytics(read),
    serviceHealth: createServiceHealth(read),
  }
}

type ReadEstate = (signal: AbortSignal) => Estate

/** The most work notes that are kept. */
const maxNotes = 100

function createServiceNow(read: ReadEstate): ServiceNowConnector {
  const notes: { number: string; note: Incident['work_notes'][number] }[] = []
  return {
    async listChanges(filter, signal) {
      const isWanted = ticketMatcher(filter)
      const isPlanned = overlaps(filter.planned_from, filter.planned_to)
      const found = read(signal).changes.filter(
        (change) =>
          isWanted(change.item) &&
          isOneOf(filter.type, change.item.type) &&
          isOneOf(filter.risk, change.item.risk) &&
          isPlanned(change),
      )
      return pageOf(found, filter.limit)
    },
    async findChange(number, signal) {
      return read(signal).changes.find(({ item }) => item.number === number)?.item
    },
    async listIncidents(filter, signal) {
      const { caused_by_change: cause } = filter
      const isWanted = ticketMatcher(filter)
      const isOpened = overlaps(filter.opened_from, filter.opened_to)
      const found = read(signal).incidents.filter(
        (incident) =>
          isWanted(incident.item) &&
          isOneOf(filter.priority, incident.item.priority) &&
          (cause === undefined || incident.item.caused_by_change === cause) &&
          isOpened(incident),
      )
      return pageOf(found, filter.limit)
    },
    async findIncident(number, signal) {
      const item = read(signal).incidents.find((incident) => incident.item.number === number)?.item
      const added = notes.flatMap((one) => (one.number === number ? one.note : []))
      return item && { ...item, work_notes: [...item.work_notes, ...added] }
    },
    async addWorkNote(number, text, signal) {
      const { nowMs, changes, incidents } = read(signal)
      if (![...changes, ...incidents].some(({ item }) => item.number === number)) return false
      const at = `${new Date(nowMs).toISOString().slice(0, 19)}Z`
      notes.push({ number, note: { at, by: 'OpsAgent', text } })
      if (notes.length > maxNotes) notes.shift()
      return true
    },
  }
}

/** The filters that changes and incidents share. */
function ticketMatcher<State extends string>(filter: {
  state?: readonly State[] | undefined
  service?: string
  assignment_group?: string
  text?: string
}) {
  const isService = partOfName(filter.service)
  const isGroup = partOfName(filter.assignment_group)
  const isText = allWords(filter.text)
  return (ticket: (ChangeRequest | Incident) & { state: State }) =>
    isOneOf(filter.state, ticket.state) &&
    isService(ticket.service) &&
    isGroup(ticket.assignment_group) &&
    isText([ticket.number, ticket.short_description, ticket.description, ticket.service])
}

function createLogAnalytics(read: ReadEstate): LogAnalyticsConnector {
  return {
    async pipelineStatus(filter, signal) {
      const { nowMs, runs } = read(signal)
      const byPipeline = Map.groupBy(runs, ({ item }) => item.pipeline)
      const isWanted = partOfName(filter.pipeline)
      return pipelines
        .filter(({ name }) => isWanted(name))
        .map((pipeline) => statusOf(pipeline, byPipeline.get(pipeline.name) ?? [], nowMs))
        .filter((status) => status !== undefined)
    },
    async findRun(key, signal) {
      const { runs } = read(signal)
      if ('run_id' in key) {
        const id = key.run_id.toLowerCase()
        return runs.find(({ item }) => item.run_id === id)?.item
      }
      const names = pipelines.map(({ name }) => name).filter(partOfName(key.pipeline))
      return runs.find(({ item }) => names.includes(item.pipeline))?.item
    },
    async listFailed(filter, signal) {
      const isWanted = partOfName(filter.pipeline)
      const isInRange = overlaps(filter.from, filter.to)
      const found = read(signal).runs.filter(
        ({ item, endMs }) =>
          item.status === 'failed' &&
          isInRange({ startMs: endMs, endMs }) &&
          isWanted(item.pipeline),
      )
      return pageOf(found, filter.limit)
    },
  }
}

/** The status of a pipeline at `nowMs` from its runs, newest first. */
function statusOf(
  { name, description, platform, schedule }: Pipeline,
  runs: Timed<PipelineRun>[],
  nowMs: number,
): PipelineStatus | undefined {
  const latest = runs[0]?.item
  if (latest === undefined) return undefined
  const { run_id, status, started_at, ended_at } = latest
  const last_success_at = runs.find(({ item }) => item.status === 'succeeded')?.item.ended_at
  const runs_last_7_days = { failed: 0, in_progress: 0, succeeded: 0 }
  for (const { item, startMs } of runs) {
    if (startMs >= nowMs - 7 * dayMs) runs_last_7_days[item.status] += 1
  }
  return {
    pipeline: name,
    description,
    platform,
    schedule: schedule.text,
    latest_run: { run_id, status, started_at, ...(ended_at && { ended_at }) },
    ...(last_success_at && { last_success_at }),
    runs_last_7_days,
  }
}

function createServiceHealth(read: ReadEstate): ServiceHealthConnector {
  const check =
    (platform: keyof ServiceHealthConnector): ServiceHealthConnector['azure'] =>
    async (filter, signal) => {
      const isService = partOfName(filter.service)
      const isRegion = partOfName(filter.region)
      // Users write "Azure Data Factory" as well as "Data Factory", and "Azure" for all services.
      return read(signal).services[platform].filter(
        ({ service, region = '' }) => isService(platform + service) && isRegion(region),
      )
    }
  return { databricks: check('databricks'), snowflake: check('snowflake'), azure: check('azure') }
}

function pageOf<Item>(found: Timed<Item>[], limit: number): Page<Item> {
  return { total: found.length, items: found.slice(0, limit).map(({ item }) => item) }
}
