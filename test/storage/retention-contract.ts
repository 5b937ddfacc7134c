import { expect, type test as runnerTest } from 'bun:test'
import type { OwnerStore, Store } from '../../src/storage/store.ts'
import { endOf, eventOf, questionOf, storedConversation } from '../support/stored-runs.ts'

/** Opens a store in which `ann` has one conversation. */
export type MakeStore = () => Promise<{ store: Store; ann: OwnerStore; bob: OwnerStore }>

/** How every store deletes inactive conversations. */
export function retentionContract(makeStore: MakeStore, test: typeof runnerTest): void {
  test('inactive conversations of all users are deleted in batches, those with an active run are kept', async () => {
    const { store, ann, bob } = await makeStore()
    for (const [own, id, updatedAt] of [
      [ann, 'c2', 10],
      [bob, 'c3', 20],
      [bob, 'c4', 30],
      [bob, 'c5', 40],
    ] as const) {
      await own.createConversation({ ...storedConversation, id, updatedAt })
    }
    await ann.beginRun('c1', questionOf('r1', 5))
    await ann.beginRun('c2', questionOf('r2', 10))
    await ann.endRun('c2', endOf('r2'), [eventOf(1)])
    expect(await store.findOldest()).toBe(5)
    expect(await store.deleteInactive(35, 2)).toBe(2)
    expect(await store.deleteInactive(35, 2)).toBe(1)
    expect(await store.deleteInactive(35, 2)).toBe(0)
    const idsOf = async (own: typeof ann) =>
      (await own.listConversations({ limit: 10 })).conversations.map(({ id }) => id)
    expect([await idsOf(ann), await idsOf(bob)]).toEqual([['c1'], ['c5']])
    expect(await ann.listMessages('c2')).toEqual([])
    expect(await ann.listEvents('c2', 'r2')).toEqual([])
    await ann.endRun('c1', endOf('r1'), [])
    expect(await store.deleteInactive(35, 2)).toBe(1)
    expect(await store.findOldest()).toBe(40)
    expect(await store.deleteInactive(41, 2)).toBe(1)
    expect(await store.findOldest()).toBeUndefined()
  })
}
