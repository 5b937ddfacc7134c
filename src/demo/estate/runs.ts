import type { PipelineRun } from '../../tools/records.ts'
import { dayMs, iso, minuteMs, momentOf, type Timed, type When } from './day.ts'
import {
  extraRuns,
  type Failure,
  failures,
  type Pipeline,
  pausedStarts,
  pipelines,
} from './pipelines.ts'

/**
 * All runs that start from 14 days before today until the end of today, newest first, as they are
 * after their end. `runAt` shows a run at a moment.
 */
export function runsOf(todayMs: number): Timed<PipelineRun>[] {
  const idOf = ([pipeline, at]: readonly [string, When, ...unknown[]]) =>
    runIdOf(pipeline, momentOf(todayMs, at))
  const failureOf = new Map(failures.map((failure) => [idOf(failure[0]), failure]))
  const skipped = new Set(pausedStarts.map(idOf))
  return pipelines
    .flatMap((pipeline) => [
      ...scheduledStarts(pipeline, todayMs).map((startMs) => runOf(pipeline, startMs, failureOf)),
      ...extraRuns
        .filter(([name]) => name === pipeline.name)
        .flatMap(([, trigger, starts]) =>
          starts.map((at) => runOf(pipeline, momentOf(todayMs, at), failureOf, trigger)),
        ),
    ])
    .filter(({ item }) => !skipped.has(item.run_id))
    .sort((a, b) => b.startMs - a.startMs)
}

/** The run at `nowMs`. Before its end it is in progress and shows nothing of its outcome. */
export function runAt(run: Timed<PipelineRun>, nowMs: number): Timed<PipelineRun> {
  if (run.endMs <= nowMs) return run
  const { run_id, pipeline, started_at, trigger, activities } = run.item
  let endMs = run.startMs
  const ended = activities.filter(({ duration_minutes = 0 }) => {
    endMs += duration_minutes * minuteMs
    return endMs <= nowMs
  })
  const status = 'in_progress'
  const current = { name: activities[ended.length]?.name ?? '', status } as const
  const item = { run_id, pipeline, started_at, trigger, status } as const
  return { ...run, item: { ...item, activities: [...ended, current] } }
}

/** `customer-orders-daily-20260801-2230`: the pipeline and when the run started. */
function runIdOf(pipeline: string, startMs: number): string {
  return `${pipeline}-${iso(startMs).slice(0, 16).replaceAll(/[-:]/g, '').replace('T', '-')}`
}

function scheduledStarts({ schedule }: Pipeline, todayMs: number): number[] {
  return Array.from({ length: 15 }, (_, index) => todayMs - index * dayMs)
    .filter((dayStart) => [undefined, new Date(dayStart).getUTCDay()].includes(schedule.weekday))
    .flatMap((dayStart) => schedule.offsetsMs.map((offsetMs) => dayStart + offsetMs))
}

function runOf(
  pipeline: Pipeline,
  startMs: number,
  failureOf: ReadonlyMap<string, Failure>,
  trigger: PipelineRun['trigger'] = 'schedule',
): Timed<PipelineRun> {
  const run_id = runIdOf(pipeline.name, startMs)
  const variation = variationOf(run_id)
  const failure = failureOf.get(run_id)
  const [[, , failsAfter, failsIn, incident], code, message] = failure ?? [[]]
  const minutes = failsAfter ?? Math.round(pipeline.minutes * variation)
  const endMs = startMs + minutes * minuteMs
  const item: PipelineRun = {
    run_id,
    pipeline: pipeline.name,
    status: failure ? 'failed' : 'succeeded',
    started_at: iso(startMs),
    ended_at: iso(endMs),
    duration_minutes: minutes,
    trigger,
    ...(!failure && { rows_written: Math.round(pipeline.rows * variation) }),
    ...(failsIn && code && message && { error: { activity: failsIn, code, message } }),
    ...(incident && { incident }),
    activities: activitiesOf(pipeline, minutes, failsIn),
  }
  return { item, startMs, endMs }
}

/** Divides the minutes among the activities by their shares. Those after the failed one are skipped. */
function activitiesOf(
  { activities }: Pipeline,
  minutes: number,
  failsIn: string | undefined,
): PipelineRun['activities'] {
  const all = Object.entries(activities)
  const ran = failsIn ? all.findIndex(([name]) => name === failsIn) + 1 : all.length
  const shares = all.slice(0, ran).reduce((sum, [, share]) => sum + share, 0)
  let used = 0
  return all.map(([name, share], index) => {
    if (index >= ran) return { name, status: 'skipped' }
    const before = Math.round((minutes * used) / shares)
    used += share
    const duration_minutes = Math.round((minutes * used) / shares) - before
    return { name, status: name === failsIn ? 'failed' : 'succeeded', duration_minutes }
  })
}

/** A factor from 0.9 to 1.1 from a hash (FNV-1a) of the run id: runs vary, but not between calls. */
function variationOf(run_id: string): number {
  let hash = 2166136261
  for (const character of run_id) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 16777619)
  }
  return 0.9 + ((hash >>> 0) % 1000) / 5000
}
