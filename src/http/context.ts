import type { Context } from 'hono'
import type { ModelChoice, Shell } from '../../views/types.ts'
import type { Config } from '../config.ts'
import type { Log } from '../core/log.ts'
import type { SourceSystem } from '../core/source-system.ts'
import type { QuestionQuota } from '../runs/question-quota.ts'
import type { Runs } from '../runs/runs.ts'
import type { OwnerStore, Store, StoredConversation } from '../storage/store.ts'
import type { SearchSlots } from './conversations/search-slots.ts'
import type { Identify, User } from './identity/user.ts'
import type { OwnHosts } from './network/own-host.ts'
import type { Arrival, ProxyTrust } from './network/proxy-trust.ts'
import type { StaticFiles } from './ops/static-files.ts'
import type { AnswerHtml } from './runs/answer-html.ts'
import type { StreamSlots } from './stream/stream-slots.ts'

/** What the routes use. They read the history of the user through `c.get('history')`, so the store is not part of it. */
export type Services = {
  runs: Runs
  slots: StreamSlots
  searches: SearchSlots
  answers: AnswerHtml
  systems: readonly SourceSystem[]
  /** Questions to ask after an answer. */
  followUps: (question: string, answer: string) => string[]
  conversationQuota: QuestionQuota
  limits: Config
  files: StaticFiles
  /** Identifies this process to pages and to the doctor. */
  processId: string
  /** What every page shows around the chat, without the user. */
  shell: Omit<Shell, 'user' | 'models'> & { models: [ModelChoice, ...ModelChoice[]] }
  /** Milliseconds since 1970. */
  now: () => number
  /** Milliseconds on a clock that is never set, for limits and durations. */
  monotonicMs: () => number
  log: Log
  /** Lets a connection be quiet for so many seconds, on a runtime that closes quiet connections. */
  allowSilence: (request: Request, seconds: number) => void
  /** Reports that the client has left, on a runtime that does not cancel the body of the response then. */
  onDisconnect: (request: Request, disconnected: () => void) => void
}

/** What the app needs besides, for its middleware. */
export type AppServices = Services & {
  store: Store
  identify: Identify
  /** Whether each request must prove who sent it. */
  isIdentified: boolean
  ownHosts: OwnHosts
  /** Where the history of the user is, for links to shared runs. Undefined if one server has the history of all users. */
  sharePlace?: string | undefined
  /** The `WWW-Authenticate` header of a 401. */
  challenge?: string | undefined
  /** Without it, no proxy is trusted. */
  proxyTrust?: ProxyTrust
}

/** What middleware adds to a request. */
type Variables = {
  requestId: string
  arrival: Arrival
  /** Set by a route that opens a stream, for the access log. Resolves when the stream has ended. */
  streamEnded?: Promise<void>
  user: User
  /** The history of this user only. */
  history: OwnerStore
}

/** The environment of every route. */
export type HttpEnv = { Variables: Variables }

/** The environment of the routes below a conversation. It belongs to the user. */
export type ConversationEnv = { Variables: Variables & { conversation: StoredConversation } }

/** Whether htmx sent the request and expects a fragment; a browser expects a page. */
export function isHtmx(c: Context): boolean {
  return c.req.header('hx-request') === 'true'
}
