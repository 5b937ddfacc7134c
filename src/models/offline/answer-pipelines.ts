import { duration, moment, since } from './dates.ts'
import { marked, spaced } from './marks.ts'
import { isRecord } from './schema.ts'
import { counted, enumerated, fieldList, oneLine, table } from './tables.ts'
import { droppedNames, rowsMentioning, rowsOf, type Step, type Thread } from './thread.ts'

type Row = Record<string, unknown>

/** Writes how pipelines are doing. */
export function writeStatuses(threads: Thread[], now: number | undefined): string {
  const rows = withoutRepeats(threads.flatMap(matching).filter((row) => isOn(row, threads)))
  const wanted = threads.flatMap(({ steps }) => nameAsked(steps) ?? [])
  if (rows.length === 0) return noPipeline(wanted, threads)
  const [single] = rows
  if (rows.length === 1 && single) return oneStatus(single, now)
  const failed = rows.filter((row) => latest(row).status === 'failed').length
  const running = rows.filter((row) => latest(row).status === 'in_progress').length
  const status = threads[0]?.steps[0]?.call.args.status
  const lead =
    status === undefined
      ? `Of ${counted(rows.length, 'pipeline')}, the latest run **failed** for **${failed}**, is in progress for **${running}** and succeeded for **${rows.length - failed - running}**.`
      : `${counted(rows.length, 'pipeline')}: the latest run is ${marked(status)}.`
  const order = ['failed', 'in_progress', 'succeeded']
  const sorted = rows.toSorted(
    (a, b) => order.indexOf(String(latest(a).status)) - order.indexOf(String(latest(b).status)),
  )
  const cells = sorted.map((row) => [
    row.pipeline,
    marked(latest(row).status),
    moment(latest(row).started_at, now),
    row.last_success_at ? moment(row.last_success_at, now) : '–',
    weekOf(row),
  ])
  return `${lead}\n\n${table(['Pipeline', 'Latest run', 'Started', 'Last success', 'Last 7 days'], cells)}`
}

function latest(row: Row): Row {
  return isRecord(row.latest_run) ? row.latest_run : {}
}

function weekOf({ runs_last_7_days: runs }: Row): string {
  if (!isRecord(runs)) return '–'
  return `${runs.succeeded ?? 0} ✅ ${runs.failed ?? 0} ❌`
}

function oneStatus(row: Row, now: number | undefined): string {
  const run = latest(row)
  const ended = run.ended_at ? `, ended ${moment(run.ended_at, now)}` : ''
  const age = since(row.last_success_at, now)
  const success = row.last_success_at
    ? `${moment(row.last_success_at, now)}${age ? ` (${age} ago)` : ''}`
    : 'none on record'
  const fields = fieldList([
    ['Latest run', `${run.run_id}, started ${moment(run.started_at, now)}${ended}`],
    ['Last success', success],
    ['Last 7 days', weekOf(row)],
    ['Schedule', String(row.schedule ?? '')],
    ['Platform', String(row.platform ?? '')],
    ['What it does', String(row.description ?? '')],
  ])
  return `The latest run of **${row.pipeline}** is **${marked(run.status)}**.\n\n${fields}`
}

/** Writes about runs that failed. */
export function writeFailures(threads: Thread[], now: number | undefined): string {
  const rows = threads.flatMap(matching)
  const steps = threads[0]?.steps ?? []
  const data = dataOf(steps.at(-1))
  const name = steps[0]?.call.args.pipeline
  const range = `between ${moment(data.from, now)} and ${moment(data.to, now)}`
  const of =
    name === undefined
      ? ''
      : ` of **${enumerated(threads.map(({ steps: [step] }) => String(step?.call.args.pipeline)))}**`
  if (rows.length === 0) return `✅ **0** runs${of || ' of any pipeline'} failed ${range}.`
  const cut = Object.keys(droppedNames(steps)).length > 0 || threads.length > 1
  const total = cut || typeof data.total !== 'number' ? rows.length : data.total
  const names = new Set(rows.map(({ pipeline }) => pipeline))
  const spread =
    of === '' && rows.length === total
      ? `, in **${names.size}** ${names.size === 1 ? 'pipeline' : 'pipelines'}`
      : ''
  const lead = `❌ ${counted(total, 'run')}${of} failed ${range}${spread}.`
  const cells = rows.map((row) => [
    row.pipeline,
    moment(row.started_at, now),
    errorText(row.error),
    row.incident,
  ])
  return `${lead}\n\n${table(['Pipeline', 'Started', 'Error', 'Incident'], cells, total)}`
}

function errorText(error: unknown): string {
  if (!isRecord(error)) return error === undefined ? '' : String(error)
  return `${error.code ?? ''}: ${oneLine(String(error.message ?? ''))} (in ${error.activity ?? '?'})`
}

/** Writes about one run, and how it was found. */
export function writeRun({ ask, steps }: Thread, now: number | undefined): string {
  const run = dataOf(steps.at(-1)).run
  if (!isRecord(run)) return noRun(steps)
  const failures = steps.find(({ call }) => call.tool === 'list_failed_pipelines')
  const others = failures
    ? rowsMentioning(rowsOf(failures.outcome), droppedNames(steps)).length - 1
    : 0
  const error = isRecord(run.error) ? run.error : undefined
  const minutes =
    typeof run.duration_minutes === 'number' ? duration(run.duration_minutes) : undefined
  const lead = error
    ? `**${run.pipeline}** failed in **${error.activity}**: ${oneLine(String(error.message ?? ''))}`
    : `The run **${run.run_id}** of **${run.pipeline}** is **${marked(run.status)}**${minutes ? ` and took **${minutes}**` : ''}.`
  const activities = Array.isArray(run.activities) ? run.activities.filter(isRecord) : []
  const fields = fieldList([
    ['Run', `${run.run_id}, ${marked(run.status)}`],
    ['Started', `${moment(run.started_at, now)} (${spaced(run.trigger)})`],
    ['Duration', minutes],
    [
      'Rows written',
      typeof run.rows_written === 'number' ? run.rows_written.toLocaleString('en-US') : undefined,
    ],
    ['Error code', error ? String(error.code) : undefined],
    ['Incident', run.incident ? `${run.incident}` : undefined],
  ])
  const more =
    others > 0
      ? `It is the latest of **${others + 1}** failed runs${ask.time ? ` ${ask.time.words}` : ''}.`
      : ''
  const steps_ = activities.map((activity) => [
    activity.name,
    marked(activity.status),
    typeof activity.duration_minutes === 'number' ? duration(activity.duration_minutes) : '–',
  ])
  const shown = activities.length > 0 ? table(['Activity', 'Status', 'Duration'], steps_) : ''
  return [lead, fields, shown, more].filter(Boolean).join('\n\n')
}

function noRun(steps: Step[]): string {
  const asked = steps[0]?.call.args
  const known = rowsOf(steps.find(({ call }) => call.tool === 'query_pipeline_status')?.outcome)
  const name = String(asked?.run_id ?? asked?.pipeline ?? '')
  return `There is no run of **${name}**.${knownNames(known)}`
}

function matching({ steps }: Thread): Row[] {
  return rowsMentioning(rowsOf(steps.at(-1)?.outcome), droppedNames(steps))
}

function nameAsked(steps: Step[]): string | undefined {
  const name = steps[0]?.call.args.pipeline
  return typeof name === 'string' ? name : undefined
}

/** "Databricks pipelines": a filter that the tool lacks. */
function isOn(row: Row, [thread]: Thread[]): boolean {
  const { platforms = [], services = [], pipelines = [] } = thread?.ask ?? {}
  const wanted = [...platforms, ...services.map((service) => service.split('/').at(-1) ?? '')]
  if (pipelines.length > 0 || wanted.length === 0) return true
  const text = `${row.platform} ${row.pipeline} ${row.description}`.toLowerCase()
  return wanted.some((name) => text.includes(name.toLowerCase()))
}

function noPipeline(wanted: string[], threads: Thread[]): string {
  const known = threads.flatMap(({ steps }) => rowsOf(steps.at(-1)?.outcome))
  if (wanted.length > 0) {
    return `There is no pipeline called **${enumerated(wanted, 'or')}**.${knownNames(known)}`
  }
  const status = threads[0]?.steps[0]?.call.args.status
  return status === undefined
    ? 'No pipeline matches.'
    : `**0** pipelines: for none is the latest run ${marked(status)}.`
}

function knownNames(rows: Row[]): string {
  const names = rows.map(({ pipeline }) => `**${pipeline}**`)
  return names.length > 0 ? ` There are ${enumerated(names.slice(0, 20))}.` : ''
}

function withoutRepeats(rows: Row[]): Row[] {
  const names = rows.map(({ pipeline }) => pipeline)
  return rows.filter(({ pipeline }, index) => names.indexOf(pipeline) === index)
}

function dataOf(step: Step | undefined): Row {
  return step && 'data' in step.outcome && isRecord(step.outcome.data) ? step.outcome.data : {}
}
