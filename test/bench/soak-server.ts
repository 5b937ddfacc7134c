import type { Workflow } from '../../src/workflow/triage-workflow.ts'
import { idOf, stampedEvent } from './load.ts'
import { addConversation, openStore, startOurServer } from './our-server.ts'

// The server of `soak.ts`: the app over the store of the argument, with a workflow that emits as often as the question says.

/** What the measuring process asks: to have so many conversations, or how it stands. */
export type SoakCommand = { conversations: number } | 'measure'

/** How the server stands. */
export type SoakReply = {
  port: number
  rssBytes: number
  /** Runs and readers that the registry holds, and open streams. */
  held: number
  failures: string[]
}

const workflow: Workflow = {
  async run({ messages, scope }) {
    const [events = 0, everyMs = 0] = (messages.at(-1)?.content ?? '').split(' ').map(Number)
    for (let count = 0; count < events; count += 1) {
      await Bun.sleep(everyMs * 2 * Math.random())
      scope.emit(stampedEvent())
    }
    return { text: 'Done.', partial: false }
  },
}

const store = await openStore(Bun.argv[2] ?? 'sqlite')
const lives = { streamSeconds: 30, keepAliveSeconds: 5 }
const { port, registry, slots, logged } = await startOurServer(workflow, store, lives)
const failures = () => logged.map(({ message, cause }) => `${message}: ${cause}`)

process.on('message', async (command: SoakCommand) => {
  if (command !== 'measure') {
    for (let index = 0; index < command.conversations; index += 1) {
      await addConversation(store, idOf(index))
    }
  }
  const reply: SoakReply = {
    ...{ port, rssBytes: process.memoryUsage().rss, failures: failures() },
    held: registry.size + slots.open,
  }
  process.send?.(reply)
})
process.on('disconnect', () => process.exit())
process.send?.({ port, rssBytes: 0, failures: [], held: 0 } satisfies SoakReply)
