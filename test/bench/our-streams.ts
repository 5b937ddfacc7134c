import type { Emit } from '../../src/core/event.ts'
import { idOf, obey } from './load.ts'
import {
  addConversation,
  endlessWorkflow,
  startOurServer,
  storeInFile,
  storeWithoutEvents,
} from './our-server.ts'

// The server of `streams.ts` as it is: our app with its real route. `sqlite` as argument keeps the events in a file.

const store = Bun.argv[2] === 'sqlite' ? storeInFile() : storeWithoutEvents()
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
