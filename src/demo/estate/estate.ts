import type { ChangeRequest, Incident, PipelineRun, ServiceHealth } from '../../tools/records.ts'
import { changeOf } from './change.ts'
import { startOfDay } from './day.ts'
import { incidentOf } from './incident.ts'
import { openChanges } from './open-changes.ts'
import { openIncidents } from './open-incidents.ts'
import { pastChanges } from './past-changes.ts'
import { pastIncidents } from './past-incidents.ts'
import { type PlannedRun, runAt, runsOf } from './runs.ts'
import { servicesOf } from './services.ts'

/** Everything that the sample connectors know, as it is at `now` (ms). Runs are newest first. */
export type Estate = {
  now: number
  changes: ChangeRequest[]
  incidents: Incident[]
  runs: PipelineRun[]
  services: Record<'databricks' | 'snowflake' | 'azure', ServiceHealth[]>
}

/**
 * The estate at a moment. It is the same for the same `now`, and nothing in it is later but what
 * is planned.
 */
export function createEstate(now: number): Estate {
  return estateAt(createDay(startOfDay(now)), now)
}

/**
 * All that a UTC day brings, including what is still to come. Everything is dated from its first
 * moment.
 */
export type Day = Omit<Estate, 'now' | 'runs'> & { today: number; runs: PlannedRun[] }

/** The day that begins at `today` (ms). */
export function createDay(today: number): Day {
  const runs = runsOf(today)
  const raisedBy = new Map(runs.map(({ incident, run_id }) => [incident, run_id]))
  const incidents = [...pastIncidents, ...openIncidents].map((row) =>
    incidentOf(row, today, (number) => raisedBy.get(number)),
  )
  const causedBy = Map.groupBy(incidents, (incident) => incident.caused_by_change)
  const changes = [...pastChanges, ...openChanges].map((row) =>
    changeOf(row, today, (number) => causedBy.get(number)?.map((caused) => caused.number) ?? []),
  )
  return { today, changes, incidents, runs, services: servicesOf(today) }
}

/** What the day shows at `now`: runs and incidents come up as it goes on. */
export function estateAt({ changes, incidents, runs, services }: Day, now: number): Estate {
  return {
    now,
    changes,
    incidents: incidents.filter(({ opened_at }) => Date.parse(opened_at) <= now),
    runs: runs
      .filter(({ started_at }) => Date.parse(started_at) <= now)
      .map((planned) => runAt(planned, now)),
    services,
  }
}
