import type { Decided } from './approvals.ts'
import type { Emit } from './event.ts'
import type { Message } from './message.ts'
import type { Shortened } from './shorten.ts'

/** What every call of one run carries. It is passed as a parameter: no module keeps a run in a variable. */
export type RunScope = {
  /** Adds an event to the run log. */
  emit: Emit
  /** Aborted when the run is stopped or its time is up. */
  signal: AbortSignal
  /** Returns a new span id, unique within the run. */
  nextSpan: () => string
  /** Redacts a text of a tool and cuts it, for an event. */
  show: (text: string) => Shortened
  /** Pauses the time limits around this call, until the returned function is called. */
  pause: () => () => void
  /** Resolves with the decision of a user about the call with this span: a denial after `limitMs`. */
  decision: (span: string, limitMs: number, signal: AbortSignal) => Promise<Decided>
}

/** One call of an agent. */
export type AgentCall = {
  agent: string
  span: string
  parent?: string
  /** The question that triage gave a specialist. It stands alone. */
  task?: string
  /** The answer is one of several parts of the whole, which readers see as soon as it is there. */
  isPart?: boolean
  /** The conversation, oldest first, the question last. */
  messages: readonly Message[]
  /** The name of the model to ask. */
  model: string
  /** The model is the agent's own, not that of the run. */
  hasOwnModel?: boolean
  /** Its own deadline, instead of that of the settings. */
  limitMs?: number
  scope: RunScope
}

/** The tokens of all model calls of one agent. */
export type Usage = { inputTokens: number; outputTokens: number }

/**
 * What an agent returns: its value, its usage where the model reports one, the text of a part for readers, and the fallback
 * model if it replied.
 */
export type AgentAnswer<Value> = { value: Value; usage?: Usage; part?: string; fallback?: string }

/** One call of a tool. */
export type ToolCall = {
  agent: string
  tool: string
  span: string
  /** The span of the calling agent. */
  parent: string
  /** The arguments as the model wrote them. */
  arguments: string
  /** Whether the tool changes data, so that a user has to approve each call. */
  needsApproval?: boolean
  /** Checks the arguments of such a call. @throws OpsError `tool_arguments` */
  check?: (rawArguments: string) => void
  scope: RunScope
}

/** A layer around every call of an agent. It is generic because triage and specialists return different values. */
export type AgentMiddleware = <Value>(
  call: AgentCall,
  next: (call?: AgentCall) => Promise<AgentAnswer<Value>>,
) => Promise<AgentAnswer<Value>>

/** A layer around every call of a tool. The result is the text that the model reads. */
export type FunctionMiddleware = (
  call: ToolCall,
  next: (call?: ToolCall) => Promise<string>,
) => Promise<string>
