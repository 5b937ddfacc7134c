import type { Agent } from './agents/agent.ts'
import { logAnalyticsAgent } from './agents/log-analytics.ts'
import { runbooksAgent } from './agents/runbooks.ts'
import { serviceHealthAgent } from './agents/service-health.ts'
import { serviceNowAgent } from './agents/servicenow.ts'
import { triageName } from './agents/triage.ts'
import { writingRules } from './agents/writing-rules.ts'
import type { AgentsFile } from './agents-file/read.ts'
import type { ToolSources } from './connectors/tool-sources.ts'
import { OpsError } from './core/errors.ts'
import type { Connectors } from './tools/connectors.ts'
import { createLogAnalyticsTools } from './tools/log-analytics.ts'
import { createRunbookTool, type Runbooks } from './tools/runbooks.ts'
import { createServiceHealthTools } from './tools/service-health.ts'
import { createServiceNowTools, createWorkNoteTool } from './tools/servicenow.ts'
import type { Tool, ToolSource } from './tools/tool.ts'

/** What specialists are made of. `now` is in ms since 1970. */
export type SpecialistParts = {
  connectors: Connectors
  now: () => number
  /** Whether the ServiceNow specialist can add work notes, after an approval. */
  hasWorkNotes?: boolean
  runbooks?: Runbooks | undefined
  /** More specialists, after the built-in ones. */
  specialists?: readonly Agent[] | undefined
  agentsFile?: AgentsFile | undefined
  sources: ToolSources
}

/** What the specialists of an agents file can have. */
type FileParts = { builtIn: readonly Agent[]; sources: ToolSources }

type Written = AgentsFile['specialists'][number]

/**
 * The built-in specialists and the added ones, as the agents file changes them.
 * @throws OpsError `bad_setting` with line and reason
 */
export function createSpecialists(parts: SpecialistParts): Agent[] {
  const { connectors, now, sources, agentsFile } = parts
  const runbooks = parts.runbooks && createRunbookTool(parts.runbooks)
  const { serviceNow } = connectors
  const workNotes = parts.hasWorkNotes ? createWorkNoteTool(serviceNow) : undefined
  const builtIn = [
    serviceNowAgent([...createServiceNowTools(serviceNow), ...(workNotes ? [workNotes] : [])]),
    logAnalyticsAgent(createLogAnalyticsTools(connectors.logAnalytics, now)),
    serviceHealthAgent(createServiceHealthTools(connectors.serviceHealth)),
    ...(runbooks ? [runbooksAgent(runbooks)] : []),
    ...(parts.specialists ?? []),
  ]
  return agentsFile === undefined ? builtIn : applyFile(agentsFile, { builtIn, sources })
}

/** Removes, changes and adds specialists. */
function applyFile(file: AgentsFile, parts: FileParts): Agent[] {
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
  throw new OpsError('bad_setting', { message: 'The agents file removes all specialists.' })
}

function createSpecialist(
  written: Written,
  changed: Agent | undefined,
  path: readonly (string | number)[],
  file: AgentsFile,
  parts: FileParts,
): Agent {
  const { name, instructions, model, limits } = written
  const description = written.ask_when?.replaceAll(/\s+/g, ' ') ?? changed?.description
  if (description === undefined) {
    throw file.problem(path, `${name} is a new specialist, which needs \`ask_when\``)
  }
  return {
    name: changed?.name ?? name,
    description,
    instructions:
      instructions === undefined && changed !== undefined
        ? changed.instructions
        : `${instructions ?? `You are the ${name} specialist.`}\n\n${writingRules}`,
    ...(written.tools === undefined
      ? { tools: changed?.tools ?? [] }
      : findTools(written.tools, [...path, 'tools'], file, parts)),
    ...(model !== undefined && { model }),
    ...(limits && { limits: toLimits(limits) }),
  }
}

function findTools(
  references: readonly string[],
  path: readonly (string | number)[],
  file: AgentsFile,
  { builtIn, sources }: FileParts,
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

function toLimits({ model_calls, seconds, tool_result_bytes }: NonNullable<Written['limits']>) {
  return {
    ...(model_calls !== undefined && { maxModelCalls: model_calls }),
    ...(seconds !== undefined && { agentSeconds: seconds }),
    ...(tool_result_bytes !== undefined && { maxToolResultBytes: tool_result_bytes }),
  }
}

function isSameName(a: string, b: string): boolean {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
  return plain(a) === plain(b)
}
