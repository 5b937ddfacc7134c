import type { Ask, PlannedCall } from './ask.ts'
import { type Call, fittingArgs, isRecord, type OfferedTool, parametersOf } from './protocol.ts'
import type { Outcome, Transcript } from './transcript.ts'
import { mentions } from './words.ts'

/** A call that was answered. */
export type Step = { call: Call; outcome: Outcome }

/** One planned call with what followed from it, and the next call that is still to be made. */
export type Thread = { ask: Ask; steps: Step[]; next?: Call }

/** Four steps are enough for every rule below; a fifth would mean that two rules call each other. */
const maxSteps = 4

/** Follows a planned call through the results that are in. The same messages always lead to the same thread. */
export function followThread(
  planned: PlannedCall,
  transcript: Transcript,
  offered: OfferedTool[],
): Thread {
  const { ask } = planned
  const steps: Step[] = []
  let call: Call | undefined = { tool: planned.tool, args: planned.args }
  while (call !== undefined && steps.length < maxSteps) {
    const outcome = transcript.outcomeOf(call)
    if (outcome === undefined) return { ask, steps, next: call }
    steps.push({ call, outcome })
    call = nextCall(ask, steps, offered)
  }
  return { ask, steps }
}

/** Names that a source may know in another spelling; without them the list is looked through here. */
const looseNames = ['service', 'text', 'assignment_group', 'pipeline', 'region']

/** The names that were left out of the last call of a thread because the first one found nothing with them. */
export function droppedNames(steps: Step[]): Record<string, string> {
  const first = steps[0]?.call
  const last = steps.findLast(({ call }) => call.tool === first?.tool)?.call
  if (first === undefined || last === undefined) return {}
  const dropped = looseNames.filter((name) => name in first.args && !(name in last.args))
  return Object.fromEntries(dropped.map((name) => [name, String(first.args[name])]))
}

/** The rows of a list that mention all the names, spelled alike or nearly so. */
export function rowsMentioning(
  rows: Record<string, unknown>[],
  names: Record<string, string>,
): Record<string, unknown>[] {
  const wanted = Object.values(names)
  return rows.filter((row) => {
    const text = Object.values(row)
      .filter((value) => typeof value === 'string')
      .join(' ')
    return wanted.every((name) => mentions(text, name))
  })
}

/** The rows of a result: its only list of objects. */
export function rowsOf(outcome: Outcome | undefined): Record<string, unknown>[] {
  if (outcome === undefined || !('data' in outcome)) return []
  const { data } = outcome
  const lists = isRecord(data) ? Object.values(data) : [data]
  return lists.find((value) => Array.isArray(value))?.filter(isRecord) ?? []
}

type Rule = (ask: Ask, steps: Step[], last: Step, offered: OfferedTool[]) => Call | undefined

const rules: Rule[] = [correctArguments, loosen, lookAtCause, lookAtRun, lookForPipeline]

function nextCall(ask: Ask, steps: Step[], offered: OfferedTool[]): Call | undefined {
  const last = steps.at(-1)
  if (last === undefined) return undefined
  for (const rule of rules) {
    const call = rule(ask, steps, last, offered)
    const tool = offered.find(({ name }) => name === call?.tool)
    if (call && tool) return { tool: call.tool, args: fittingArgs(tool, call.args) }
  }
  return undefined
}

/** An error that names an argument gets one more try without it; any other is told as it is. */
function correctArguments(_: Ask, steps: Step[], { call, outcome }: Step, offered: OfferedTool[]) {
  if (!('failure' in outcome) || steps.length > 1) return undefined
  const tool = offered.find(({ name }) => name === call.tool)
  const blamed = tool
    ? parametersOf(tool).filter(
        ({ name, required }) =>
          !required && name in call.args && new RegExp(`\\b${name}\\b`).test(outcome.failure),
      )
    : []
  return blamed.length > 0
    ? without(
        call,
        blamed.map(({ name }) => name),
      )
    : undefined
}

/** Nothing by that name: perhaps it is spelled otherwise. */
function loosen(_: Ask, steps: Step[], { call, outcome }: Step): Call | undefined {
  if (!('data' in outcome) || steps.length > 1 || !isEmptyList(outcome.data)) return undefined
  const names = looseNames.filter((name) => name in call.args)
  if (names.length === 0) return undefined
  const { args } = without(call, names)
  return { tool: call.tool, args: { ...args, limit: 50 } }
}

function without({ tool, args }: Call, names: string[]): Call {
  return {
    tool,
    args: Object.fromEntries(Object.entries(args).filter(([name]) => !names.includes(name))),
  }
}

function isEmptyList(data: unknown): boolean {
  return (
    isRecord(data) &&
    Object.values(data).some((value) => Array.isArray(value) && value.length === 0)
  )
}

/** Asked what caused an incident, look at the change that it names. */
function lookAtCause(ask: Ask, _: Step[], { call, outcome }: Step): Call | undefined {
  const asked = ask.wants.includes('cause') || ask.wants.includes('why') || ask.about === 'change'
  if (call.tool !== 'get_incident' || !asked || !('data' in outcome)) return undefined
  const incident = isRecord(outcome.data) ? outcome.data.incident : undefined
  const number = isRecord(incident) ? incident.caused_by_change : undefined
  return typeof number === 'string' ? { tool: 'get_change_request', args: { number } } : undefined
}

/** Asked why something failed, look at the latest run that did. */
function lookAtRun(ask: Ask, steps: Step[], { call, outcome }: Step): Call | undefined {
  const asked =
    ask.wants.includes('why') || ask.wants.includes('cause') || ask.wants.includes('steps')
  const counted = ask.per !== undefined || ask.order !== undefined || ask.texts.length > 0
  if (call.tool !== 'list_failed_pipelines' || !asked || counted) return undefined
  const [run] = rowsMentioning(rowsOf(outcome), droppedNames(steps))
  return typeof run?.run_id === 'string'
    ? { tool: 'get_pipeline_run_details', args: { run_id: run.run_id } }
    : undefined
}

/** A pipeline that is not known under its name: see which ones there are, then look at the one that was meant. */
function lookForPipeline(_: Ask, steps: Step[], { call, outcome }: Step): Call | undefined {
  const [first] = steps
  const name = first?.call.args.pipeline
  if (first?.call.tool !== 'get_pipeline_run_details' || typeof name !== 'string') return undefined
  if (
    steps.length === 1 &&
    'data' in outcome &&
    isRecord(outcome.data) &&
    'not_found' in outcome.data
  ) {
    return { tool: 'query_pipeline_status', args: {} }
  }
  if (steps.length !== 2 || call.tool !== 'query_pipeline_status') return undefined
  const [found] = rowsMentioning(rowsOf(outcome), { pipeline: name })
  return typeof found?.pipeline === 'string'
    ? { tool: 'get_pipeline_run_details', args: { pipeline: found.pipeline } }
    : undefined
}
