import type OpenAI from 'openai'
import type {
  AgentAnswer,
  AgentCall,
  AgentMiddleware,
  ToolCall,
  ToolMiddleware,
} from '../core/call.ts'
import { compose } from '../core/compose.ts'
import { OpsError, publicReason, throwIfAborted } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Tool } from '../tools/tool.ts'
import { modelError } from './model-error.ts'
import { readText, readUsage } from './reply.ts'

/** A specialist: what it knows, and what it may call. It names no middleware, so it cannot forget any. */
export type Agent = {
  /** As people read it: `Service Health`. */
  name: string
  /** What it can be asked, for triage. */
  description: string
  /** How it works and writes, for the model. */
  instructions: string
  tools: readonly Tool[]
}

/** What every agent runs with; put together once, in `build.ts`. */
export type AgentRuntime = {
  client: OpenAI
  /** Milliseconds since 1970. */
  now: () => number
  /** The layers that tell what an agent does; outermost, around everything else. */
  thinking: { agent: AgentMiddleware; tool: ToolMiddleware }
  /** The layers inside: deadlines, retries, what a platform team adds. */
  agentMiddleware: readonly AgentMiddleware[]
  toolMiddleware: readonly ToolMiddleware[]
  /** How many completions one agent may use before it is ended with `turn_limit`. */
  maxModelCalls: number
  log: Log
}

/**
 * Asks a specialist and answers its Markdown.
 * @throws OpsError with the reason, when there is no answer.
 */
export async function runAgent(
  agent: Agent,
  call: AgentCall,
  runtime: AgentRuntime,
): Promise<AgentAnswer<string>> {
  const layers = [runtime.thinking.agent, ...runtime.agentMiddleware]
  const run = compose<AgentCall, AgentAnswer>(layers, (inner) => converse(agent, inner, runtime))
  const { value, ...rest } = await run(call)
  return { value: String(value), ...rest }
}

async function converse(
  agent: Agent,
  call: AgentCall,
  runtime: AgentRuntime,
): Promise<AgentAnswer<string>> {
  const { signal } = call.scope
  const runner = runtime.client.chat.completions.runTools(
    {
      model: call.model,
      messages: [
        { role: 'system', content: `${agent.instructions}\n\n${presentLine(runtime)}` },
        ...call.messages,
      ],
      tools: agent.tools.map((tool) => offer(tool, call, runtime)),
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

/** One tool as `runTools` takes it. Whatever fails becomes a text for the model, but for a stop, which ends it all. */
function offer(tool: Tool, call: AgentCall, runtime: AgentRuntime) {
  const layers = [runtime.thinking.tool, ...runtime.toolMiddleware]
  const execute = compose<ToolCall, string>(layers, (inner) => executeTool(tool, inner))
  return {
    type: 'function' as const,
    function: {
      name: tool.name,
      description: tool.description,
      parameters: tool.parameters,
      async function(rawArguments: string): Promise<string> {
        const { agent, scope } = call
        const about = { agent, tool: tool.name, span: scope.nextSpan(), parent: call.span }
        try {
          return await execute({ ...about, arguments: rawArguments, scope })
        } catch (error) {
          throwIfAborted(scope.signal)
          if (!isExpected(error)) runtime.log.error(`${call.agent}: ${tool.name}`, { cause: error })
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

function isExpected(error: unknown): boolean {
  return error instanceof OpsError && error.code === 'tool_arguments'
}

function presentLine({ now }: AgentRuntime): string {
  return `Now: ${new Date(now()).toISOString()}`
}
