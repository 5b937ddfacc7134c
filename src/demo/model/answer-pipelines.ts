import { cannotNote, dimensionOf, seenNote, writeGroups } from './answer-groups.ts'
import { duration, moment, since } from './dates.ts'
import { timeWords } from './filters.ts'
import { counted, enumerated, fieldList, marked, oneLine, spaced, table } from './markdown.ts'
import { isRecord } from './protocol.ts'
import { droppedNames, rowsMentioning, rowsOf, type Step, type Thread } from './thread.ts'
import { plainWords } from './words.ts'

type Row = Record<string, unknown>

/** Writes how pipelines are doing. */
export function writeStatuses(threads: Thread[], now: number | undefined): string {
  const rows = withoutRepeats(threads.flatMap(matching).filter((row) => isOn(row, threads)))
  const wanted = threads.flatMap(({ steps }) => nameAsked(steps) ?? [])
  if (rows.length === 0) return noPipeline(wanted, threads)
  const [single] = rows
  const status = threads[0]?.steps[0]?.call.args.status
  const asked = wanted.length === 0 && status !== undefined
  if (rows.length === 1 && single) {
    const lead = asked ? `**1** pipeline is ${marked(status)}: **${single.pipeline}**.` : undefined
    return oneStatus(single, now, lead)
  }
  const failed = rows.filter((row) => latest(row).status === 'failed').length
  const running = rows.filter((row) => latest(row).status === 'in_progress').length
  const note = statusNote(threads)
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
  return `${lead}\n\n${table(['Pipeline', 'Latest run', 'Started', 'Last success', 'Last 7 days'], cells)}${note}`
}

/** The list knows the latest run of each and how the last 7 days went, and neither other times nor durations. */
function statusNote([thread]: Thread[]): string {
  if (thread?.ask.time) {
    return `\n\nThis is the latest run of each, whenever it was; the list cannot be narrowed to “${timeWords(thread.ask.time.words)}”.`
  }
  return thread?.ask.order === 'longest' || thread?.ask.wants.includes('duration')
    ? '\n\nThis list does not tell how long runs take; name a pipeline and I look at its latest run.'
    : ''
}

function latest(row: Row): Row {
  return isRecord(row.latest_run) ? row.latest_run : {}
}

function weekOf({ runs_last_7_days: runs }: Row): string {
  if (!isRecord(runs)) return '–'
  return `${runs.succeeded ?? 0} ✅ ${runs.failed ?? 0} ❌`
}

function oneStatus(row: Row, now: number | undefined, lead: string | undefined): string {
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
  const is = run.status === 'failed' || run.status === 'succeeded' ? '' : 'is '
  return `${lead ?? `The latest run of **${row.pipeline}** ${is}**${marked(run.status)}**.`}\n\n${fields}`
}

/** Writes about runs that failed. */
export function writeFailures(threads: Thread[], now: number | undefined): string {
  const rows = threads.flatMap(matching).filter((row) => hasTexts(row, threads))
  const steps = threads[0]?.steps ?? []
  const data = dataOf(steps.at(-1))
  const name = steps[0]?.call.args.pipeline
  const range = `between ${moment(data.from, now)} and ${moment(data.to, now)}`
  const of =
    name === undefined
      ? ''
      : ` of **${enumerated(threads.map(({ steps: [step] }) => String(step?.call.args.pipeline)))}**`
  if (rows.length === 0)
    return `✅ **0** runs${of || ' of any pipeline'}${withTexts(threads)} failed ${range}.`
  const texts = threads[0]?.ask.texts ?? []
  const cut = Object.keys(droppedNames(steps)).length > 0 || threads.length > 1 || texts.length > 0
  const total = cut || typeof data.total !== 'number' ? rows.length : data.total
  const names = new Set(rows.map(({ pipeline }) => pipeline))
  const spread =
    of === '' && rows.length === total
      ? `, in **${names.size}** ${names.size === 1 ? 'pipeline' : 'pipelines'}`
      : ''
  const limit = threads[0]?.ask.limit
  const few = limit !== undefined && limit < total
  const lead = few
    ? `❌ The latest **${limit}** of ${counted(total, 'run')}${of} that failed ${range}:`
    : `❌ ${counted(total, 'run')}${of}${withTexts(threads)} failed ${range}${spread}.`
  const [ask] = threads.map((thread) => thread.ask)
  const per = ask && dimensionOf(ask)
  if (ask && per) {
    const words = {
      nouns: 'failed runs',
      what: `failed runs${ask.time ? ` ${timeWords(ask.time.words)}` : ' of the last 7 days'}`,
      lead,
      key: (row: Row) => (per === 'pipeline' ? row.incident : row.pipeline),
    }
    return `${writeGroups(rows, ask, per, words, now)}${seenNote(rows.length, total)}${cannotNote(ask)}`
  }
  const seenRows = threads.flatMap(matching).length
  const all = typeof data.total === 'number' ? data.total : seenRows
  const seen = texts.length > 0 ? seenNote(seenRows, all) : ''
  const cells = rows.map((row) => [
    row.pipeline,
    moment(row.started_at, now),
    errorText(row.error),
    row.incident,
  ])
  return `${lead}\n\n${table(['Pipeline', 'Started', 'Error', 'Incident'], cells, few ? cells.length : total)}${seen}`
}

/** Errors are not filtered by the tool: what they say is looked at here. */
function hasTexts({ error }: Row, [thread]: Thread[]): boolean {
  const said = plainWords(JSON.stringify(error ?? '')).join(' ')
  return (thread?.ask.texts ?? []).every((text) => said.includes(plainWords(text).join(' ')))
}

function withTexts([thread]: Thread[]): string {
  const texts = thread?.ask.texts ?? []
  return texts.length > 0 ? ` with ${enumerated(texts.map((text) => `“${text}”`))}` : ''
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
  const lead =
    ask.wants.includes('duration') && minutes
      ? `The latest run of **${run.pipeline}** took **${minutes}** and ${run.status === 'in_progress' ? 'is ' : ''}**${marked(run.status)}**.`
      : error
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
      ? `It is the latest of **${others + 1}** failed runs${ask.time ? ` ${timeWords(ask.time.words)}` : ''}.`
      : ''
  const steps_ = activities.map((activity) => [
    activity.name,
    marked(activity.status),
    typeof activity.duration_minutes === 'number' ? duration(activity.duration_minutes) : '–',
  ])
  const shown = activities.length > 0 ? table(['Activity', 'Status', 'Duration'], steps_) : ''
  return [lead, fields, shown, more].filter(Boolean).join('\n\n') + cannotNote(ask)
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
