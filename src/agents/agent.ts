import type OpenAI from 'openai'
import type {
  AgentAnswer,
  AgentCall,
  AgentMiddleware,
  FunctionMiddleware,
  ToolCall,
} from '../core/call.ts'
import { compose } from '../core/compose.ts'
import { asOpsError, OpsError, publicReason, throwIfAborted } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Tool } from '../tools/tool.ts'
import { modelError } from './model-error.ts'
import { readText, readUsage } from './reply.ts'

/** A specialist. It does not name its middleware, so it cannot lack any. */
export type Agent = {
  /** As users read it: `Service Health`. */
  name: string
  /** What it can be asked, for triage. */
  description: string
  /** How it works and writes, for the model. */
  instructions: string
  tools: readonly Tool[]
}

/** What every agent runs with. `build.ts` makes it once. */
export type AgentRuntime = {
  client: OpenAI
  /** Milliseconds since 1970. */
  now: () => number
  /** The layers that emit thinking events. They are the outermost ones. */
  thinking: { agent: AgentMiddleware; tool: FunctionMiddleware }
  /** The layers inside: deadlines, retries, and those of the platform team. */
  agentMiddleware: readonly AgentMiddleware[]
  functionMiddleware: readonly FunctionMiddleware[]
  /** How many model calls one agent may make before it fails with `turn_limit`. */
  maxModelCalls: number
  log: Log
}

/**
 * Asks a specialist; resolves with its answer in Markdown.
 * @throws OpsError the reason why there is no answer
 */
export async function runAgent(
  agent: Agent,
  call: AgentCall,
  runtime: AgentRuntime,
): Promise<AgentAnswer<string>> {
  const layers = [runtime.thinking.agent, ...runtime.agentMiddleware]
  return compose<AgentCall, AgentAnswer<string>>(layers, (inner) =>
    converse(agent, inner, runtime),
  )(call)
}

async function converse(
  agent: Agent,
  call: AgentCall,
  runtime: AgentRuntime,
): Promise<AgentAnswer<string>> {
  const { signal } = call.scope
  const now = new Date(runtime.now()).toISOString()
  const runner = runtime.client.chat.completions.runTools(
    {
      model: call.model,
      messages: [
        { role: 'system', content: `${agent.instructions}\n\nNow: ${now}` },
        ...call.messages,
      ],
      tools: agent.tools.map((tool) => toRunnableTool(tool, call, runtime)),
    },
    { signal, maxChatCompletions: runtime.maxModelCalls },
  )
  try {
    const completion = await runner.finalChatCompletion()
    const choice = completion.choices[0]
    if (choice?.message.tool_calls?.length) throw new OpsError('turn_limit')
    const value = readText(choice)
    return { value, ...readUsage(await runner.totalUsage()) }
  } catch (error) {
    throw modelError(error, signal)
  }
}

/** A tool in the form that `runTools` takes. The model reads a failure as a text; only a stop ends the conversation. */
function toRunnableTool(tool: Tool, call: AgentCall, runtime: AgentRuntime) {
  const { agent, scope, span: parent } = call
  const layers = [runtime.thinking.tool, ...runtime.functionMiddleware]
  const execute = compose<ToolCall, string>(layers, (inner) => executeTool(tool, inner))
  return {
    type: 'function' as const,
    function: {
      name: tool.name,
      description: tool.description,
      parameters: tool.parameters,
      async function(rawArguments: string): Promise<string> {
        const span = scope.nextSpan()
        try {
          return await execute({
            agent,
            tool: tool.name,
            span,
            parent,
            arguments: rawArguments,
            scope,
          })
        } catch (error) {
          throwIfAborted(scope.signal)
          // Wrong arguments are the model's mistake, which it can correct: nothing for the operator.
          if (asOpsError(error).code !== 'tool_arguments') {
            runtime.log.error(`${agent}: ${tool.name} failed`, { cause: error })
          }
          return `Failed: ${publicReason(error)}`
        }
      },
    },
  }
}

async function executeTool(tool: Tool, call: ToolCall): Promise<string> {
  try {
    return await tool.execute(call.arguments, call.scope.signal)
  } catch (error) {
    throwIfAborted(call.scope.signal)
    throw error instanceof OpsError ? error : new OpsError('tool_failed', { cause: error })
  }
}
