/** A planned change, with ServiceNow's field names. Times are ISO 8601 in UTC. */
export type ChangeRequest = {
  number: string
  short_description: string
  description: string
  state: ChangeState
  type: 'normal' | 'standard' | 'emergency'
  risk: 'low' | 'moderate' | 'high'
  service: string
  assignment_group: string
  assigned_to: string
  opened_at: string
  planned_start: string
  planned_end: string
  closed_at?: string
  close_notes?: string
  /** Numbers of incidents that this change caused. */
  caused_incidents: string[]
}

/** The states a change goes through, in order; `canceled` may follow any of them. */
export const changeStates = [
  'new',
  'assess',
  'authorize',
  'scheduled',
  'implement',
  'review',
  'closed',
  'canceled',
] as const
export type ChangeState = (typeof changeStates)[number]

/** A disturbance, with ServiceNow's field names. Priority 1 is critical, 4 is low. */
export type Incident = {
  number: string
  short_description: string
  description: string
  state: IncidentState
  priority: 1 | 2 | 3 | 4
  service: string
  assignment_group: string
  assigned_to?: string
  opened_at: string
  resolved_at?: string
  close_notes?: string
  /** The change that caused it. */
  caused_by_change?: string
  /** The failed pipeline run that raised it. */
  pipeline_run?: string
  /** What people wrote while working on it, oldest first. */
  work_notes: { at: string; by: string; text: string }[]
}

export const incidentStates = ['new', 'in_progress', 'on_hold', 'resolved', 'closed'] as const
export type IncidentState = (typeof incidentStates)[number]

/** One run of a data pipeline, as Log Analytics keeps it. */
export type PipelineRun = {
  run_id: string
  pipeline: string
  status: 'succeeded' | 'failed' | 'in_progress'
  started_at: string
  ended_at?: string
  duration_minutes?: number
  trigger: 'schedule' | 'manual' | 'event'
  rows_written?: number
  error?: { activity: string; code: string; message: string }
  /** The incident that a failed run raised. */
  incident?: string
  activities: {
    name: string
    status: 'succeeded' | 'failed' | 'in_progress' | 'skipped'
    duration_minutes?: number
  }[]
}

/** One pipeline and how it has been doing. */
export type PipelineStatus = {
  pipeline: string
  description: string
  platform: string
  schedule: string
  latest_run: {
    run_id: string
    status: PipelineRun['status']
    started_at: string
    ended_at?: string
  }
  last_success_at?: string
  runs_last_7_days: { succeeded: number; failed: number; in_progress: number }
}

/** One part of a platform and how it is. */
export type ServiceHealth = {
  service: string
  region?: string
  status: 'healthy' | 'degraded' | 'outage' | 'maintenance'
  since: string
  summary: string
  /** What the provider advises, where there is something to do. */
  advice?: string
  tracking_id?: string
  incident?: string
}

/** A list that may have been cut: `total` counts what matched, the list holds the first `limit` of them. */
export type Page<Record> = { total: number; items: Record[] }

/** What a source system is asked for. Every field narrows; `text` matches words anywhere. Times are ISO 8601. */
export type ChangeFilter = {
  state?: ChangeState | 'open'
  type?: ChangeRequest['type']
  risk?: ChangeRequest['risk']
  service?: string
  assignment_group?: string
  /** Planned to run at some moment at or after / before. */
  planned_from?: string
  planned_to?: string
  text?: string
  limit: number
}
export type IncidentFilter = {
  state?: IncidentState | 'open'
  priority?: Incident['priority']
  service?: string
  assignment_group?: string
  opened_from?: string
  opened_to?: string
  caused_by_change?: string
  text?: string
  limit: number
}
export type RunFilter = { pipeline?: string; from?: string; to?: string; limit: number }

/** The door to ServiceNow. `find` answers nothing for a number that does not exist. */
export type ServiceNowConnector = {
  listChanges(filter: ChangeFilter, signal: AbortSignal): Promise<Page<ChangeRequest>>
  findChange(number: string, signal: AbortSignal): Promise<ChangeRequest | undefined>
  listIncidents(filter: IncidentFilter, signal: AbortSignal): Promise<Page<Incident>>
  findIncident(number: string, signal: AbortSignal): Promise<Incident | undefined>
}

/** The door to the pipeline logs. */
export type LogAnalyticsConnector = {
  pipelineStatus(
    filter: { pipeline?: string; status?: PipelineRun['status'] },
    signal: AbortSignal,
  ): Promise<PipelineStatus[]>
  /** The run with this id, or the newest run of the pipeline with this name. */
  findRun(
    key: { run_id: string } | { pipeline: string },
    signal: AbortSignal,
  ): Promise<PipelineRun | undefined>
  listFailed(filter: RunFilter, signal: AbortSignal): Promise<Page<PipelineRun>>
}

/** The door to the health pages of the platforms. Without a filter it answers every part of the platform. */
export type ServiceHealthConnector = {
  databricks(filter: HealthFilter, signal: AbortSignal): Promise<ServiceHealth[]>
  snowflake(filter: HealthFilter, signal: AbortSignal): Promise<ServiceHealth[]>
  azure(filter: HealthFilter, signal: AbortSignal): Promise<ServiceHealth[]>
}
export type HealthFilter = { service?: string; region?: string }
