import type { Emit } from '../../src/core/event.ts'
import { executeCommands, idOf } from './load.ts'
import { addConversation, endlessWorkflow, openStore, startOpsAgent } from './opsagent-server.ts'

// The complete app, for `streams.ts`. The argument names the store, see `openStore`.

const store = await openStore(Bun.argv[2] ?? 'memory')
const emitters: Emit[] = []
const { runs, port } = await startOpsAgent(endlessWorkflow(emitters), store)

executeCommands({
  port,
  async begin(readers) {
    for (let reader = 0; reader < readers; reader += 1) {
      const id = idOf(reader)
      await runs.start(await addConversation(store, id), id, String(reader))
    }
  },
  emit: (reader, body) => emitters[reader]?.(body),
})
