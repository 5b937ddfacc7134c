import type { ChangeRequest, Incident, PipelineRun } from '../../tools/records.ts'
import { changes } from './changes.ts'
import { dayMs, startOfDay, type Timed } from './day.ts'
import { incidents } from './incidents.ts'
import { runAt, runsOf } from './runs.ts'
import { type Services, servicesOf } from './services.ts'
import { changeOf, incidentOf } from './tickets.ts'

/** The sample systems at the moment `nowMs`. */
export type Estate = {
  nowMs: number
  /** With their planned windows; in the order of `list_change_requests`. */
  changes: Timed<ChangeRequest>[]
  /** With the moment they were opened; in the order of `list_incidents`. */
  incidents: Timed<Incident>[]
  /** Newest first. */
  readonly runs: Timed<PipelineRun>[]
  services: Services
}

/**
 * The estate at `nowMs`; the result depends on nothing else. Everything is dated from the start of
 * the UTC day. Runs, and the incidents of that day, appear when their time comes.
 */
export function estateAt(nowMs: number): Estate {
  const { changes, incidents, runs, services } = dayAt(nowMs)
  return {
    nowMs,
    changes,
    incidents: incidents.filter(({ startMs }) => startMs <= nowMs),
    // Only when it is read: most calls need no runs.
    get runs() {
      return runs.filter(({ startMs }) => startMs <= nowMs).map((run) => runAt(run, nowMs))
    },
    services,
  }
}

/** The estate at the end of a day. Cached: it takes milliseconds to build, and every call reads it. */
let day: { todayMs: number; estate: Estate } | undefined

function dayAt(nowMs: number): Estate {
  const todayMs = startOfDay(nowMs)
  if (day?.todayMs === todayMs) return day.estate
  const runs = runsOf(todayMs)
  const raisedBy = new Map(runs.map(({ item }) => [item.incident, item.run_id]))
  const estate = {
    nowMs: todayMs + dayMs,
    changes: changes.map((row) => changeOf(row, todayMs)).sort(nextFirst),
    incidents: incidents
      .map((row) => incidentOf(row, todayMs, raisedBy.get(row[0][0])))
      .sort((a, b) => a.item.priority - b.item.priority || b.startMs - a.startMs),
    runs,
    services: servicesOf(todayMs),
  }
  day = { todayMs, estate }
  return estate
}

/** Open changes by planned start; then the others, the latest planned start first. */
function nextFirst(a: Timed<ChangeRequest>, b: Timed<ChangeRequest>): number {
  const [isOverA, isOverB] = [a, b].map(({ item }) => /closed|canceled/.test(item.state))
  if (isOverA !== isOverB) return isOverA ? 1 : -1
  return isOverA ? b.startMs - a.startMs : a.startMs - b.startMs
}
