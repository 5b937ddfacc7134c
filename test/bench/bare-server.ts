import { BareStreams } from './bare-streams.ts'
import { clockMs } from './clock.ts'
import { emitSteadily } from './emission.ts'
import { executeCommands } from './load.ts'

// The smallest server that sends the same bytes, for `streams.ts`.

const streams = new BareStreams()
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  idleTimeout: 120,
  fetch: (request) => streams.respond(request),
})

executeCommands({
  port: server.port ?? 0,
  begin: (readers) => streams.begin(readers),
  emit: (emission) => emitSteadily(emission, clockMs, (reader, body) => streams.emit(reader, body)),
})
