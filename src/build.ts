import packageFile from '../package.json' with { type: 'json' }
import type { Agent } from './agents/agent.ts'
import { logAnalyticsAgent } from './agents/log-analytics.ts'
import { serviceHealthAgent } from './agents/service-health.ts'
import { serviceNowAgent } from './agents/servicenow.ts'
import type { Config } from './config.ts'
import type { AgentMiddleware, ToolMiddleware } from './core/call.ts'
import type { Log } from './core/log.ts'
import { Registry } from './core/registry.ts'
import { createSampleConnectors } from './demo/estate/connectors.ts'
import { sampleNames } from './demo/estate/names.ts'
import { createOfflineFetch } from './demo/model/offline.ts'
import { createApp } from './http/app.ts'
import { createSignOn } from './http/identity/identity.ts'
import type { Identify } from './http/identity/user.ts'
import type { StaticFiles } from './http/ops/static-files.ts'
import { StreamSlots } from './http/stream/stream-slots.ts'
import { deadline } from './middleware/deadline.ts'
import { retry } from './middleware/retry.ts'
import { agentThinking, toolThinking } from './middleware/thinking.ts'
import { type ModelDoor, openModel } from './models/client.ts'
import { Runs } from './runs/runs.ts'
import type { Store } from './storage/store.ts'
import { createLogAnalyticsTools } from './tools/log-analytics.ts'
import type {
  LogAnalyticsConnector,
  ServiceHealthConnector,
  ServiceNowConnector,
} from './tools/records.ts'
import { createServiceHealthTools } from './tools/service-health.ts'
import { createServiceNowTools } from './tools/servicenow.ts'
import { createTriageWorkflow } from './workflow/triage-workflow.ts'

/** The doors to the source systems. */
export type Connectors = {
  serviceNow: ServiceNowConnector
  logAnalytics: LogAnalyticsConnector
  serviceHealth: ServiceHealthConnector
}

/** What a server is put together from. What is left out is the embedded default. */
export type Parts = {
  store: Store
  files: StaticFiles
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
  /** Where a runtime cuts quiet connections: lets this one be quiet for so many seconds. */
  allowSilence?: (request: Request, seconds: number) => void
  /** The address at the other end of the socket, where a runtime knows it. */
  remoteAddress?: (request: Request) => string | undefined
  /** Who people are, instead of `AUTH`. */
  identify?: Identify
  /** Without them, the sample estate. */
  connectors?: Connectors
  /** Further specialists, after the three that are always there. */
  specialists?: readonly Agent[]
  /** Further layers, inside the ones that are always there. */
  agentMiddleware?: readonly AgentMiddleware[]
  toolMiddleware?: readonly ToolMiddleware[]
  /** Another door to a model than the settings name. */
  model?: ModelDoor
}

/** A server that is ready to be given requests. */
export type Built = {
  app: ReturnType<typeof createApp>
  registry: Registry
  runs: Runs
  slots: StreamSlots
  /** What it uses, in lines for the log; `people` is undefined where there is no sign-on. */
  description: { model: string; estate: string; people: string | undefined }
}

const sampleNote = '*This is sample data, not your systems.*'

/** Puts the parts together. The one file that knows them all. */
export function build(config: Config, parts: Parts): Built {
  const { now, log, store, connectors } = parts
  const names = connectors === undefined ? sampleNames : []
  const offline = createOfflineFetch({ thinkMs: config.thinkMs, names })
  const model = parts.model ?? openModel(config, offline)
  const specialists = [
    ...createSpecialists(connectors ?? createSampleConnectors(now), now),
    ...(parts.specialists ?? []),
  ]
  const runtime = createRuntime(config, parts, model)
  const footnote = connectors === undefined ? { footnote: sampleNote } : {}
  const workflow = createTriageWorkflow({ specialists, runtime, ...footnote })
  const registry = new Registry()
  const runs = new Runs({ store, registry, workflow, limits: config, now, log })
  const slots = new StreamSlots(config)
  const { description: people, ...signOn } = parts.identify
    ? { identify: parts.identify, description: 'known by a sign-on of yours' }
    : createSignOn(config, { now, log })
  const processId = crypto.randomUUID()
  store.addProcess(processId, now())
  const app = createApp({
    processId,
    ...{ store, registry, runs, slots, limits: config, now, log },
    files: parts.files,
    names: config,
    ...signOn,
    proxyTrust: { ...config, remoteAddress: parts.remoteAddress },
    allowSilence: parts.allowSilence ?? (() => {}),
    shell: {
      assets: parts.files.urls,
      models: [choiceOf(model.models[0]), ...model.models.slice(1).map(choiceOf)],
      notices: [
        ...(model.offline ? ['Offline model'] : []),
        ...(connectors === undefined ? ['Sample data'] : []),
      ],
      version: packageFile.version,
    },
  })
  const estate = connectors === undefined ? 'sample data, made up and dated around now' : 'yours'
  return { app, registry, runs, slots, description: { model: model.description, estate, people } }
}

function createSpecialists(connectors: Connectors, now: () => number): Agent[] {
  return [
    serviceNowAgent(createServiceNowTools(connectors.serviceNow)),
    logAnalyticsAgent(createLogAnalyticsTools(connectors.logAnalytics, now)),
    serviceHealthAgent(createServiceHealthTools(connectors.serviceHealth)),
  ]
}

function choiceOf(id: string) {
  return { id, name: id === 'offline' ? 'Offline model' : id }
}

/** Every agent and every tool runs inside these layers; none of them can be added without. */
function createRuntime(config: Config, parts: Parts, { client }: ModelDoor) {
  const { now, log, agentMiddleware = [], toolMiddleware = [] } = parts
  const thinking = { now, maxShownBytes: config.maxShownBytes }
  return {
    ...{ client, now, log },
    maxModelCalls: config.maxModelCalls,
    thinking: { agent: agentThinking(thinking), tool: toolThinking(thinking) },
    agentMiddleware: [
      deadline(config.agentSeconds * 1000, 100),
      retry({ times: 1, codes: ['model_invalid', 'model_empty'] }),
      ...agentMiddleware,
    ] satisfies AgentMiddleware[],
    toolMiddleware: [
      deadline(config.toolSeconds * 1000, 20),
      retry({ times: 1, codes: ['tool_failed'] }),
      ...toolMiddleware,
    ] satisfies ToolMiddleware[],
  }
}
