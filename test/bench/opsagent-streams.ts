import type { Emit } from '../../src/core/event.ts'
import { executeCommands, idOf } from './load.ts'
import {
  addConversation,
  endlessWorkflow,
  startOpsAgent,
  storeInFile,
  storeWithoutEvents,
} from './opsagent-server.ts'

// The complete app, for `streams.ts`. With the argument `sqlite` it stores the events in a file.

const store = Bun.argv[2] === 'sqlite' ? storeInFile() : storeWithoutEvents()
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
