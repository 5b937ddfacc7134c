import { z } from 'zod'
import { OpsError } from '../core/errors.ts'
import type { LogAnalyticsConnector } from './connectors.ts'
import { anyOf, inOrder, limit, text, time } from './parameters.ts'
import { type PipelineRun, type PipelineStatus, runStatuses } from './records.ts'
import { defineTool, type Tool } from './tool.ts'

/**
 * The tools for pipeline logs: the status of pipelines, one run in full, and failed runs. `now`
 * returns milliseconds since 1970.
 */
export function createLogAnalyticsTools(
  connector: LogAnalyticsConnector,
  now: () => number,
): Tool[] {
  return [
    queryPipelineStatus(connector),
    getPipelineRunDetails(connector),
    listFailedPipelines(connector, now),
  ]
}

const dayMs = 24 * 3_600_000
const notYet = 'The range is in the future: no run can have failed yet. Give an earlier `from`.'

function queryPipelineStatus(connector: LogAnalyticsConnector): Tool {
  return defineTool({
    name: 'query_pipeline_status',
    description:
      'Returns data pipelines with their latest run, last success and run counts of the last 7 ' +
      'days. Sorted by the status of the latest run: failed, in_progress, succeeded; then the ' +
      'newest first. Without filters it returns every pipeline.',
    parameters: z.object({
      pipeline: text('The pipeline, or part of its name. Example: customer-orders-daily'),
      status: anyOf(
        runStatuses,
        'Only pipelines whose latest run has one of these statuses. Example: ["failed", "in_progress"]',
      ),
    }),
    async run({ status, ...filter }, signal) {
      const all = await connector.pipelineStatus(filter, signal)
      const pipelines = all
        .filter(({ latest_run }) => status === undefined || status.includes(latest_run.status))
        .sort(mostUrgentFirst)
      return { total: pipelines.length, pipelines }
    },
  })
}

function getPipelineRunDetails(connector: LogAnalyticsConnector): Tool {
  return defineTool({
    name: 'get_pipeline_run_details',
    description:
      'Gets one pipeline run in full: its activities, the error of a failed run and the incident ' +
      'that it raised. Give run_id, or give pipeline for the newest run of that pipeline.',
    parameters: z
      .object({
        run_id: text(
          'The id of a run, from the result of another tool. ' +
            'Example: customer-orders-daily-20260801-2230',
        ),
        pipeline: text(
          'The pipeline, or part of its name; ignored if run_id is given. ' +
            'Example: customer-orders-daily',
        ),
      })
      .refine(({ run_id, pipeline }) => run_id !== undefined || pipeline !== undefined, {
        message: 'Give run_id or pipeline.',
        path: ['run_id'],
      }),
    async run({ run_id, pipeline = '' }, signal) {
      const run = await connector.findRun(run_id ? { run_id } : { pipeline }, signal)
      return run ? { run } : { not_found: run_id ?? pipeline }
    },
  })
}

function listFailedPipelines(connector: LogAnalyticsConnector, now: () => number): Tool {
  return defineTool({
    name: 'list_failed_pipelines',
    description:
      'Lists pipeline runs that failed in a time range, newest first, with the error and the ' +
      'incident of each. Without a range it covers the last 24 hours.',
    followUp: {
      question: 'Which pipelines failed in the last 24 hours, and why?',
      about: /\b(?:pipelines?|jobs?|runs?)\b/i,
    },
    parameters: z
      .object({
        from: time(
          'from',
          'Only runs that failed at or after this. Default: 24 hours before `to`.',
        ),
        to: time('to', 'Only runs that failed at or before this. Default: now.'),
        pipeline: text('The pipeline, or part of its name. Example: finance-ledger-hourly'),
        limit,
      })
      .refine(...inOrder('from', 'to')),
    async run({ to = new Date(now()).toISOString(), ...given }, signal) {
      const { from = new Date(Date.parse(to) - dayMs).toISOString(), ...filter } = given
      // An empty list for the future would read as "nothing failed".
      if (Date.parse(from) > now()) throw new OpsError('tool_arguments', { message: notYet })
      const { total, items } = await connector.listFailed({ ...filter, from, to }, signal)
      return { from, to, total, failed_runs: items.map(failureSummary) }
    },
  })
}

function mostUrgentFirst({ latest_run: a }: PipelineStatus, { latest_run: b }: PipelineStatus) {
  const byStatus = runStatuses.indexOf(a.status) - runStatuses.indexOf(b.status)
  return byStatus || Date.parse(b.started_at) - Date.parse(a.started_at)
}

/** A failed run without its details, for lists. */
function failureSummary(run: PipelineRun) {
  const { status, duration_minutes, trigger, rows_written, activities, ...summary } = run
  return summary
}
