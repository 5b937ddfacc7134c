import { z } from 'zod'
import { type OpsErrorCode, publicReasons } from './errors.ts'

const code = z.enum(Object.keys(publicReasons) as [OpsErrorCode, ...OpsErrorCode[]])
const durationMs = z.number().nonnegative()
const span = z.string()
const agent = z.string()
const tool = z.string()
const usage = z.object({ inputTokens: z.number(), outputTokens: z.number() })

const agentEnd = { span, agent, durationMs }
const toolEnd = { span, agent, tool, durationMs }

const bodySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run.started'), question: z.string(), model: z.string().optional() }),
  z.object({
    type: z.literal('agent.invoked'),
    span,
    parent: span.optional(),
    agent,
    task: z.string().optional(),
  }),
  z.object({
    type: z.literal('agent.finished'),
    ...agentEnd,
    usage: usage.optional(),
    // The answer of one of several specialists, cut as other shown texts are.
    part: z.string().optional(),
    // The agent's own model, instead of that of the run.
    model: z.string().optional(),
    // The model that replied because the chosen one could not.
    fallback: z.string().optional(),
  }),
  z.object({ type: z.literal(['agent.failed', 'agent.stopped']), ...agentEnd, code }),
  z.object({
    type: z.literal('triage.decided'),
    tasks: z.array(z.object({ agent, question: z.string() })),
    skipped: z.array(agent),
    rejected: z.string().optional(),
  }),
  z.object({
    type: z.literal('tool.called'),
    span,
    parent: span,
    agent,
    tool,
    arguments: z.string(),
  }),
  z.object({
    type: z.literal('tool.progressed'),
    span,
    agent,
    tool,
    progress: z.number(),
    total: z.number().optional(),
    message: z.string().optional(),
  }),
  z.object({
    type: z.literal('tool.finished'),
    ...toolEnd,
    preview: z.string(),
    truncated: z.boolean().optional(),
  }),
  z.object({
    type: z.literal(['tool.failed', 'tool.stopped']),
    ...toolEnd,
    code,
    /** A public sentence that names the source system. */
    reason: z.string().optional(),
  }),
  z.object({
    type: z.literal('approval.requested'),
    span,
    agent,
    tool,
    arguments: z.string(),
  }),
  z.object({
    type: z.literal('approval.decided'),
    span,
    agent,
    tool,
    decision: z.enum(['approve', 'deny']),
    /** The name of the user. Without it, nobody answered in time. */
    by: z.string().optional(),
  }),
  z.object({
    type: z.literal('context.trimmed'),
    parent: span,
    agent,
    /** How many earlier turns the model reads, if older ones are left out. */
    turns: z.number().optional(),
    /** How many results of tools are shortened. */
    results: z.number().optional(),
  }),
  z.object({ type: z.literal('gap'), from: z.number(), to: z.number() }),
  z.object({
    type: z.literal(['run.finished', 'run.failed', 'run.stopped', 'run.interrupted']),
    durationMs,
    code: code.optional(),
    partial: z.boolean().optional(),
  }),
])

/** Checks a stored event: `{ type, seq, at, … }`, where `seq` counts from 1 and `at` is in ms since 1970. */
export const thinkingEventSchema = z.intersection(
  z.object({ seq: z.number(), at: z.number() }),
  bodySchema,
)

/** An event as it is emitted; the run log adds `seq` and `at`. */
export type EventBody = z.infer<typeof bodySchema>

/** One event of a run. The live page, the history and every other view of a run are projections of these. */
export type ThinkingEvent = { seq: number; at: number } & EventBody

/** The state of a run: `running`, then exactly one of the others. */
export type RunStatus = 'running' | 'finished' | 'failed' | 'stopped' | 'interrupted'

/** Adds an event to the run log. It never waits and never throws, so that watching a run cannot change it. */
export type Emit = (event: EventBody) => void

/**
 * The line of an event in the thinking stream, such as "Calling list_change_requests...", or `undefined` for an event
 * without a line. The decision of triage has a line only for several specialists or a rejection: for one specialist the
 * next line says the same.
 */
export function label(event: EventBody): string | undefined {
  switch (event.type) {
    case 'agent.invoked':
      return `[${event.agent}] agent invoked`
    case 'agent.finished':
      return `[${event.agent}] agent finished${event.fallback === undefined ? '' : ` with the fallback model ${event.fallback}`}`
    case 'agent.failed':
      return `[${event.agent}] agent failed: ${publicReasons[event.code]}`
    case 'agent.stopped':
      return `[${event.agent}] agent stopped`
    case 'triage.decided':
      if (event.rejected !== undefined) return 'Outside what I can help with'
      if (event.tasks.length < 2) return undefined
      return `Asking ${event.tasks.map((task) => task.agent).join(', ')}`
    case 'tool.called':
      return `Calling ${event.tool}...`
    case 'tool.progressed':
      return `${event.tool}: ${progressLabel(event)}`
    case 'tool.finished':
      return `${event.tool} finished`
    case 'tool.failed':
      return `${event.tool} failed: ${event.reason ?? publicReasons[event.code]}`
    case 'tool.stopped':
      return `${event.tool} stopped`
    case 'approval.requested':
      return `${event.tool} waits for approval`
    case 'approval.decided':
      return `${event.tool} ${decisionLabel(event)}`
    case 'context.trimmed':
      return `${event.agent}: ${trimmedLabel(event)}`
    case 'gap':
      return gapLabel(event.to - event.from + 1)
    case 'run.started':
    case 'run.finished':
    case 'run.failed':
    case 'run.stopped':
    case 'run.interrupted':
      return undefined
  }
}

/** How the run ended, if the event is its last one. */
export function terminalStatus(event: EventBody): Exclude<RunStatus, 'running'> | undefined {
  switch (event.type) {
    case 'run.finished':
      return 'finished'
    case 'run.failed':
      return 'failed'
    case 'run.stopped':
      return 'stopped'
    case 'run.interrupted':
      return 'interrupted'
    default:
      return undefined
  }
}

function progressLabel({
  progress,
  total,
  message,
}: Extract<EventBody, { type: 'tool.progressed' }>) {
  const count = total === undefined ? `${progress}` : `${progress} of ${total}`
  return message === undefined ? count : `${message} (${count})`
}

function decisionLabel({ decision, by }: Extract<EventBody, { type: 'approval.decided' }>) {
  if (by === undefined) return 'denied: nobody answered in time'
  return `${decision === 'approve' ? 'approved' : 'denied'} by ${by}`
}

function trimmedLabel({ turns, results }: Extract<EventBody, { type: 'context.trimmed' }>) {
  return [
    ...(turns === undefined ? [] : [turnsLabel(turns)]),
    ...(results === undefined ? [] : [resultsLabel(results)]),
  ].join('; ')
}

function turnsLabel(turns: number): string {
  if (turns === 0) return 'the model reads no earlier questions'
  const kept = turns === 1 ? 'the last question' : `the last ${turns} questions`
  return `the model reads only ${kept} before this one`
}

function resultsLabel(results: number): string {
  const shortened = results === 1 ? '1 result is' : `${results} results are`
  return `${shortened} shortened to fit the context of the model`
}

function gapLabel(count: number): string {
  return count === 1
    ? '… 1 earlier event is no longer kept'
    : `… ${count} earlier events are no longer kept`
}
