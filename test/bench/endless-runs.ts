import type { Emit, EventBody } from '../../src/core/event.ts'
import type { Runs } from '../../src/runs/runs.ts'
import type { Store, StoredConversation } from '../../src/storage/store.ts'
import type { Workflow } from '../../src/workflow/triage-workflow.ts'
import { idOf } from './emission.ts'

/** One run per reader, without a model and without an end. The load emits its events. */
export class EndlessRuns {
  readonly #emitters: Emit[] = []

  /** Stores the `emit` of each run under its question, which is a number. */
  readonly workflow: Workflow = {
    run: ({ messages, scope }) => {
      this.#emitters[Number(messages.at(-1)?.content)] = scope.emit
      return new Promise(() => {})
    },
  }

  async begin(runs: Runs, store: Store, readers: number): Promise<void> {
    for (let reader = 0; reader < readers; reader += 1) {
      const id = idOf(reader)
      await runs.start(await addConversation(store, id), id, String(reader))
    }
  }

  emit(reader: number, body: EventBody): void {
    this.#emitters[reader]?.(body)
  }
}

/** Settings without limits on streams and questions. */
export const unlimited = {
  maxStreams: 100_000,
  maxStreamsPerUser: 100_000,
  questionsPerHour: 1e9,
}

/** Creates an empty conversation of the local user. */
export async function addConversation(store: Store, id: string): Promise<StoredConversation> {
  const conversation = { id, title: 'Load', model: 'offline', createdAt: 0, updatedAt: 0 }
  await store.forOwner('local').createConversation(conversation)
  return { ...conversation, owner: 'local' }
}
