import { build } from '../../src/build.ts'
import { OpsError } from '../../src/core/errors.ts'
import type { EventBody } from '../../src/core/event.ts'
import { readEdgeConfig } from '../../src/entry/edge-config.ts'
import { createEdgeLog } from '../../src/entry/edge-log.ts'
import type { ObjectState } from '../../src/entry/edge-object.ts'
import type { Objects } from '../../src/entry/edge-router.ts'
import { openObjectStore } from '../../src/storage/durable-object.ts'
import type { AssetUrls } from '../../views/types.ts'
import { BareStreams } from './bare-streams.ts'
import { emitSteadily } from './emission.ts'
import { EndlessRuns, unlimited } from './endless-runs.ts'
import type { Command } from './load.ts'

// A Worker whose Durable Object is the complete app or the bare streams, for `edge-streams.ts`.

/** What an object does under load. */
type Streams = {
  begin: (readers: number) => void | Promise<void>
  emit: (reader: number, body: EventBody) => void
  respond: (request: Request) => Response | Promise<Response>
}

declare const ASSET_URLS: AssetUrls

/** The complete app over the database of the object. */
export class OpsAgentObject {
  readonly #streams: Promise<Streams>

  constructor({ storage }: ObjectState) {
    this.#streams = openOpsAgent(storage)
  }

  async fetch(request: Request): Promise<Response> {
    return serve(request, await this.#streams)
  }
}

/** The least that sends the same bytes. */
export class BareObject {
  readonly #streams = new BareStreams()

  fetch(request: Request): Promise<Response> {
    return serve(request, this.#streams)
  }
}

// biome-ignore lint/style/noDefaultExport: the platform looks for it
export default {
  fetch(request: Request, { USERS }: { USERS: Objects }): Promise<Response> {
    return USERS.getByName('load').fetch(request)
  },
}

async function openOpsAgent(storage: ObjectState['storage']): Promise<Streams> {
  const endless = new EndlessRuns()
  const config = { ...readEdgeConfig({}), ...unlimited }
  const store = openObjectStore(storage)
  const { app, runs } = await build(config, {
    store,
    log: createEdgeLog(config),
    workflow: endless.workflow,
    now: Date.now,
    onDisconnect: ({ signal }, disconnected) => signal.addEventListener('abort', disconnected),
    files: {
      urls: ASSET_URLS,
      respond() {
        throw new OpsError('not_found')
      },
    },
  })
  return {
    begin: (readers) => endless.begin(runs, store, readers),
    emit: (reader, body) => endless.emit(reader, body),
    respond: (request) => app.fetch(request),
  }
}

/** A POST is a command of the load; everything else opens a stream. */
async function serve(request: Request, streams: Streams): Promise<Response> {
  if (request.method !== 'POST') return streams.respond(request)
  const command = (await request.json()) as Command
  if (command.command === 'begin') await streams.begin(command.readers)
  if (command.command === 'emit') {
    await emitSteadily(command, Date.now, (reader, body) => streams.emit(reader, body))
  }
  return new Response()
}
