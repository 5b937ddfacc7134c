import { z } from 'zod'
import type { PipelineRun, PipelineStatus, RunStatus, RunTrigger } from '../../tools/records.ts'

/** Columns of ADFPipelineRun and ADFActivityRun: https://learn.microsoft.com/azure/azure-monitor/reference/tables/adfpipelinerun */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')

/** How many rows match. */
export const countRow = z.object({ Total: z.coerce.number() })

/** A pipeline with its newest run and its counts. */
export const statusRow = z.object({
  PipelineName: z.string(),
  RunId: z.string(),
  Status: z.string(),
  Start: z.string(),
  End: text,
  LastSuccess: text,
  Failed: z.coerce.number(),
  InProgress: z.coerce.number(),
  Succeeded: z.coerce.number(),
})

/** A run, in a list with its first failed activity. */
export const runRow = z.object({
  RunId: z.string(),
  PipelineName: z.string(),
  Status: z.string(),
  Start: z.string(),
  End: text,
  ErrorCode: text,
  ErrorMessage: text,
  Predecessors: text,
  Activity: text,
  ActivityError: text,
  ActivityMessage: text,
})

/** An activity of a run. */
export const activityRow = z.object({
  ActivityName: z.string(),
  Status: z.string(),
  Start: text,
  End: text,
  ErrorCode: text,
  ErrorMessage: text,
  RowsCopied: z.coerce.number().nullish(),
})

/** A pipeline as the tools show it. The logs have no description and no schedule. */
export function pipelineStatusOf(row: z.output<typeof statusRow>): PipelineStatus {
  const status = statusOf(row.Status)
  return {
    pipeline: row.PipelineName,
    platform: 'Azure Data Factory',
    latest_run: { run_id: row.RunId, status, started_at: row.Start, ...endOf(status, row.End) },
    ...(row.LastSuccess && { last_success_at: row.LastSuccess }),
    runs_last_7_days: {
      failed: row.Failed,
      in_progress: row.InProgress,
      succeeded: row.Succeeded,
    },
  }
}

/** A run as the tools show it. */
export function runOf(
  row: z.output<typeof runRow>,
  activities: readonly z.output<typeof activityRow>[],
): PipelineRun {
  const status = statusOf(row.Status)
  const rows = activities.flatMap(({ RowsCopied }) => RowsCopied ?? [])
  const failed = activities.find((activity) => statusOf(activity.Status) === 'failed')
  const minutes = minutesBetween(row.Start, row.End)
  return {
    run_id: row.RunId,
    pipeline: row.PipelineName,
    status,
    started_at: row.Start,
    ...endOf(status, row.End),
    ...(status !== 'in_progress' && minutes !== undefined && { duration_minutes: minutes }),
    trigger: triggerOf(row.Predecessors),
    ...(rows.length > 0 && { rows_written: rows.reduce((sum, one) => sum + one, 0) }),
    ...(status === 'failed' && {
      error: {
        activity: failed?.ActivityName ?? row.Activity,
        code: failed?.ErrorCode || row.ActivityError || row.ErrorCode || row.Status,
        message:
          failed?.ErrorMessage ||
          row.ActivityMessage ||
          row.ErrorMessage ||
          `The run ${row.Status}.`,
      },
    }),
    activities: activities.map(activityOf),
  }
}

function activityOf({ ActivityName: name, Status, Start, End }: z.output<typeof activityRow>) {
  if (Status === 'Skipped') return { name, status: 'skipped' as const }
  const minutes = minutesBetween(Start, End)
  const status = statusOf(Status)
  return {
    name,
    status,
    ...(status !== 'in_progress' && minutes !== undefined && { duration_minutes: minutes }),
  }
}

/** A canceled run counts as failed: its data is missing. */
function statusOf(status: string): RunStatus {
  if (status === 'Succeeded') return 'succeeded'
  return status === 'Failed' || status === 'Cancelled' ? 'failed' : 'in_progress'
}

/** A run in progress has an `End` in some entries. */
function endOf(status: RunStatus, end: string): { ended_at?: string } {
  return status === 'in_progress' || end === '' ? {} : { ended_at: end }
}

function minutesBetween(start: string, end: string): number | undefined {
  const minutes = (Date.parse(end) - Date.parse(start)) / 60_000
  return Number.isNaN(minutes) ? undefined : Math.round(minutes)
}

/** `Predecessors` has what invoked the run: `[{"Name":"daily","InvokedByType":"ScheduleTrigger"}]`. */
function triggerOf(predecessors: string): RunTrigger {
  const type = /"InvokedByType"\s*:\s*"(\w+)"/.exec(predecessors)?.[1] ?? ''
  if (/^(?:Schedule|TumblingWindow)/.test(type)) return 'schedule'
  return type === 'Manual' ? 'manual' : 'event'
}
