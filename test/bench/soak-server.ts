import type { Workflow } from '../../src/workflow/triage-workflow.ts'
import { clockMs } from './clock.ts'
import { idOf, stampedEvent } from './emission.ts'
import { addConversation } from './endless-runs.ts'
import { openStore, startOpsAgent } from './opsagent-server.ts'

// The complete app, for `soak.ts`. The argument names the store, see `openStore`. A question is `<events> <everyMs>`.

/** A command of the measuring process: create conversations, or report the state. */
export type SoakCommand = { conversations: number } | 'measure'

/** The state of the server. */
export type SoakReply = {
  port: number
  rssBytes: number
  /** The runs and readers in the registry, and the open streams. */
  held: number
  logged: string[]
}

const workflow: Workflow = {
  async run({ messages, scope }) {
    const [events = 0, everyMs = 0] = (messages.at(-1)?.content ?? '').split(' ').map(Number)
    for (let count = 0; count < events; count += 1) {
      await Bun.sleep(everyMs * 2 * Math.random())
      scope.emit(stampedEvent(clockMs()))
    }
    return { text: 'Done.', partial: false }
  },
}

const store = await openStore(Bun.argv[2] ?? 'sqlite')
const settings = { streamSeconds: 30, keepAliveSeconds: 5 }
const { port, registry, slots, logged } = await startOpsAgent(workflow, store, settings)

process.on('message', async (command: SoakCommand) => {
  if (command !== 'measure') {
    for (let index = 0; index < command.conversations; index += 1) {
      await addConversation(store, idOf(index))
    }
  }
  process.send?.({
    port,
    rssBytes: process.memoryUsage().rss,
    held: registry.size + slots.open,
    logged: logged.map(({ message, cause }) => `${message}: ${cause}`),
  } satisfies SoakReply)
})
process.on('disconnect', () => process.exit())
process.send?.({ port, rssBytes: 0, held: 0, logged: [] } satisfies SoakReply)
