import type { Middleware } from './compose.ts'
import type { Emit } from './event.ts'
import type { Message } from './message.ts'

/** What travels with every call of one run. There is no other way to reach the run: no module keeps one. */
export type RunScope = {
  /** Tells what happens, to whoever watches. */
  emit: Emit
  /** Aborted when the run is stopped or has used up its time. */
  signal: AbortSignal
  /** A new name for a span, unique within the run. */
  nextSpan: () => string
}

/** One call of an agent. */
export type AgentCall = {
  agent: string
  span: string
  parent?: string
  /** What a specialist was asked, in a sentence that stands alone. */
  task?: string
  /** The conversation, oldest first, the question last. */
  messages: readonly Message[]
  /** The name of the model to ask. */
  model: string
  scope: RunScope
}

/** What the model used up over all calls of one agent. */
export type Usage = { inputTokens: number; outputTokens: number }

/** What an agent came back with. */
export type AgentAnswer<Value = unknown> = { value: Value; usage?: Usage }

/** One call of a tool, with the arguments as the model wrote them. */
export type ToolCall = {
  agent: string
  tool: string
  span: string
  /** The span of the agent that called. */
  parent: string
  arguments: string
  scope: RunScope
}

/** A layer around every run of an agent. */
export type AgentMiddleware = Middleware<AgentCall, AgentAnswer>

/** A layer around every call of a tool. What comes back is the text that the model reads. */
export type ToolMiddleware = Middleware<ToolCall, string>
