import { z } from 'zod'
import { inOrder, limit, time, words } from './parameters.ts'
import type { LogAnalyticsConnector, PipelineRun } from './records.ts'
import { defineTool, type Tool } from './tool.ts'

/** The tools over the pipeline logs: how pipelines are doing, one run in full, and what failed. */
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

function queryPipelineStatus(connector: LogAnalyticsConnector): Tool {
  return defineTool({
    name: 'query_pipeline_status',
    description:
      'Tells how data pipelines are doing: the latest run, the last success and the runs of the ' +
      'last 7 days. Without filters it answers every pipeline.',
    parameters: z.object({
      pipeline: words('The pipeline, or part of its name. Example: customer-orders-daily'),
      status: z
        .enum(['succeeded', 'failed', 'in_progress'])
        .exactOptional()
        .describe('Only pipelines whose latest run is succeeded, failed or in_progress.'),
    }),
    async run(filter, signal) {
      return { pipelines: await connector.pipelineStatus(filter, signal) }
    },
  })
}

function getPipelineRunDetails(connector: LogAnalyticsConnector): Tool {
  return defineTool({
    name: 'get_pipeline_run_details',
    description:
      'Gets one pipeline run in full: its activities, the error of a failed run and the incident ' +
      'it raised. Give run_id, or pipeline for the newest run of that pipeline.',
    parameters: z
      .object({
        run_id: words(
          'The id of a run, as another tool answered it. ' +
            'Example: customer-orders-daily-20260801-2230',
        ),
        pipeline: words(
          'The pipeline, or part of its name, for its newest run; not looked at when run_id is ' +
            'given. Example: customer-orders-daily',
        ),
      })
      .refine(({ run_id, pipeline }) => run_id !== undefined || pipeline !== undefined, {
        message: 'Give run_id or pipeline; one of them is needed.',
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
      'Lists pipeline runs that failed in a span of time, newest first, each with its error and ' +
      'the incident it raised. Without a span it answers the last 24 hours.',
    parameters: z
      .object({
        from: time(
          'from',
          'Only runs that failed at or after this; 24 hours before `to` if left out.',
        ),
        to: time('to', 'Only runs that failed at or before this; now if left out.'),
        pipeline: words('The pipeline, or part of its name. Example: finance-ledger-hourly'),
        limit,
      })
      .refine(...inOrder('from', 'to')),
    async run({ to = new Date(now()).toISOString(), ...given }, signal) {
      const { from = new Date(Date.parse(to) - dayMs).toISOString(), ...filter } = given
      const { total, items } = await connector.listFailed({ ...filter, from, to }, signal)
      return { from, to, total, failed_runs: items.map(failureInShort) }
    },
  })
}

function failureInShort(run: PipelineRun) {
  return {
    run_id: run.run_id,
    pipeline: run.pipeline,
    started_at: run.started_at,
    ended_at: run.ended_at,
    error: run.error,
    incident: run.incident,
  }
}
