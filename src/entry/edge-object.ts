import type { AssetUrls } from '../../views/types.ts'
import { build, type Server } from '../build.ts'
import { type Config, secretsOf } from '../config.ts'
import { OpsError } from '../core/errors.ts'
import { createIdentity } from '../http/identity/identity.ts'
import { recoverRuns } from '../runs/interrupt-run.ts'
import { type ObjectStorage, openObjectStore } from '../storage/durable-object.ts'
import { clientAddress, readIdentified } from './edge-identity.ts'
import { createEdgeLog } from './edge-log.ts'

/** What the object uses of its Durable Object. */
export type ObjectState = {
  storage: ObjectStorage & { setAlarm(timeMs: number): Promise<void> }
}

/** The URLs of the files of the page. The build inserts them; the platform serves the files. */
declare const ASSET_URLS: AssetUrls

/**
 * The server of one user in a Durable Object: the app of the container, with one user and the database of the object. The
 * platform starts it with a request and may reset it at any moment, such as for a new deployment.
 */
export class EdgeObject {
  /** Rejects if the object cannot start. */
  readonly server: Promise<Server>
  readonly #storage: ObjectState['storage']
  readonly #alarmMs: number

  constructor({ storage }: ObjectState, config: Config) {
    this.#storage = storage
    this.#alarmMs = config.leaseSeconds * 1000
    this.server = openServer(storage, config)
  }

  /** Answers a request of the router. */
  async fetch(request: Request): Promise<Response> {
    const { app } = await this.server
    // It may start a run. If the object is reset meanwhile, the alarm starts it again, which interrupts the run.
    if (request.method === 'POST') await this.#setAlarm()
    return app.fetch(request)
  }

  /** The platform calls this. An active run is watched until its end. */
  async alarm(): Promise<void> {
    const { registry } = await this.server
    if (registry.runs.length > 0) await this.#setAlarm()
  }

  async #setAlarm(): Promise<void> {
    await this.#storage.setAlarm(Date.now() + this.#alarmMs)
  }
}

async function openServer(storage: ObjectStorage, config: Config): Promise<Server> {
  const log = createEdgeLog(config, secretsOf(config))
  const store = openObjectStore(storage)
  // Runs of an earlier life of the object.
  await recoverRuns(store, Date.now(), log)
  const { challenge } = createIdentity(config, { now: Date.now, log })
  return build(config, {
    store,
    log,
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
  })
}
