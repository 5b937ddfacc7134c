import type {
  ChangeRequest,
  ChangeRisk,
  ChangeState,
  ChangeSummary,
  ChangeType,
  Incident,
  IncidentState,
  IncidentSummary,
  PipelineRun,
  PipelineStatus,
  Priority,
  ServiceHealth,
} from './records.ts'

/** The clients of the source systems. */
export type Connectors = {
  serviceNow: ServiceNowConnector
  logAnalytics: LogAnalyticsConnector
  serviceHealth: ServiceHealthConnector
}

/** The client of ServiceNow. The `find` methods return undefined for an unknown number. */
export type ServiceNowConnector = {
  /** Open changes first, by planned start; then the others, the latest planned start first. */
  listChanges(filter: ChangeFilter, signal: AbortSignal): Promise<Page<ChangeSummary>>
  findChange(number: string, signal: AbortSignal): Promise<ChangeRequest | undefined>
  /** By priority, critical first; within a priority the newest first. */
  listIncidents(filter: IncidentFilter, signal: AbortSignal): Promise<Page<IncidentSummary>>
  findIncident(number: string, signal: AbortSignal): Promise<Incident | undefined>
  /**
   * Adds a work note to a change request or an incident, once. Resolves with false for an unknown number. Without it, users
   * are not offered to write notes.
   */
  addWorkNote?(number: string, text: string, signal: AbortSignal): Promise<boolean>
}

/** The client of the pipeline logs. */
export type LogAnalyticsConnector = {
  /** In any order; a pipeline without a stored run is left out. */
  pipelineStatus(filter: PipelineFilter, signal: AbortSignal): Promise<PipelineStatus[]>
  /** The run with this id, or the newest run of the pipeline with this name. */
  findRun(
    key: { run_id: string } | { pipeline: string },
    signal: AbortSignal,
  ): Promise<PipelineRun | undefined>
  /** Newest first. */
  listFailed(filter: FailedRunFilter, signal: AbortSignal): Promise<Page<PipelineRun>>
}

/** The client of the health pages of the platforms. Each method returns its services in any order. */
export type ServiceHealthConnector = {
  databricks(filter: HealthFilter, signal: AbortSignal): Promise<ServiceHealth[]>
  snowflake(filter: HealthFilter, signal: AbortSignal): Promise<ServiceHealth[]>
  azure(filter: HealthFilter, signal: AbortSignal): Promise<ServiceHealth[]>
}

/** The first records of a result: `total` counts all that match, `items` holds up to `limit`. */
export type Page<Item> = { total: number; items: Item[] }

/**
 * A record must match every field that is given. A list matches any of its values. `service` and
 * `assignment_group` match part of the name, in any case; `text` needs every word somewhere in the
 * number, the title, the description or the service. Times are ISO 8601 in UTC and inclusive.
 */
export type ChangeFilter = {
  state?: readonly ChangeState[] | undefined
  type?: readonly ChangeType[]
  risk?: readonly ChangeRisk[]
  service?: string
  assignment_group?: string
  /** The planned window ends at or after this. */
  planned_from?: string
  /** The planned window starts at or before this. */
  planned_to?: string
  text?: string
  limit: number
}

/** Matches as `ChangeFilter` does. */
export type IncidentFilter = {
  state?: readonly IncidentState[] | undefined
  priority?: readonly Priority[]
  service?: string
  assignment_group?: string
  opened_from?: string
  opened_to?: string
  /** The number of a change. */
  caused_by_change?: string
  text?: string
  limit: number
}

/** `pipeline` matches part of the name, in any case, with hyphens, underscores or spaces. */
export type PipelineFilter = { pipeline?: string }

/** Runs that failed from `from` to `to`, by their end. Times are ISO 8601 in UTC. */
export type FailedRunFilter = { pipeline?: string; from: string; to: string; limit: number }

/** Both match part of the name; the name of the platform matches all of its services. */
export type HealthFilter = { service?: string; region?: string }
