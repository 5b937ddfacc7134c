import { version } from '../package.json' with { type: 'json' }
import type { Agent, AgentRuntime } from './agents/agent.ts'
import { logAnalyticsAgent } from './agents/log-analytics.ts'
import { Model } from './agents/model.ts'
import { serviceHealthAgent } from './agents/service-health.ts'
import { serviceNowAgent } from './agents/servicenow.ts'
import type { Config } from './config.ts'
import { openModelTokens } from './connectors/azure/model-tokens.ts'
import {
  type OpenedConnectors,
  openConnectors,
  ownConnectors,
  withSample,
} from './connectors/connectors.ts'
import { sourceTexts } from './connectors/source-texts.ts'
import type { ToolSources } from './connectors/tool-sources.ts'
import type { AgentMiddleware, FunctionMiddleware } from './core/call.ts'
import { Committer } from './core/committer.ts'
import type { Log } from './core/log.ts'
import { createRedact } from './core/redact.ts'
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
import { redactShown } from './middleware/redact.ts'
import { retry } from './middleware/retry.ts'
import { agentThinking, toolThinking } from './middleware/thinking.ts'
import { type ModelAccess, openModel } from './models/client.ts'
import { QuestionQuota, tooManyConversations } from './runs/question-quota.ts'
import { Runs } from './runs/runs.ts'
import { type OwnTools, openSpecialists } from './specialists.ts'
import type { Store } from './storage/store.ts'
import type { Connectors } from './tools/connectors.ts'
import { createFollowUps } from './tools/follow-ups.ts'
import { createLogAnalyticsTools } from './tools/log-analytics.ts'
import { createServiceHealthTools } from './tools/service-health.ts'
import { createServiceNowTools, createWorkNoteTool } from './tools/servicenow.ts'
import { createTriageWorkflow, type Workflow } from './workflow/triage-workflow.ts'

/** The parts of a server. An optional part has an embedded default. */
export type Parts = OwnTools & {
  store: Store
  files: StaticFiles
  /** Milliseconds since 1970. */
  now: () => number
  /** Milliseconds on a clock that is never set, for limits. By default `performance.now`. */
  monotonicMs?: () => number
  log: Log
  /** The secrets of the settings and of the agents file, which no event and no answer may have. */
  secrets?: readonly string[]
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
  sources: ToolSources
  /** What the server uses, for the log. `identity` is undefined when every request is the local user. */
  description: { model: string; estate: string; identity: string | undefined }
}

/** Assembles a server. This is the only file that knows every part. */
export async function build(config: Config, parts: Parts): Promise<Server> {
  const { now, monotonicMs = () => performance.now(), log, store, files } = parts
  const services = { now, wait: parts.connectorWait ?? wait }
  const opened = parts.connectors
    ? ownConnectors(parts.connectors)
    : openConnectors(config, services)
  const { notices, estate, footnote } = sourceTexts(opened.systems)
  const sampled = opened.systems.flatMap(({ id, isLive }) => (isLive ? [] : [id]))
  const names = sampleNames.filter(({ field }) =>
    sampled.includes(field === 'pipeline' ? 'log_analytics' : 'servicenow'),
  )
  const offlineFetch = createOfflineFetch({ thinkMs: config.thinkMs, names })
  const model =
    parts.model ?? openModel(config, { offlineFetch, entra: openModelTokens(config, services) })
  const builtIn = createBuiltIn(config, parts, opened)
  const { specialists, sources } = await openSpecialists(builtIn, {
    ...parts,
    version,
    monotonicMs,
  })
  const workflow =
    parts.workflow ??
    createTriageWorkflow({
      specialists,
      runtime: createRuntime(config, { ...parts, monotonicMs, model }),
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
    followUps: createFollowUps(specialists.flatMap(({ tools }) => tools)),
    systems: opened.systems,
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
  const description = { model: model.description, estate, identity }
  return { app, registry, runs, slots, sources, description }
}

/** The specialists that the agents file can change. */
export function createBuiltIn(
  { serviceNowWorkNotes }: Config,
  { now, specialists = [] }: Pick<Parts, 'now' | 'specialists'>,
  opened: OpenedConnectors,
): Agent[] {
  const all = withSample(opened, createSampleConnectors(now))
  const note = serviceNowWorkNotes === 'on' && createWorkNoteTool(all.serviceNow)
  return [
    serviceNowAgent([...createServiceNowTools(all.serviceNow), ...(note ? [note] : [])]),
    logAnalyticsAgent(createLogAnalyticsTools(all.logAnalytics, now)),
    serviceHealthAgent(createServiceHealthTools(all.serviceHealth)),
    ...specialists,
  ]
}

/** Every agent and every tool runs inside these layers. Here deadlines and retries are configured. */
function createRuntime(
  config: Config,
  parts: Parts & { monotonicMs: () => number; model: ModelAccess },
): AgentRuntime {
  const { now, monotonicMs, log, model, agentMiddleware = [], functionMiddleware = [] } = parts
  const redact = createRedact(config.redactPatterns, parts.secrets)
  return {
    model: new Model({ ...model, log, monotonicMs }),
    now,
    log,
    limits: config,
    redact,
    redaction: redactShown(redact, config.maxShownBytes),
    thinking: { agent: agentThinking({ now }), tool: toolThinking({ now }) },
    agentMiddleware: [
      deadline(config.agentSeconds * 1000, 100),
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
