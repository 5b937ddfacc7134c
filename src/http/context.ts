import type { ModelChoice, Shell } from '../../views/types.ts'
import type { Log } from '../core/log.ts'
import type { Registry } from '../core/registry.ts'
import type { RunLimits, Runs } from '../runs/runs.ts'
import type { Store } from '../storage/store.ts'
import type { Identify, User } from './identity/user.ts'
import type { Arrival, ProxyTrust } from './network/proxy-trust.ts'
import type { StaticFiles } from './ops/static-files.ts'
import type { StreamSlots } from './stream/stream-slots.ts'

/** The limits that requests are held to. */
export type HttpLimits = RunLimits & {
  maxMessageBytes: number
  maxBodyBytes: number
  maxTitleCharacters: number
  answerWaitSeconds: number
  keepAliveSeconds: number
  streamSeconds: number
  firstEventSeconds: number
}

/** Everything that the routes use. Made once, in `build.ts`. */
export type Services = {
  store: Store
  registry: Registry
  runs: Runs
  slots: StreamSlots
  limits: HttpLimits
  identify: Identify
  /** What a 401 asks for, as `WWW-Authenticate` says it. */
  challenge?: string | undefined
  /** Without it, no proxy is believed. */
  proxyTrust?: ProxyTrust
  files: StaticFiles
  /** The address that is listened on, and the names that are ours besides those of the machine. */
  names: { host: string; allowedHosts: readonly string[] }
  /** The name of this process. Pages carry it, so that a request that meets another process can be told. */
  processId: string
  /** What every page shows around the chat, but for the user. */
  shell: Omit<Shell, 'user' | 'models'> & { models: [ModelChoice, ...ModelChoice[]] }
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
  /** Whether each request is logged. Off by default. */
  accessLog?: boolean
  /** Lets a connection be quiet for that long; where a runtime cuts by itself. */
  allowSilence: (request: Request, seconds: number) => void
}

/** What a request carries along for the routes. */
export type HttpEnv = {
  Variables: {
    user: User
    requestId: string
    arrival: Arrival
    /** Set by the routes that answer with a stream. It does not reject. */
    streamEnded?: Promise<void>
  }
}
