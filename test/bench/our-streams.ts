import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Emit } from '../../src/core/event.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { idOf, obey } from './load.ts'
import {
  addConversation,
  endlessWorkflow,
  startOurServer,
  storeWithoutEvents,
} from './our-server.ts'

// The server of `streams.ts` as it is: our app with its real route. `sqlite` as argument keeps the events in a file.

const store =
  Bun.argv[2] === 'sqlite'
    ? openSqliteStore(join(mkdtempSync(join(tmpdir(), 'opsagent-bench-')), 'bench.db'))
    : storeWithoutEvents()
const emitters: Emit[] = []
const { runs, port } = await startOurServer(endlessWorkflow(emitters), store)

obey({
  port,
  begin(readers) {
    for (let reader = 0; reader < readers; reader += 1) {
      const id = idOf(reader)
      runs.begin(addConversation(store, id), id, String(reader))
    }
  },
  emit: (reader, body) => emitters[reader]?.(body),
})
