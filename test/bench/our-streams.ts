import type { Emit } from '../../src/core/event.ts'
import { idOf, obey } from './load.ts'
import { addConversation, endlessWorkflow, openStore, startOurServer } from './our-server.ts'

// The server of `streams.ts`: the app with its real route. The argument names the store; see `openStore`.

const store = await openStore(Bun.argv[2] ?? 'memory')
const emitters: Emit[] = []
const { runs, port } = await startOurServer(endlessWorkflow(emitters), store)

obey({
  port,
  async begin(readers) {
    for (let reader = 0; reader < readers; reader += 1) {
      const id = idOf(reader)
      await runs.start(await addConversation(store, id), id, String(reader))
    }
  },
  emit: (reader, body) => emitters[reader]?.(body),
})
