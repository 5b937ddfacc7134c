import { version } from '../package.json' with { type: 'json' }
import type { Agent, AgentRuntime } from './agents/agent.ts'
import { Model } from './agents/model.ts'
import type { AgentsFile } from './agents-file/read.ts'
import type { Config } from './config.ts'
import { openConnectors, ownConnectors, withSample } from './connectors/connectors.ts'
import type { McpParts } from './connectors/mcp/settings.ts'
import { sourceTexts } from './connectors/source-texts.ts'
import { ToolSources } from './connectors/tool-sources.ts'
import type { AgentMiddleware, FunctionMiddleware } from './core/call.ts'
import { Committer } from './core/committer.ts'
import type { Log } from './core/log.ts'
import { Registry } from './core/registry.ts'
import { wait } from './core/wait.ts'
import { createSampleConnectors } from './demo/estate/connectors.ts'
import { sampleNames } from './demo/estate/names.ts'
import { createOfflineFetch } from './demo/model/offline.ts'
import { createApp } from './http/app.ts'
import { SearchSlots } from './http/conversations/search-slots.ts'
import { createIdentity } from './http/identity/identity.ts'
import type { Identify } from './http/identity/user.ts'
import { maxSearchCharacters } from './http/input.ts'
import type { OwnHosts } from './http/network/own-host.ts'
import type { StaticFiles } from './http/ops/static-files.ts'
import { AnswerHtml } from './http/runs/answer-html.ts'
import { StreamSlots } from './http/stream/stream-slots.ts'
import { requireApproval } from './middleware/approval.ts'
import { deadline } from './middleware/deadline.ts'
import { retry } from './middleware/retry.ts'
import { agentThinking, toolThinking } from './middleware/thinking.ts'
import { type ModelAccess, openModel } from './models/client.ts'
import { QuestionQuota, tooManyConversations } from './runs/question-quota.ts'
import { Runs } from './runs/runs.ts'
import { createSpecialists } from './specialists.ts'
import type { Store } from './storage/store.ts'
import type { Connectors } from './tools/connectors.ts'
import { createFollowUps } from './tools/follow-ups.ts'
import type { Runbooks } from './tools/runbooks.ts'
import { createTriageWorkflow, type Workflow } from './workflow/triage-workflow.ts'

/** The parts of a server. An optional part has an embedded default. */
export type Parts = {
  store: Store
  files: StaticFiles
  /** Milliseconds since 1970. */
  now: () => number
  /** Milliseconds on a clock that is never set, for limits. By default `performance.now`. */
  monotonicMs?: () => number
  log: Log
  /** Lets a connection be quiet for so many seconds, on a runtime that closes quiet connections. */
  allowSilence?: (request: Request, seconds: number) => void
  /** Reports that the client has left, on a runtime that does not cancel the body of the response then. */
  onDisconnect?: (request: Request, disconnected: () => void) => void
  /** The names and addresses of this machine. Without it only loopback names are known. */
  ownHosts?: OwnHosts
  /** Where the history of the user is, for links to shared runs, if each user has a server. */
  sharePlace?: string
  /** The address of the peer, on a runtime that knows it. */
  remoteAddress?: (request: Request) => string | undefined
  /** Identifies users, instead of `AUTH`. */
  identify?: Identify
  /** With `identify`: the `WWW-Authenticate` header of a 401. */
  challenge?: string | undefined
  /** Instead of those of the settings, and of the sample estate. */
  connectors?: Connectors
  /** Waits between the requests of a connector, at most so many ms. By default a timer. */
  connectorWait?: (ms: number, signal: AbortSignal) => Promise<void>
  /** More specialists, after the three built-in ones. */
  specialists?: readonly Agent[]
  /** Specialists to add, to change and to remove, with their MCP servers and HTTP APIs. */
  agentsFile?: AgentsFile
  /** Runbooks that specialists can search. */
  runbooks?: Runbooks
  /** Starts MCP servers that are processes, on a runtime that has processes. */
  openProcess?: McpParts['openProcess']
  /** More layers, inside the built-in ones. */
  agentMiddleware?: readonly AgentMiddleware[]
  functionMiddleware?: readonly FunctionMiddleware[]
  /** Another model than the one of the settings. */
  model?: ModelAccess
  /** Another workflow than triage and specialists. */
  workflow?: Workflow
}

/** A server that is ready to answer requests. */
export type Server = {
  app: ReturnType<typeof createApp>
  registry: Registry
  runs: Runs
  slots: StreamSlots
  /** The MCP servers and HTTP APIs of the agents file. */
  sources: ToolSources
  /** What the server uses, for the log. `identity` is undefined when every request is the local user. */
  description: { model: string; estate: string; identity: string | undefined }
}

/** Assembles a server. This is the only file that knows every part. */
export async function build(config: Config, parts: Parts): Promise<Server> {
  const { now, monotonicMs = () => performance.now(), log, store, files } = parts
  const opened = parts.connectors
    ? ownConnectors(parts.connectors)
    : openConnectors(config, { now, wait: parts.connectorWait ?? wait })
  const { systems } = opened
  const { notices, estate, footnote } = sourceTexts(systems)
  const sampled = systems.flatMap(({ id, isLive }) => (isLive ? [] : [id]))
  const names = sampleNames.filter(({ field }) =>
    sampled.includes(field === 'pipeline' ? 'log_analytics' : 'servicenow'),
  )
  const offline = createOfflineFetch({ thinkMs: config.thinkMs, names })
  const model = parts.model ?? openModel(config, offline)
  const sources = new ToolSources(parts.agentsFile ?? { mcpServers: [], apis: [] }, {
    version,
    openProcess: parts.openProcess,
    log,
    monotonicMs,
  })
  await sources.open()
  const connectors = withSample(opened, createSampleConnectors(now))
  const hasWorkNotes = config.serviceNowWorkNotes === 'on'
  const specialists = parts.workflow
    ? []
    : createSpecialists({ ...parts, connectors, sources, hasWorkNotes })
  const workflow =
    parts.workflow ??
    createTriageWorkflow({
      specialists,
      runtime: createRuntime(config, parts, model, specialists),
      ...(footnote !== undefined && { footnote }),
    })
  const registry = new Registry(store.shared !== undefined)
  const committer = new Committer({
    write: store.appendEvents,
    isTemporary: store.isTemporary,
    retryMs: store.retryMs,
    monotonicMs,
  })
  const slots = new StreamSlots(config)
  const runs = new Runs({
    store,
    registry,
    committer,
    workflow,
    limits: config,
    openStreams: () => slots.openByUser,
    now,
    monotonicMs,
    log,
  })
  const { description: identity, ...identification } = parts.identify
    ? {
        identify: parts.identify,
        challenge: parts.challenge,
        description: 'identified by your own function',
      }
    : createIdentity(config, { now, monotonicMs, log })
  const processId = crypto.randomUUID()
  await store.addProcess(processId, now())
  await runs.open()
  const [defaultModel, ...otherModels] = model.models
  const app = createApp({
    store,
    runs,
    slots,
    searches: new SearchSlots(),
    answers: new AnswerHtml(config.serviceNowUrl),
    systems,
    followUps: createFollowUps(specialists.flatMap(({ tools }) => tools)),
    conversationQuota: new QuestionQuota(
      config.conversationsPerHour,
      monotonicMs,
      tooManyConversations,
    ),
    limits: config,
    files,
    processId,
    now,
    monotonicMs,
    log,
    ...identification,
    isIdentified: identity !== undefined,
    ownHosts: parts.ownHosts ?? (() => []),
    sharePlace: parts.sharePlace,
    proxyTrust: { ...config, remoteAddress: parts.remoteAddress },
    allowSilence: parts.allowSilence ?? (() => {}),
    onDisconnect: parts.onDisconnect ?? (() => {}),
    shell: {
      assets: files.urls,
      models: [toChoice(defaultModel), ...otherModels.map(toChoice)],
      limits: {
        maxMessageBytes: config.maxMessageBytes,
        maxTitleCharacters: config.maxTitleCharacters,
        maxSearchCharacters,
      },
      notices: [...(model.offline ? ['Offline model'] : []), ...notices],
      version,
    },
  })
  return {
    app,
    registry,
    runs,
    slots,
    sources,
    description: { model: model.description, estate, identity },
  }
}

/** Every agent and every tool runs inside these layers. Here deadlines and retries are configured. */
function createRuntime(
  config: Config,
  parts: Parts,
  { client }: ModelAccess,
  specialists: readonly Agent[],
): AgentRuntime {
  const { now, log, agentMiddleware = [], functionMiddleware = [] } = parts
  const thinking = { now }
  const seconds = new Map(specialists.map(({ name, limits }) => [name, limits?.agentSeconds]))
  const agentMs = (name: string) => (seconds.get(name) ?? config.agentSeconds) * 1000
  return {
    model: new Model(client, log),
    now,
    log,
    limits: config,
    thinking: { agent: agentThinking(thinking), tool: toolThinking(thinking) },
    agentMiddleware: [
      deadline(agentMs, 100),
      retry({ times: 1, codes: ['model_invalid', 'model_empty'] }),
      ...agentMiddleware,
    ],
    functionMiddleware: [
      requireApproval(config.approvalSeconds),
      deadline(config.toolSeconds * 1000, 20),
      retry({ times: 1, codes: ['tool_failed'] }),
      ...functionMiddleware,
    ],
  }
}

function toChoice(id: string) {
  return { id, name: id === 'offline' ? 'Offline model' : id }
}
