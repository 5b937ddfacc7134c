/** A planned change, with ServiceNow's field names. Times are ISO 8601 in UTC. */
export type ChangeRequest = {
  number: string
  short_description: string
  description: string
  state: ChangeState
  type: ChangeType
  risk: ChangeRisk
  service: string
  assignment_group: string
  assigned_to: string
  opened_at: string
  planned_start: string
  planned_end: string
  closed_at?: string
  close_notes?: string
  /** Numbers of the incidents that this change caused. */
  caused_incidents: string[]
}

/** A change in a list. */
export type ChangeSummary = Omit<
  ChangeRequest,
  'description' | 'opened_at' | 'closed_at' | 'close_notes' | 'caused_incidents'
>

/** The states of a change that is neither closed nor canceled, in their order. */
export const openChangeStates = [
  'new',
  'assess',
  'authorize',
  'scheduled',
  'implement',
  'review',
] as const

/** All states of a change. */
export const changeStates = [...openChangeStates, 'closed', 'canceled'] as const
export type ChangeState = (typeof changeStates)[number]

/** `standard` changes are approved in advance; `emergency` changes skip the normal approval. */
export const changeTypes = ['normal', 'standard', 'emergency'] as const
export type ChangeType = (typeof changeTypes)[number]

/** Lowest first. */
export const changeRisks = ['low', 'moderate', 'high'] as const
export type ChangeRisk = (typeof changeRisks)[number]

/** An unplanned disruption, with ServiceNow's field names. Times are ISO 8601 in UTC. */
export type Incident = {
  number: string
  short_description: string
  description: string
  state: IncidentState
  priority: Priority
  service: string
  assignment_group: string
  assigned_to?: string
  opened_at: string
  resolved_at?: string
  close_notes?: string
  /** The number of the change that caused it. */
  caused_by_change?: string
  /** The id of the failed pipeline run that raised it. */
  pipeline_run?: string
  /** Oldest first. */
  work_notes: { at: string; by: string; text: string }[]
}

/** An incident in a list. */
export type IncidentSummary = Omit<
  Incident,
  'description' | 'close_notes' | 'pipeline_run' | 'work_notes'
>

/** The states of an incident that is neither resolved nor closed. */
export const openIncidentStates = ['new', 'in_progress', 'on_hold'] as const

/** All states of an incident. */
export const incidentStates = [...openIncidentStates, 'resolved', 'closed'] as const
export type IncidentState = (typeof incidentStates)[number]

/** 1 is critical, 2 high, 3 moderate, 4 low. */
export const priorities = [1, 2, 3, 4] as const
export type Priority = (typeof priorities)[number]

/** One run of a data pipeline, as Log Analytics stores it. */
export type PipelineRun = {
  run_id: string
  pipeline: string
  status: RunStatus
  started_at: string
  /** Missing while the run is in progress, as are `duration_minutes` and `rows_written`. */
  ended_at?: string
  duration_minutes?: number
  trigger: RunTrigger
  rows_written?: number
  error?: { activity: string; code: string; message: string }
  /** The number of the incident that the failed run raised. */
  incident?: string
  activities: { name: string; status: RunStatus | 'skipped'; duration_minutes?: number }[]
}

/** Most urgent first. */
export const runStatuses = ['failed', 'in_progress', 'succeeded'] as const
export type RunStatus = (typeof runStatuses)[number]

/** `event` runs start when something happens, for example when a file arrives. */
export type RunTrigger = 'schedule' | 'manual' | 'event'

/** One pipeline with its latest run and its recent history. */
export type PipelineStatus = {
  pipeline: string
  description?: string
  platform: string
  /** In words: `Daily at 22:30 UTC`. */
  schedule?: string
  latest_run: { run_id: string; status: RunStatus; started_at: string; ended_at?: string }
  /** When the last successful run ended. */
  last_success_at?: string
  runs_last_7_days: Record<RunStatus, number>
}

/**
 * One service of a platform in one region. `status` is the current status. Maintenance announced for
 * later does not change it; `planned_maintenance` has the window.
 */
export type ServiceHealth = {
  service: string
  region?: string
  status: HealthStatus
  /** When this status began. Missing if the platform does not tell it. */
  since?: string
  summary: string
  /** What the provider advises users to do. */
  advice?: string
  /** The provider's id of the current problem. */
  tracking_id?: string
  /** The number of our incident about the current problem. */
  incident?: string
  /** The next announced maintenance, or the one in progress while `status` is `maintenance`. */
  planned_maintenance?: PlannedMaintenance
}

/** Best first. `maintenance` means that maintenance is in progress now. */
export const healthStatuses = ['healthy', 'maintenance', 'degraded', 'outage'] as const
export type HealthStatus = (typeof healthStatuses)[number]

/**
 * A maintenance window. A Statuspage `scheduled_maintenances` entry has it as `scheduled_for` and
 * `scheduled_until`, an Azure Service Health event of the type `PlannedMaintenance` as
 * `ImpactStartTime` and `ImpactMitigationTime`.
 */
export type PlannedMaintenance = {
  from: string
  /** Missing if the provider announces no end. */
  to?: string
  /** What users will notice. */
  summary: string
  /** The provider's id of the announcement. */
  tracking_id?: string
}
