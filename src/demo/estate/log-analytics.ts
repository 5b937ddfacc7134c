import { throwIfAborted } from '../../core/errors.ts'
import type { LogAnalyticsConnector, PipelineRun, PipelineStatus } from '../../tools/records.ts'
import { dayMs } from './day.ts'
import type { Estate } from './estate.ts'
import { isPartOf, touches } from './match.ts'
import { type Pipeline, pipelines } from './pipelines.ts'

/** The pipeline logs of the sample estate, as they are at the moment of the call. */
export function createSampleLogAnalytics(estate: () => Estate): LogAnalyticsConnector {
  return {
    async pipelineStatus({ pipeline, status }, signal) {
      throwIfAborted(signal)
      const { runs, now } = estate()
      return pipelines
        .filter(({ name }) => pipeline === undefined || isPartOf(pipeline, name))
        .flatMap((each) => statusOf(each, runs, now))
        .filter(({ latest_run }) => status === undefined || latest_run.status === status)
        .sort((a, b) => b.latest_run.started_at.localeCompare(a.latest_run.started_at))
    },
    async findRun(key, signal) {
      throwIfAborted(signal)
      const { runs } = estate()
      if ('run_id' in key) return runs.find(({ run_id }) => run_id === key.run_id.toLowerCase())
      return runs.find(({ pipeline }) => isPartOf(key.pipeline, pipeline))
    },
    async listFailed({ pipeline, from, to, limit }, signal) {
      throwIfAborted(signal)
      const failed = estate()
        .runs.filter(({ status }) => status === 'failed')
        .filter((run) => pipeline === undefined || isPartOf(pipeline, run.pipeline))
        .filter(({ ended_at = '' }) => touches([ended_at, ended_at], from, to))
      return { total: failed.length, items: failed.slice(0, limit) }
    },
  }
}

/** One status, or none for a pipeline that has not run in the time that the logs are kept. */
function statusOf(
  { name, description, platform, schedule }: Pipeline,
  allRuns: PipelineRun[],
  now: number,
): PipelineStatus[] {
  const runs = allRuns.filter(({ pipeline }) => pipeline === name)
  const [latest] = runs
  if (latest === undefined) return []
  const { run_id, status, started_at, ended_at } = latest
  const last_success_at = runs.find((run) => run.status === 'succeeded')?.ended_at
  const week = runs.filter((run) => Date.parse(run.started_at) >= now - 7 * dayMs)
  const count = (wanted: PipelineRun['status']) =>
    week.filter((run) => run.status === wanted).length
  return [
    {
      pipeline: name,
      description,
      platform,
      schedule: schedule.text,
      latest_run: { run_id, status, started_at, ...(ended_at && { ended_at }) },
      ...(last_success_at && { last_success_at }),
      runs_last_7_days: {
        succeeded: count('succeeded'),
        failed: count('failed'),
        in_progress: count('in_progress'),
      },
    },
  ]
}
