import type { Config } from '../config.ts'
import type {
  AgentAnswer,
  AgentCall,
  AgentMiddleware,
  FunctionMiddleware,
  ToolCall,
} from '../core/call.ts'
import { compose } from '../core/compose.ts'
import {
  asOpsError,
  OpsError,
  type OpsErrorCode,
  publicReason,
  throwIfAborted,
} from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Redact } from '../core/redact.ts'
import { checkReferences } from '../core/references.ts'
import { shorten } from '../core/shorten.ts'
import type { Tool, ToolSource } from '../tools/tool.ts'
import { createReport, listTools, withAbsences } from './agent-tools.ts'
import { contextOf } from './context.ts'
import type { Model } from './model.ts'
import { modelError } from './model-error.ts'
import { type ModelMessage, messageOf, toolMessage } from './model-message.ts'
import { type FunctionCall, type Reply, readText } from './reply.ts'
import { totalUsage } from './usage.ts'

/** A specialist. It does not name its middleware, so it cannot lack any. */
export type Agent = {
  /** As users read it: `Service Health`. */
  name: string
  /** What it can be asked, for triage. */
  description: string
  /** How it works and writes, for the model. */
  instructions: string
  tools: readonly Tool[]
  /** More tools, of other processes. They are listed for each question. */
  sources?: readonly ToolSource[]
  /** None of its tools reads the built-in source systems, so the footnote about their data does not apply. */
  isOutsideEstate?: boolean
  /** Its own model, instead of the one that the user chose. */
  model?: string
  /** Its own limits, instead of those of the settings. */
  limits?: Partial<Pick<Config, 'maxModelCalls' | 'maxToolResultBytes' | 'contextTokens'>>
  limitMs?: number
}

/** What every agent runs with. `build.ts` makes it once. */
export type AgentRuntime = {
  model: Model
  /** Milliseconds since 1970. */
  now: () => number
  /** Redacts what agents show and what they answer. */
  redact: Redact
  /** The layer that redacts what tools show. It is the outermost one. */
  redaction: FunctionMiddleware
  /** The layers that emit thinking events. Only the redaction is further out. */
  thinking: { agent: AgentMiddleware; tool: FunctionMiddleware }
  /** The layers inside: deadlines, retries, and those of the platform team. */
  agentMiddleware: readonly AgentMiddleware[]
  functionMiddleware: readonly FunctionMiddleware[]
  limits: Pick<
    Config,
    | 'maxModelCalls'
    | 'maxParallelToolCalls'
    | 'maxToolResultBytes'
    | 'maxAnswerBytes'
    | 'contextTokens'
  >
  log: Log
}

/** A result that the model has read under its number, and the call that it came from. */
export type NumberedResult = { number: number; tool: string; span: string }

/** The answer of a specialist in Markdown. It refers to results by their number. The references are not checked yet. */
export type SpecialistAnswer = { text: string; results: readonly NumberedResult[] }

/**
 * Asks a specialist; resolves with its answer.
 * @throws OpsError the reason why there is no answer
 */
export async function runAgent(
  agent: Agent,
  call: AgentCall,
  runtime: AgentRuntime,
): Promise<AgentAnswer<SpecialistAnswer>> {
  const layers = [runtime.thinking.agent, ...runtime.agentMiddleware]
  const progress: Progress = { rounds: [], results: [] }
  return compose<AgentCall, AgentAnswer<SpecialistAnswer>>(layers, async (inner) => {
    const { tools, absences } = await listTools(agent, inner.scope.signal)
    const limits = { ...runtime.limits, ...agent.limits }
    const conversation = { agent, tools, absences, limits, call: inner, runtime }
    const answer = await converse(conversation, progress)
    progress.rounds = []
    progress.results = []
    const { results } = answer.value
    // The model may repeat a secret of a tool result.
    const text = withAbsences(runtime.redact(answer.value.text), absences)
    const complete = { ...answer, value: { text, results } }
    if (!call.isPart) return complete
    const isKnown = (number: number) => results.some((result) => result.number === number)
    const { text: part } = checkReferences(text, (number) => (isKnown(number) ? number : undefined))
    return { ...complete, part }
  })(call)
}

/** A reply that called tools, and the messages of it and of their results. */
type Round = { reply: Reply; messages: ModelMessage[] }

/** The rounds so far. A retry after a failed model call continues from them, so no tool runs twice. */
type Progress = { rounds: Round[]; results: NumberedResult[] }

type Conversation = {
  agent: Agent
  tools: readonly Tool[]
  /** Sentences about tools that are not available. */
  absences: readonly string[]
  limits: AgentRuntime['limits']
  call: AgentCall
  runtime: AgentRuntime
}

async function converse(
  conversation: Conversation,
  progress: Progress,
): Promise<AgentAnswer<SpecialistAnswer>> {
  const { agent, absences, limits, call, runtime } = conversation
  const { signal } = call.scope
  const now = new Date(runtime.now()).toISOString()
  const content = [agent.instructions, ...absences, `Now: ${now}`].join('\n\n')
  const system = { role: 'system' as const, content }
  const opening = [system, ...call.messages].map((message) => ({ message }))
  const tools = conversation.tools.map(({ name, description, parameters }) => ({
    type: 'function' as const,
    function: { name, description, parameters },
  }))
  const context = contextOf(call, limits.contextTokens)
  try {
    for (;;) {
      const rounds = progress.rounds.flatMap(({ messages }) => messages)
      const reply = await runtime.model.complete({
        model: call.model,
        messages: [...opening, ...rounds],
        // OpenAI rejects an empty list.
        ...(tools.length > 0 && { tools }),
        context,
        signal,
      })
      if (reply.toolCalls.length === 0) {
        const replies = [...progress.rounds.map((round) => round.reply), reply]
        const value = { text: readText(reply), results: progress.results }
        return { value, ...totalUsage(replies) }
      }
      if (progress.rounds.length + 1 >= limits.maxModelCalls) {
        throw new OpsError('turn_limit')
      }
      const results = await callTools(reply, conversation, progress.results)
      progress.rounds.push({ reply, messages: [messageOf(reply), ...results] })
    }
  } catch (error) {
    throw modelError(error, signal)
  }
}

/**
 * Resolves when all tools have ended, so that in the run log each tool ends before its agent. Each result gets a number,
 * which the model cites and `numbered` keeps. A failure gets none: it is no evidence.
 */
async function callTools(
  reply: Reply,
  conversation: Conversation,
  numbered: NumberedResult[],
): Promise<ModelMessage[]> {
  const { maxParallelToolCalls: most, maxToolResultBytes } = conversation.limits
  const tooMany = `Failed: not called, because one message may call at most ${most} tools. Call the others in your next message.`
  const outcomes = await Promise.allSettled(
    reply.toolCalls.map(async (one, index): Promise<ToolOutcome> => {
      return index < most ? callTool(one, conversation) : { text: tooMany }
    }),
  )
  return outcomes.map((outcome, index) => {
    if (outcome.status === 'rejected') throw outcome.reason
    const { text, call } = outcome.value
    const id = reply.toolCalls[index]?.id ?? ''
    if (call === undefined) return toolMessage(id, text, maxToolResultBytes)
    const number = numbered.length + 1
    numbered.push({ number, ...call })
    return toolMessage(id, `Result [${number}]:\n${text}`, maxToolResultBytes)
  })
}

/** The text for the model. `call` is the call that gave a result. */
type ToolOutcome = { text: string; call?: Omit<NumberedResult, 'number'> }

/** Resolves also when the tool fails. Only a stop throws. */
async function callTool(
  { function: { name, arguments: rawArguments } }: FunctionCall,
  { tools, call, runtime }: Conversation,
): Promise<ToolOutcome> {
  const { scope, span: parent } = call
  const tool = tools.find((one) => one.name === name)
  if (tool === undefined) {
    const names = tools.map((one) => one.name).join(', ')
    const text = `Failed: there is no tool ${shorten(name, 100).text}. The tools are: ${names}.`
    return { text }
  }
  const layers = [runtime.redaction, runtime.thinking.tool, ...runtime.functionMiddleware]
  const execute = compose<ToolCall, string>(layers, (inner) => executeTool(tool, inner))
  const span = scope.nextSpan()
  try {
    const text = await execute({
      agent: call.agent,
      tool: name,
      span,
      parent,
      arguments: rawArguments,
      ...(tool.needsApproval && { needsApproval: true }),
      ...(tool.check && { check: tool.check }),
      scope,
    })
    return { text, call: { tool: name, span } }
  } catch (error) {
    throwIfAborted(scope.signal)
    if (!isForModel.has(asOpsError(error).code)) {
      runtime.log.error(`${call.agent}: ${name} failed`, { cause: error })
    }
    return { text: `Failed: ${publicReason(error)}` }
  }
}

/** What the model can correct, and what a user decided: nothing for the operator. */
const isForModel = new Set<OpsErrorCode>(['tool_arguments', 'tool_reported', 'not_approved'])

async function executeTool(tool: Tool, call: ToolCall): Promise<string> {
  try {
    return await tool.execute(call.arguments, call.scope.signal, createReport(call))
  } catch (error) {
    throwIfAborted(call.scope.signal)
    throw error instanceof OpsError ? error : new OpsError('tool_failed', { cause: error })
  }
}
