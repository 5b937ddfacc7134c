import type { AssetUrls } from '../../views/types.ts'
import { openAgentsFile } from '../agents-file/open.ts'
import type { AgentsFile } from '../agents-file/read.ts'
import { build, type Parts, type Server } from '../build.ts'
import { type Config, secretsOf } from '../config.ts'
import { OpsError } from '../core/errors.ts'
import { createIdentity } from '../http/identity/identity.ts'
import { recoverRuns } from '../runs/interrupt-run.ts'
import { Retention } from '../runs/retention.ts'
import { type ObjectStorage, openObjectStore } from '../storage/durable-object.ts'
import type { RunbookFile } from '../tools/runbook-sections.ts'
import { clientAddress, readIdentified } from './edge-identity.ts'
import { createEdgeLog } from './edge-log.ts'

/** What the object uses of its Durable Object. */
export type ObjectState = {
  id: { toString(): string }
  storage: ObjectStorage & { setAlarm(timeMs: number): Promise<void> }
}

/** Each alarm also keeps the object of a run without a client alive. Without one, workerd evicts it after about 70 s. */
const maxAlarmMs = 30_000

/** The URLs of the files of the page. The build inserts them; the platform serves the files. */
declare const ASSET_URLS: AssetUrls

/** The runbooks. The build inserts them. */
declare const RUNBOOK_FILES: readonly RunbookFile[]

/**
 * The server of one user in a Durable Object: the app of the container, with one user and the database of the object. The
 * platform starts it with a request and may reset it at any moment, such as for a new deployment.
 */
export class EdgeObject {
  /** Rejects if the object cannot start. */
  readonly server: Promise<Server>
  readonly #retention: Promise<Retention>
  readonly #storage: ObjectState['storage']
  readonly #alarmMs: number
  #needsAlarm: boolean

  /** `parts` replace parts of the server. `environment` has the credentials that the agents file names. */
  constructor(
    { id, storage }: ObjectState,
    config: Config,
    parts: Partial<Parts> = {},
    environment: Record<string, string> = {},
  ) {
    this.#storage = storage
    this.#alarmMs = Math.min(config.leaseSeconds * 1000, maxAlarmMs)
    // For conversations of a time before this setting.
    this.#needsAlarm = config.retentionDays > 0
    // The id of an object cannot be computed back to the user.
    const opened = open(storage, config, { sharePlace: id.toString(), ...parts }, environment)
    this.server = opened.then(({ server }) => server)
    this.#retention = opened.then(({ retention }) => retention)
    // `server` reports the error.
    this.#retention.catch(() => {})
  }

  /** Answers a request of the router. @throws what kept the object from starting */
  async fetch(request: Request): Promise<Response> {
    const { app } = await this.server
    // It may start a run. If the object is reset meanwhile, the alarm starts it again, which interrupts the run.
    if (request.method === 'POST' || this.#needsAlarm) await this.#setAlarm(Date.now())
    return app.fetch(request)
  }

  /** The platform calls this. An active run is watched until its end; then the next alarm is for the next expiry. */
  async alarm(): Promise<void> {
    const { registry } = await this.server
    if (registry.runs.length > 0) return this.#setAlarm(Date.now())
    const retention = await this.#retention
    await retention.deleteExpired()
    const expiry = await retention.nextExpiry()
    // A request that came meanwhile may have started a run, whose alarm comes first.
    if (registry.runs.length > 0) await this.#setAlarm(Date.now())
    else if (expiry !== undefined) await this.#setAlarm(Math.max(expiry, Date.now()))
  }

  /** There is one alarm. It comes somewhat later than `after`, in ms since 1970. */
  async #setAlarm(after: number): Promise<void> {
    this.#needsAlarm = false
    await this.#storage.setAlarm(after + this.#alarmMs)
  }
}

async function open(
  storage: ObjectStorage,
  config: Config,
  parts: Partial<Parts>,
  environment: Record<string, string>,
): Promise<{ server: Server; retention: Retention }> {
  const agentsFile = await openEdgeAgents(config, environment)
  const secrets = [...secretsOf(config), ...(agentsFile?.secrets ?? [])]
  const log = parts.log ?? createEdgeLog(config, secrets)
  const store = openObjectStore(storage)
  // Runs of an earlier life of the object.
  await recoverRuns(store, Date.now(), log)
  const { challenge } = createIdentity(config, { now: Date.now, log })
  const retention = new Retention({ ...config, store, now: Date.now, log })
  const server = await build(config, {
    store,
    log,
    secrets,
    now: Date.now,
    remoteAddress: clientAddress,
    // The platform serves only the host names that are configured there.
    ownHosts: 'any',
    onDisconnect: ({ signal }, disconnected) => signal.addEventListener('abort', disconnected),
    identify: readIdentified,
    challenge,
    files: {
      urls: ASSET_URLS,
      respond() {
        throw new OpsError('not_found')
      },
    },
    ...(agentsFile && { agentsFile }),
    ...(RUNBOOK_FILES.length > 0 && { runbooks: { read: async () => RUNBOOK_FILES } }),
    ...parts,
  })
  return { server, retention }
}

/** Reads the agents file of a Worker. @throws OpsError as `openAgentsFile` */
export function openEdgeAgents(
  config: Config,
  environment: Record<string, string>,
): Promise<AgentsFile | undefined> {
  return openAgentsFile(config, { environment, hasProcesses: false })
}
