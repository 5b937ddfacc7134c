import type { Agent } from './agents/agent.ts'
import { runbooksAgent } from './agents/runbooks.ts'
import { triageName } from './agents/triage.ts'
import { writingRules } from './agents/writing-rules.ts'
import type { AgentsFile } from './agents-file/read.ts'
import { type ToolSourceParts, ToolSources } from './connectors/tool-sources.ts'
import { createRunbookTool, type Runbooks } from './tools/runbooks.ts'
import type { Tool, ToolSource } from './tools/tool.ts'

/** What adds specialists and tools to a server. */
export type OwnTools = {
  /** Specialists to add, to change and to remove, with their MCP servers and HTTP APIs. */
  agentsFile?: AgentsFile
  /** Runbooks that specialists can search. */
  runbooks?: Runbooks
  /** Starts MCP servers that are processes, on a runtime that has processes. */
  openProcess?: ToolSourceParts['openProcess']
}

/**
 * Opens the agents file and the runbooks of a server.
 * @throws OpsError `bad_setting` with line and reason
 */
export async function openSpecialists(
  given: readonly Agent[],
  parts: OwnTools & ToolSourceParts,
): Promise<{ specialists: Agent[]; sources: ToolSources }> {
  const { agentsFile, runbooks } = parts
  const sources = await openSources(agentsFile, parts)
  const builtIn = [...given, ...(runbooks ? [runbooksAgent(createRunbookTool(runbooks))] : [])]
  if (agentsFile === undefined) return { specialists: builtIn, sources }
  return { specialists: createSpecialists(agentsFile, { builtIn, sources }), sources }
}

/**
 * Opens the MCP servers and HTTP APIs of the agents file. It does not connect to them.
 * @throws OpsError `bad_setting` with line and reason
 */
async function openSources(
  agentsFile: AgentsFile | undefined,
  parts: ToolSourceParts,
): Promise<ToolSources> {
  const sources = new ToolSources(agentsFile ?? { mcpServers: [], apis: [] }, parts)
  await sources.open()
  return sources
}

type SpecialistParts = { builtIn: readonly Agent[]; sources: ToolSources }
type Written = AgentsFile['specialists'][number]

/** The specialists after the agents file has removed, changed and added some. */
function createSpecialists(file: AgentsFile, parts: SpecialistParts): Agent[] {
  const specialists = [...parts.builtIn]
  for (const [index, name] of file.remove.entries()) {
    const at = specialists.findIndex((agent) => isSameName(agent.name, name))
    if (at < 0) throw file.problem(['remove', index], `there is no specialist ${name}`)
    specialists.splice(at, 1)
  }
  const seen: string[] = [triageName]
  for (const [index, written] of file.specialists.entries()) {
    const path = ['specialists', index]
    if (seen.some((name) => isSameName(name, written.name))) {
      throw file.problem([...path, 'name'], `the name ${written.name} is taken`)
    }
    seen.push(written.name)
    const at = specialists.findIndex((agent) => isSameName(agent.name, written.name))
    const agent = createSpecialist(written, specialists[at], path, file, parts)
    if (at < 0) specialists.push(agent)
    else specialists[at] = agent
  }
  if (specialists.length > 0) return specialists
  throw file.problem(['remove'], 'no specialist is left')
}

function createSpecialist(
  written: Written,
  changed: Agent | undefined,
  path: readonly (string | number)[],
  file: AgentsFile,
  parts: SpecialistParts,
): Agent {
  const { name, instructions, model, limits } = written
  const description = written.ask_when?.replaceAll(/\s+/g, ' ') ?? changed?.description
  if (description === undefined) {
    throw file.problem(path, `${name} is a new specialist, which needs \`ask_when\``)
  }
  return {
    ...(changed ?? { tools: [], isOutsideEstate: true }),
    name: changed?.name ?? name,
    description,
    instructions:
      instructions === undefined && changed !== undefined
        ? changed.instructions
        : `${instructions ?? `You are the ${name} specialist.`}\n\n${writingRules}`,
    ...(written.tools && findTools(written.tools, [...path, 'tools'], file, parts)),
    ...(model !== undefined && { model }),
    ...(limits && toLimits(limits)),
  }
}

function findTools(
  references: readonly string[],
  path: readonly (string | number)[],
  file: AgentsFile,
  { builtIn, sources }: SpecialistParts,
): { tools: Tool[]; sources: ToolSource[]; isOutsideEstate: boolean } {
  const known = builtIn.flatMap((agent) => agent.tools)
  const outside = builtIn.filter((agent) => agent.isOutsideEstate).flatMap((agent) => agent.tools)
  const tools: Tool[] = []
  const patterns = new Map<string, string[]>()
  for (const [index, reference] of references.entries()) {
    const [, source, pattern] = /^([^/]+)\/(.+)$/s.exec(reference) ?? []
    const tool = known.find((one) => one.name === reference)
    if (tool !== undefined) {
      tools.push(tool)
    } else if (source !== undefined && pattern !== undefined && sources.names.includes(source)) {
      patterns.set(source, [...(patterns.get(source) ?? []), pattern])
    } else {
      const names = [...known.map((one) => one.name), ...sources.names.map((one) => `${one}/*`)]
      const reason = `there is no tool ${reference}. The tools are ${names.join(', ')}`
      throw file.problem([...path, index], reason)
    }
  }
  return {
    tools,
    sources: [...patterns].flatMap(([source, own]) => sources.find(source, own) ?? []),
    isOutsideEstate: tools.every((tool) => outside.includes(tool)),
  }
}

function toLimits(written: NonNullable<Written['limits']>) {
  const { model_calls, seconds, tool_result_bytes, context_tokens } = written
  const limits = {
    ...(model_calls !== undefined && { maxModelCalls: model_calls }),
    ...(tool_result_bytes !== undefined && { maxToolResultBytes: tool_result_bytes }),
    ...(context_tokens !== undefined && { contextTokens: context_tokens }),
  }
  return { limits, ...(seconds !== undefined && { limitMs: seconds * 1000 }) }
}

function isSameName(a: string, b: string): boolean {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
  return plain(a) === plain(b)
}
