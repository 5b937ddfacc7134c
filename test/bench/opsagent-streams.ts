import { clockMs } from './clock.ts'
import { emitSteadily } from './emission.ts'
import { EndlessRuns } from './endless-runs.ts'
import { executeCommands } from './load.ts'
import { openStore, startOpsAgent } from './opsagent-server.ts'

// The complete app, for `streams.ts`. The argument names the store, see `openStore`.

const store = await openStore(Bun.argv[2] ?? 'memory')
const endless = new EndlessRuns()
const { runs, port } = await startOpsAgent(endless.workflow, store)

executeCommands({
  port,
  begin: (readers) => endless.begin(runs, store, readers),
  emit: (emission) => emitSteadily(emission, clockMs, (reader, body) => endless.emit(reader, body)),
})
