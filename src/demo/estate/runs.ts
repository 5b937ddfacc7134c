import type { PipelineRun } from '../../tools/records.ts'
import { iso, minuteMs, momentOf } from './day.ts'
import { extraRuns, type Failure, failures, pausedStarts } from './failures.ts'
import { type Pipeline, pipelines } from './pipelines.ts'
import { startsOf } from './schedule.ts'

/** A run with its end, also where that lies ahead. */
export type PlannedRun = PipelineRun & { ended_at: string; duration_minutes: number }

/**
 * The runs of the last two weeks and of the whole of today, newest first. `runAt` shows one as of
 * a moment.
 */
export function runsOf(today: number): PlannedRun[] {
  const failing = new Map(
    failures.map((failure) => {
      const [[pipeline, at]] = failure
      return [runIdOf(pipeline, momentOf(today, at)), failure]
    }),
  )
  const plan = (pipeline: Pipeline, trigger: PipelineRun['trigger']) => (start: number) =>
    runOf(pipeline, trigger, start, failing.get(runIdOf(pipeline.name, start)))

  return pipelines
    .flatMap((pipeline) => [
      ...scheduledStarts(pipeline, today).map(plan(pipeline, 'schedule')),
      ...extraRuns
        .filter(([name]) => name === pipeline.name)
        .flatMap(([, trigger, starts]) =>
          starts.map((at) => momentOf(today, at)).map(plan(pipeline, trigger)),
        ),
    ])
    .sort((a, b) => b.started_at.localeCompare(a.started_at))
}

/**
 * The run as it is to be seen at `now`: before its end it is in progress, and how it will end is
 * not known.
 */
export function runAt(planned: PlannedRun, now: number): PipelineRun {
  if (Date.parse(planned.ended_at) <= now) return planned
  const { run_id, pipeline, started_at, trigger } = planned
  let end = Date.parse(started_at)
  const ended = planned.activities.filter(({ duration_minutes = 0 }) => {
    end += duration_minutes * minuteMs
    return end <= now
  })
  const current = planned.activities[ended.length]?.name ?? ''
  return {
    run_id,
    pipeline,
    status: 'in_progress',
    started_at,
    trigger,
    activities: [...ended, { name: current, status: 'in_progress' }],
  }
}

/** `customer-orders-daily-20260801-2230`: the pipeline and when the run started. */
function runIdOf(pipeline: string, start: number): string {
  const [date = '', time = ''] = iso(start).split('T')
  return `${pipeline}-${date.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}`
}

function scheduledStarts({ name, schedule }: Pipeline, today: number): number[] {
  const paused = pausedStarts
    .filter(([pipeline]) => pipeline === name)
    .map(([, at]) => momentOf(today, at))
  return startsOf(schedule, today).filter((start) => !paused.includes(start))
}

function runOf(
  pipeline: Pipeline,
  trigger: PipelineRun['trigger'],
  start: number,
  failure: Failure | undefined,
): PlannedRun {
  const run_id = runIdOf(pipeline.name, start)
  const swing = swingOf(run_id)
  const [[, , failsAfter, failsIn, incident], code, message] = failure ?? [[]]
  const minutes = failsAfter ?? Math.round(pipeline.minutes * swing)
  return {
    run_id,
    pipeline: pipeline.name,
    status: failure ? 'failed' : 'succeeded',
    started_at: iso(start),
    ended_at: iso(start + minutes * minuteMs),
    duration_minutes: minutes,
    trigger,
    ...(!failure && { rows_written: Math.round(pipeline.rows * swing) }),
    ...(failsIn && code && message && { error: { activity: failsIn, code, message } }),
    ...(incident && { incident }),
    activities: activitiesOf(pipeline, minutes, failsIn),
  }
}

/** Shares the minutes out among the activities; those after the one that failed are skipped. */
function activitiesOf(
  { activities }: Pipeline,
  minutes: number,
  failsIn: string | undefined,
): PipelineRun['activities'] {
  const all = Object.entries(activities)
  const ran = failsIn ? all.findIndex(([name]) => name === failsIn) + 1 : all.length
  const shares = all.slice(0, ran).reduce((sum, [, share]) => sum + share, 0)
  let used = 0
  return all.map(([name, share], i) => {
    if (i >= ran) return { name, status: 'skipped' }
    const before = Math.round((minutes * used) / shares)
    used += share
    const duration_minutes = Math.round((minutes * used) / shares) - before
    return { name, status: name === failsIn ? 'failed' : 'succeeded', duration_minutes }
  })
}

/** Between 0.9 and 1.1, always the same for the same run, so that no two days look alike. */
function swingOf(run_id: string): number {
  let hash = 2166136261
  for (const character of run_id) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 16777619)
  }
  return 0.9 + ((hash >>> 0) % 1000) / 5000
}
