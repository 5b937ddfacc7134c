import { afterEach, describe, expect, type test as runnerTest } from 'bun:test'
import type { MessageFilter, RunFilter, Store } from '../../src/storage/store.ts'
import { endOf, eventOf, questionOf, storedConversation } from '../support/stored-runs.ts'
import { eventsContract } from './events-contract.ts'
import { retentionContract } from './retention-contract.ts'

/** How to open an empty store, and how to remove it. */
export type StoreUnderTest = () => Promise<{ store: Store; remove: () => void | Promise<void> }>

/** What every store does. `test` leaves the tests out when the store is not available. */
export function storeContract(name: string, open: StoreUnderTest, test: typeof runnerTest): void {
  const cleanUps: (() => unknown)[] = []

  async function makeStore() {
    const { store, remove } = await open()
    cleanUps.push(async () => {
      await store.close()
      await remove()
    })
    await store.shared?.join()
    const ann = store.forOwner('ann')
    await ann.createConversation(storedConversation)
    return { store, ann, bob: store.forOwner('bob') }
  }

  describe(name, () => {
    afterEach(async () => {
      for (const cleanUp of cleanUps.splice(0)) await cleanUp()
    })

    test('a conversation is found as it was created, and changes', async () => {
      const { ann } = await makeStore()
      expect(await ann.findConversation('c1')).toEqual({ ...storedConversation, owner: 'ann' })
      await ann.updateConversation('c1', { title: 'new' })
      await ann.updateConversation('c1', { model: 'other' })
      expect(await ann.findConversation('c1')).toMatchObject({ title: 'new', model: 'other' })
      await ann.deleteConversation('c1')
      expect(await ann.findConversation('c1')).toBeUndefined()
    })

    test('the order of runs and messages does not depend on the clock', async () => {
      const { ann } = await makeStore()
      await ann.beginRun('c1', questionOf('first', 5000))
      await ann.endRun('c1', endOf('first'), [])
      await ann.beginRun('c1', questionOf('second', 1000))
      const contents = async (filter?: MessageFilter) =>
        (await ann.listMessages('c1', filter)).map(({ content }) => content)
      expect((await ann.listRuns('c1')).map(({ id }) => id)).toEqual(['first', 'second'])
      expect(await contents()).toEqual(['first', 'second'])
      expect(await contents({ last: 1 })).toEqual(['second'])
      expect(await contents({ runs: ['first'] })).toEqual(['first'])
    })

    test('the runs of a conversation are read in pages, from the last one', async () => {
      const { ann, bob } = await makeStore()
      await ann.createConversation({ ...storedConversation, id: 'c2' })
      for (const [index, id] of ['d', 'a', 'c', 'b'].entries()) {
        await ann.beginRun('c1', questionOf(id, 100 - index))
        await ann.endRun('c1', endOf(id), [])
        await ann.beginRun('c2', questionOf(`${id}2`))
        await ann.endRun('c2', endOf(`${id}2`), [])
      }
      const ids = async (filter: RunFilter) =>
        (await ann.listRuns('c1', filter)).map(({ id }) => id)
      expect(await ids({ last: 3 })).toEqual(['a', 'c', 'b'])
      expect(await ids({ last: 2, before: 'b' })).toEqual(['a', 'c'])
      expect(await ids({ last: 2, before: 'a' })).toEqual(['d'])
      expect(await ids({ before: 'c' })).toEqual(['d', 'a'])
      expect(await ids({ last: 2, before: 'd' })).toEqual([])
      expect(await ids({ last: 2, before: 'b2' })).toEqual([])
      expect(await bob.listRuns('c1', { last: 3, before: 'b' })).toEqual([])
    })

    test('the messages of some runs are read in their order', async () => {
      const { ann, bob } = await makeStore()
      const ids = Array.from({ length: 120 }, (_, index) => `run ${index} "'`)
      for (const id of ids) {
        await ann.beginRun('c1', questionOf(id))
        await ann.endRun('c1', endOf(id), [])
      }
      const contents = async (filter: MessageFilter) =>
        (await ann.listMessages('c1', filter)).map(({ run }) => run)
      expect(await contents({ runs: ids.toReversed() })).toEqual(ids)
      expect(await contents({ runs: [ids[5], ids[3], 'other'].map(String) })).toEqual([
        String(ids[3]),
        String(ids[5]),
      ])
      expect(await contents({ runs: ids, last: 2 })).toEqual(ids.slice(-2))
      expect(await contents({ runs: [] })).toEqual([])
      expect(await bob.listMessages('c1', { runs: ids })).toEqual([])
    })

    test('the run after a run is the next one of its conversation', async () => {
      const { ann, bob } = await makeStore()
      await ann.createConversation({ ...storedConversation, id: 'c2' })
      for (const run of ['first', 'elsewhere', 'second']) {
        const conversation = run === 'elsewhere' ? 'c2' : 'c1'
        await ann.beginRun(conversation, questionOf(run))
        await ann.endRun(conversation, endOf(run), [])
      }
      const after = async (run: string) => (await ann.findRunAfter('c1', run))?.id
      expect(await after('unknown')).toBe('first')
      expect(await after('first')).toBe('second')
      expect(await after('second')).toBeUndefined()
      expect(await after('elsewhere')).toBe('first')
      expect(await bob.findRunAfter('c1', 'first')).toBeUndefined()
    })

    test('the last run of each conversation is the one that started last', async () => {
      const { ann, bob } = await makeStore()
      await ann.createConversation({ ...storedConversation, id: 'c2' })
      await ann.createConversation({ ...storedConversation, id: 'empty' })
      for (const [conversation, run] of [
        ['c1', 'first'],
        ['c2', 'other'],
        ['c1', 'a second'],
      ] as const) {
        await ann.beginRun(conversation, questionOf(run))
        if (run !== 'a second') await ann.endRun(conversation, endOf(run), [])
      }
      const last = await ann.listLastRuns(['c1', 'c2', 'empty', 'unknown'])
      expect(last.toSorted((a, b) => a.conversation.localeCompare(b.conversation))).toEqual([
        { conversation: 'c1', id: 'a second', status: 'running' },
        { conversation: 'c2', id: 'other', status: 'finished' },
      ])
      expect(await ann.listLastRuns([])).toEqual([])
      expect(await bob.listLastRuns(['c1', 'c2'])).toEqual([])
    })

    test('a run has its state, its counts, its question and its answer', async () => {
      const { ann } = await makeStore()
      await ann.beginRun('c1', questionOf('r1', 7))
      expect(await ann.findRun('c1', 'r1')).toEqual({ id: 'r1', status: 'running', startedAt: 7 })
      const run = {
        id: 'r1',
        status: 'failed' as const,
        startedAt: 7,
        finishedAt: 9,
        code: 'deadline',
        error: 'late',
        counts: { agents: 2, tools: 3, failed: 1 },
      }
      const answer = {
        id: 'a1',
        run: 'r1',
        role: 'assistant' as const,
        content: 'é "quoted" \\ {}\n\t, NULL 🙂',
        createdAt: 9,
      }
      await ann.endRun('c1', run, [eventOf(1)], answer)
      expect(await ann.findRun('c1', 'r1')).toEqual(run)
      expect(await ann.listMessages('c1', { runs: ['r1'] })).toEqual([questionOf('r1', 7), answer])
    })

    test('an answer is read with its evidence', async () => {
      const { ann } = await makeStore()
      await ann.beginRun('c1', questionOf('r1'))
      const evidence = {
        sections: [
          {
            agent: 'ServiceNow',
            from: 0,
            to: 6,
            numbers: [1],
            removed: 2,
            state: 'backed' as const,
          },
        ],
        references: [{ number: 1, agent: 'ServiceNow', tool: 'list_incidents', step: 4 }],
      }
      const message = { id: 'a1', run: 'r1', role: 'assistant' as const, createdAt: 2 }
      await ann.endRun('c1', endOf('r1'), [], { ...message, content: 'Ok [1]', evidence })
      const [question, answer] = await ann.listMessages('c1')
      expect(answer).toEqual({ ...message, content: 'Ok [1]', evidence })
      expect(question).not.toHaveProperty('evidence')
    })

    test('a shared run is found by its link until the share is replaced or deleted', async () => {
      const { store, ann, bob } = await makeStore()
      await ann.beginRun('c1', questionOf('r1'))
      const share = { conversation: 'c1', run: 'r1', hash: 'h1', expiresAt: 5 }
      await ann.createShare(share)
      expect(await store.findShare('h1')).toEqual({ ...share, owner: 'ann' })
      expect(await ann.findShare('c1', 'r1')).toEqual(share)
      await ann.createShare({ ...share, hash: 'h2', expiresAt: 6 })
      expect(await store.findShare('h1')).toBeUndefined()
      expect(await store.findShare('h2')).toMatchObject({ expiresAt: 6 })
      expect(await bob.findShare('c1', 'r1')).toBeUndefined()
      await bob.deleteShare('c1', 'r1')
      for (const [own, run] of [
        [bob, 'r1'],
        [ann, 'r2'],
      ] as const) {
        const refused = own.createShare({ ...share, run, hash: 'h3' })
        expect(await refused.catch((error) => error.code)).toBe('not_found')
      }
      expect(await store.findShare('h2')).toBeDefined()
      await ann.deleteShare('c1', 'r1')
      expect(await store.findShare('h2')).toBeUndefined()
      await ann.createShare(share)
      await ann.deleteConversation('c1')
      expect(await store.findShare('h1')).toBeUndefined()
    })

    test('a run keeps what the user thinks of its answer, until it is taken back', async () => {
      const { ann, bob } = await makeStore()
      await ann.beginRun('c1', questionOf('r1'))
      await ann.rateRun('c1', 'r1', { rating: 'up' })
      await ann.endRun('c1', endOf('r1'), [])
      const feedback = async () => (await ann.findRun('c1', 'r1'))?.feedback
      expect(await feedback()).toEqual({ rating: 'up' })
      await ann.rateRun('c1', 'r1', { rating: 'down', comment: 'é "wrong"' })
      await bob.rateRun('c1', 'r1', undefined)
      await ann.rateRun('c1', 'unknown', { rating: 'up' })
      expect(await feedback()).toEqual({ rating: 'down', comment: 'é "wrong"' })
      expect((await ann.listRuns('c1'))[0]?.feedback).toEqual(await feedback())
      await ann.rateRun('c1', 'r1', undefined)
      expect(await feedback()).toBeUndefined()
    })

    test('a question makes its conversation the newest one', async () => {
      const { ann } = await makeStore()
      await ann.createConversation({ ...storedConversation, id: 'c2', updatedAt: 5 })
      const ids = async () =>
        (await ann.listConversations({ limit: 10 })).conversations.map(({ id }) => id)
      expect(await ids()).toEqual(['c2', 'c1'])
      await ann.beginRun('c1', questionOf('r1', 6))
      expect(await ids()).toEqual(['c1', 'c2'])
    })

    test('the pages of a list have every conversation once, also when times are equal', async () => {
      const { ann } = await makeStore()
      const ids = ['c1', ...Array.from({ length: 24 }, (_, index) => `d${index}`)]
      for (const [index, id] of ids.slice(1).entries()) {
        await ann.createConversation({ ...storedConversation, id, updatedAt: index % 3 })
      }
      const listed: string[] = []
      let cursor: string | undefined
      do {
        const page = await ann.listConversations({ limit: 7, cursor })
        listed.push(...page.conversations.map(({ id }) => id))
        cursor = page.nextCursor
      } while (cursor !== undefined)
      expect(listed.length).toBe(ids.length)
      expect(new Set(listed)).toEqual(new Set(ids))
    })

    test('a cursor that no page has returned counts as none', async () => {
      const { ann } = await makeStore()
      for (const cursor of ['1.\0', '1.\ud800', '1.%', 'x', '1', `1.${'x'.repeat(65)}`]) {
        const { conversations } = await ann.listConversations({ limit: 10, cursor })
        expect(conversations.map(({ id }) => id)).toEqual(['c1'])
      }
    })

    eventsContract(makeStore, test)

    test('two questions with one run id are stored once', async () => {
      const { ann } = await makeStore()
      await ann.beginRun('c1', questionOf('r1', 1))
      const again = { ...questionOf('r1', 2), id: 'other' }
      await expect(ann.beginRun('c1', again)).rejects.toThrow()
      expect(await ann.listMessages('c1')).toHaveLength(1)
    })

    test('deleting a conversation deletes its runs, messages and events', async () => {
      const { ann } = await makeStore()
      await ann.beginRun('c1', questionOf('r1'))
      await ann.endRun('c1', endOf('r1'), [eventOf(1)])
      await ann.deleteConversation('c1')
      expect(await ann.listRuns('c1')).toEqual([])
      expect(await ann.listMessages('c1')).toEqual([])
      expect(await ann.listEvents('c1', 'r1')).toEqual([])
    })

    retentionContract(makeStore, test)

    test('the end of a run whose conversation was deleted is ignored', async () => {
      const { ann } = await makeStore()
      await ann.beginRun('c1', questionOf('r1'))
      await ann.deleteConversation('c1')
      await ann.endRun('c1', endOf('r1'), [eventOf(1)])
      expect(await ann.findRun('c1', 'r1')).toBeUndefined()
    })

    test('no call of a user reads or changes the rows of another user', async () => {
      const { ann, bob } = await makeStore()
      await ann.beginRun('c1', questionOf('r1'))
      await ann.endRun('c1', endOf('r1'), [eventOf(1)])
      const rowsOfAnn = async () => [
        await ann.findConversation('c1'),
        await ann.listRuns('c1'),
        await ann.listMessages('c1'),
        await ann.listEvents('c1', 'r1'),
      ]
      const before = await rowsOfAnn()
      expect(await bob.findConversation('c1')).toBeUndefined()
      expect(await bob.listConversations({ limit: 10 })).toEqual({ conversations: [] })
      expect(await bob.searchConversations('r1', { limit: 10 })).toEqual([])
      expect(await bob.listRuns('c1')).toEqual([])
      expect(await bob.findRun('c1', 'r1')).toBeUndefined()
      expect(await bob.listMessages('c1')).toEqual([])
      expect(await bob.listEvents('c1', 'r1')).toEqual([])
      await bob.updateConversation('c1', { title: 'mine' })
      await bob.deleteConversation('c1')
      await expect(bob.beginRun('c1', questionOf('r2'))).rejects.toMatchObject({
        code: 'not_found',
      })
      await bob.endRun('c1', { ...endOf('r1'), status: 'failed' }, [eventOf(2)], questionOf('r1'))
      expect(await rowsOfAnn()).toEqual(before)
      await ann.beginRun('c1', questionOf('r3'))
      await bob.endRun('c1', endOf('r3'), [eventOf(1)]).catch(() => {})
      expect((await ann.findRun('c1', 'r3'))?.status).toBe('running')
    })

    test('a store that is closed fails its check', async () => {
      const { store } = await makeStore()
      await store.check()
      await store.close()
      const error: unknown = await store.check().catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(Error)
      expect(store.isTemporary(error)).toBe(false)
    })
  })
}
