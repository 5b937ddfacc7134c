import type { FailedRunFilter } from '../../tools/connectors.ts'
import { kqlPartOfName, kqlString, kqlTime } from './kql.ts'

const dayMs = 24 * 3_600_000
/** Monthly pipelines have a run in it. */
const statusDays = 32
/** The usual retention of a workspace is 30 to 90 days. */
const runDays = 90

/** The newest run, the last success and the counts of each pipeline. `nowMs` is in ms since 1970. */
export function pipelineStates(nowMs: number, pipeline: string | undefined): string {
  const since = kqlTime(daysBefore(nowMs, 7))
  const count = (statuses: string) => `countif(Status in (${statuses}) and Start >= ${since})`
  return query(
    'ADFPipelineRun',
    `where TimeGenerated >= ${kqlTime(daysBefore(nowMs, statusDays))}`,
    ...nameFilter(pipeline),
    // A run has an entry for each of its states.
    'summarize arg_max(TimeGenerated, PipelineName, Status, Start, End, _ResourceId) by RunId',
    `summarize arg_max(Start, RunId, Status, End), LastSuccess = maxif(End, Status == "Succeeded"), Failed = ${count('"Failed", "Cancelled"')}, InProgress = ${count('"Queued", "InProgress", "Canceling"')}, Succeeded = ${count('"Succeeded"')} by PipelineName, _ResourceId`,
  )
}

/** The run with an id, or the newest run of a pipeline. */
export function newestRun(nowMs: number, key: { run_id: string } | { pipeline: string }): string {
  return query(
    'ADFPipelineRun',
    `where TimeGenerated >= ${kqlTime(daysBefore(nowMs, runDays))}`,
    'run_id' in key
      ? `where RunId == ${kqlString(key.run_id.toLowerCase())}`
      : `where ${kqlPartOfName('PipelineName', key.pipeline)}`,
    'summarize arg_max(TimeGenerated, PipelineName, Status, Start, End, ErrorCode, ErrorMessage, Predecessors) by RunId',
    'top 1 by Start desc',
  )
}

/** The activities of a run, in the order of their start. */
export function activityRuns(nowMs: number, runId: string): string {
  return query(
    'ADFActivityRun',
    `where TimeGenerated >= ${kqlTime(daysBefore(nowMs, runDays))}`,
    `where PipelineRunId == ${kqlString(runId)}`,
    'summarize arg_max(TimeGenerated, ActivityName, Status, Start, End, ErrorCode, ErrorMessage, Output) by ActivityRunId',
    'top 200 by Start asc',
    'project ActivityName, Status, Start, End, ErrorCode, ErrorMessage, RowsCopied = tolong(parse_json(Output).rowsCopied)',
  )
}

/** The newest failed runs, each with its first failed activity. */
export function failedRuns(filter: FailedRunFilter): string {
  const activities = query(
    'ADFActivityRun',
    `where TimeGenerated >= ${kqlTime(daysBefore(Date.parse(filter.from), 2))}`,
    'where Status == "Failed"',
    'summarize arg_min(Start, ActivityName, ErrorCode, ErrorMessage) by PipelineRunId',
    'project PipelineRunId, Activity = ActivityName, ActivityError = ErrorCode, ActivityMessage = ErrorMessage',
  )
  return query(
    ...failed(filter),
    'summarize arg_max(TimeGenerated, PipelineName, Status, Start, End, ErrorCode, ErrorMessage, Predecessors) by RunId',
    `top ${filter.limit} by End desc`,
    `join kind=leftouter (${activities}) on $left.RunId == $right.PipelineRunId`,
    'project RunId, PipelineName, Status, Start, End, ErrorCode, ErrorMessage, Predecessors, Activity, ActivityError, ActivityMessage',
  )
}

/** How many runs match. */
export function countOfFailedRuns(filter: FailedRunFilter): string {
  return query(
    ...failed(filter),
    'summarize arg_max(TimeGenerated, End) by RunId',
    'summarize Total = count()',
  )
}

/** How many entries a table has of the last day. */
export function runsOfLastDay(nowMs: number, table: 'ADFPipelineRun' | 'ADFActivityRun'): string {
  const since = kqlTime(daysBefore(nowMs, 1))
  return query(table, `where TimeGenerated >= ${since}`, 'summarize Total = count()')
}

function failed({ pipeline, from, to }: FailedRunFilter): string[] {
  return [
    'ADFPipelineRun',
    // An entry is written at the end of the run or later.
    `where TimeGenerated >= ${kqlTime(from)}`,
    'where Status in ("Failed", "Cancelled")',
    `where End >= ${kqlTime(from)} and End <= ${kqlTime(to)}`,
    ...nameFilter(pipeline),
  ]
}

function nameFilter(pipeline: string | undefined): string[] {
  return pipeline === undefined ? [] : [`where ${kqlPartOfName('PipelineName', pipeline)}`]
}

function query(...steps: string[]): string {
  return steps.join('\n| ')
}

function daysBefore(timeMs: number, days: number): string {
  return new Date(timeMs - days * dayMs).toISOString()
}
