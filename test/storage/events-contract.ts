import { expect, type test as runnerTest } from 'bun:test'
import {
  endOf,
  entryOf,
  eventOf,
  questionOf,
  seqsOf,
  storedConversation,
} from '../support/stored-runs.ts'
import type { MakeStore } from './retention-contract.ts'

/** How every store keeps the events of runs. */
export function eventsContract(makeStore: MakeStore, test: typeof runnerTest): void {
  test('the events of an ended run are read in order', async () => {
    const { store, ann } = await makeStore()
    await ann.beginRun('c1', questionOf('r1'))
    await store.appendEvents([entryOf('r1', 1)])
    await ann.endRun('c1', endOf('r1'), [eventOf(1), eventOf(2)])
    expect(seqsOf(await ann.listEvents('c1', 'r1'))).toEqual([1, 2])
  })

  test('a run of many long events is stored and read completely', async () => {
    const { store, ann } = await makeStore()
    await ann.beginRun('c1', questionOf('r1'))
    const seqs = Array.from({ length: 400 }, (_, index) => index + 1)
    // Together more than the 2 MB that a row of a Durable Object may have.
    const question = 'x'.repeat(8000)
    const events = seqs.map((seq) => ({ ...eventOf(seq), question }))
    await store.appendEvents(events.map((event) => ({ ...entryOf('r1', event.seq), event })))
    expect((await store.listUnfinished())[0]?.events).toEqual(events)
    await ann.endRun('c1', endOf('r1'), events)
    expect(await ann.listEvents('c1', 'r1')).toEqual(events)
  })

  test('an ended run keeps only the events of its end', async () => {
    const { store, ann } = await makeStore()
    await ann.beginRun('c1', questionOf('r1'))
    await store.appendEvents([1, 2, 3].map((seq) => entryOf('r1', seq)))
    await ann.endRun('c1', endOf('r1'), [eventOf(3), eventOf(4)])
    expect(seqsOf(await ann.listEvents('c1', 'r1'))).toEqual([3, 4])
  })

  test('an event that cannot be read hides no other event', async () => {
    const { ann } = await makeStore()
    await ann.beginRun('c1', questionOf('r1'))
    const unreadable = { ...eventOf(2), at: Number.NaN }
    await ann.endRun('c1', endOf('r1'), [eventOf(1), unreadable, eventOf(3)])
    expect(seqsOf(await ann.listEvents('c1', 'r1'))).toEqual([1, 3])
  })

  test('an unfinished run has the events that were stored of it', async () => {
    const { store, ann } = await makeStore()
    await ann.createConversation({ ...storedConversation, id: 'c2' })
    await ann.beginRun('c1', questionOf('r1'))
    await ann.beginRun('c2', questionOf('r2'))
    const other = entryOf('r2', 1)
    const key = { ...other.log.key, conversation: 'c2' }
    await store.appendEvents([
      entryOf('r1', 1),
      { ...other, log: { ...other.log, key } },
      entryOf('r1', 2),
    ])
    await ann.endRun('c2', endOf('r2'), [eventOf(1)])
    const [unfinished, ...others] = await store.listUnfinished()
    expect(unfinished).toMatchObject({ key: { owner: 'ann', conversation: 'c1', run: 'r1' } })
    expect(seqsOf(unfinished?.events ?? [])).toEqual([1, 2])
    expect(others).toEqual([])
  })

  test('a failed transaction stores none of its events', async () => {
    const { store, ann } = await makeStore()
    await ann.beginRun('c1', questionOf('r1'))
    const circular: Record<string, unknown> = {}
    circular.self = circular
    const broken = { ...entryOf('r1', 2), event: Object.assign(eventOf(2), circular) }
    await expect(store.appendEvents([entryOf('r1', 1), broken])).rejects.toThrow()
    expect((await store.listUnfinished())[0]?.events).toEqual([])
  })
}
