import { afterEach, describe, expect, type test as runnerTest } from 'bun:test'
import type { OwnerStore } from '../../src/storage/store.ts'
import { endOf, questionOf, storedConversation } from '../support/stored-runs.ts'
import type { StoreUnderTest } from './store-contract.ts'

/** What the search of every store does. `test` leaves the tests out when the store is not available. */
export function searchContract(name: string, open: StoreUnderTest, test: typeof runnerTest): void {
  const cleanUps: (() => unknown)[] = []

  async function makeStore() {
    const { store, remove } = await open()
    cleanUps.push(async () => {
      await store.close()
      await remove()
    })
    await store.shared?.join()
    return { ann: store.forOwner('ann'), bob: store.forOwner('bob') }
  }

  describe(`${name}, search`, () => {
    afterEach(async () => {
      for (const cleanUp of cleanUps.splice(0)) await cleanUp()
    })

    test('a search finds titles and messages, and takes operators literally', async () => {
      const { ann } = await makeStore()
      await addTitle(ann, 'c1', 'x')
      await addTitle(ann, 'c2', 'Load is 100% _now_')
      await ask(ann, 'c1', 'Is DATABRICKS healthy?', 'Yes AND no')
      expect(await find(ann, 'databricks')).toEqual(['c1'])
      expect(await find(ann, '100%')).toEqual(['c2'])
      expect(await find(ann, '_now_')).toEqual(['c2'])
      expect(await find(ann, '1%0')).toEqual([])
      const operators = ["'; --", '"', '*', '%', ':*', "'", '\\', '\ud800', '()', '^', '😀']
      for (const query of operators) expect(await find(ann, query)).toEqual([])
      expect(await find(ann, 'healthy AND yes')).toEqual(['c1'])
      expect(await find(ann, 'healthy OR yes')).toEqual([])
      expect(await find(ann, 'NOT healthy')).toEqual([])
      expect(await find(ann, 'words:healthy')).toEqual([])
      expect(await find(ann, 'NEAR(healthy yes)')).toEqual([])
    })

    test('the last word may be the beginning of a word, the others are whole words', async () => {
      const { ann } = await makeStore()
      await addTitle(ann, 'c1', 'Changes of the warehouse')
      expect(await find(ann, 'c')).toEqual(['c1'])
      expect(await find(ann, 'changes ware')).toEqual(['c1'])
      expect(await find(ann, 'chang warehouse')).toEqual([])
      expect(await find(ann, 'house')).toEqual([])
    })

    test('a search ignores case, diacritics and the width of characters', async () => {
      const { ann } = await makeStore()
      await addTitle(ann, 'c1', 'Störung in der Straße, ΣΊΣΥΦΟΣ, Ｄｅｐｌｏｙ, İzmir, ﬁles, Ёлка')
      const queries = [
        'STORUNG',
        'störung',
        'STRASSE',
        'σισυφος',
        'deploy',
        'izmir',
        'files',
        'елка',
      ]
      for (const query of queries) expect([query, await find(ann, query)]).toEqual([query, ['c1']])
    })

    test('a search finds a part of a phrase in scripts without spaces', async () => {
      const { ann } = await makeStore()
      await addTitle(ann, 'c1', '请检查SQL数据库备份')
      await addTitle(ann, 'c2', 'ผู้ใช้ระบบ データベース')
      expect(await find(ann, '数据库')).toEqual(['c1'])
      expect(await find(ann, '库')).toEqual(['c1'])
      expect(await find(ann, '库数')).toEqual([])
      expect(await find(ann, 'sql')).toEqual(['c1'])
      expect(await find(ann, 'ベース')).toEqual(['c2'])
      expect(await find(ann, 'ระบบ')).toEqual(['c2'])
      expect(await find(ann, '변경')).toEqual([])
    })

    test('a question and its answer are one text', async () => {
      const { ann } = await makeStore()
      await addTitle(ann, 'c1', 'x')
      await ask(ann, 'c1', 'first question', 'alpha')
      await ask(ann, 'c1', 'second question', 'beta')
      expect(await find(ann, 'first alpha')).toEqual(['c1'])
      expect(await find(ann, 'second alpha')).toEqual([])
    })

    test('a snippet has the words of the search', async () => {
      const { ann } = await makeStore()
      const filler = 'Nothing of interest happened. '.repeat(20)
      await addTitle(ann, 'c1', 'x')
      await ask(
        ann,
        'c1',
        'What is open?',
        `${filler}| **CHG0030001** |\n| upgrade of db-01 | ${filler}`,
      )
      const [found] = await ann.searchConversations('upgrade chg', { limit: 10 })
      const { text = '', matches = [] } = found?.snippet ?? {}
      expect(text).toContain('CHG0030001 upgrade of db-01')
      expect(text.length).toBeLessThan(200)
      expect(text).toMatch(/^….*…$/)
      expect(matches.map(([start, end]) => text.slice(start, end))).toEqual([
        'CHG0030001',
        'upgrade',
      ])
    })

    test('a title is before messages, and the newer one of equals is first', async () => {
      const { ann } = await makeStore()
      for (const [index, id] of ['c1', 'c2', 'c3'].entries()) {
        await ann.createConversation({ ...storedConversation, id, updatedAt: index })
      }
      await addTitle(ann, 'c4', 'Night shift')
      await ask(ann, 'c1', 'night shift', 'x', 10)
      await ask(ann, 'c3', 'night', `shift`, 30)
      await ask(ann, 'c2', 'shift of the night', 'x', 20)
      expect(await find(ann, 'night shift')).toEqual(['c4', 'c2', 'c1', 'c3'])
      const limited = await ann.searchConversations('night', { limit: 2 })
      expect(limited.map(({ id }) => id)).toEqual(['c4', 'c3'])
    })

    test('a new title replaces the old one', async () => {
      const { ann, bob } = await makeStore()
      await addTitle(ann, 'c1', 'alpha beta')
      await bob.updateConversation('c1', { title: 'mine' })
      await ann.updateConversation('c1', { model: 'other' })
      expect(await find(ann, 'alpha beta')).toEqual(['c1'])
      await ann.updateConversation('c1', { title: 'beta gamma' })
      expect(await find(ann, 'alpha')).toEqual([])
      expect(await find(ann, 'mine')).toEqual([])
      expect(await find(ann, 'beta gamma')).toEqual(['c1'])
    })

    test('a conversation that was deleted is not found', async () => {
      const { ann } = await makeStore()
      await addTitle(ann, 'c1', 'alpha')
      await ask(ann, 'c1', 'beta', Array.from({ length: 1000 }, (_, n) => `w${n}`).join(' '))
      expect(await find(ann, 'beta w999')).toEqual(['c1'])
      await Promise.all([ann.deleteConversation('c1'), ann.deleteConversation('c1')])
      for (const query of ['alpha', 'beta', 'w999']) expect(await find(ann, query)).toEqual([])
      await addTitle(ann, 'c2', 'alpha')
      expect(await find(ann, 'alpha')).toEqual(['c2'])
    })

    test('a search finds nothing of another user', async () => {
      const { ann, bob } = await makeStore()
      await addTitle(ann, 'c1', 'secret')
      await addTitle(bob, 'c2', 'secret')
      expect(await find(ann, 'secret')).toEqual(['c1'])
      expect(await find(bob, 's')).toEqual(['c2'])
    })

    test('of a longer query the first 16 words count, and of a longer word the first 32 letters', async () => {
      const { ann } = await makeStore()
      const words = Array.from({ length: 16 }, (_, n) => `w${n}`)
      await addTitle(ann, 'c1', `${words.join(' ')} ${'x'.repeat(40)}`)
      expect(await find(ann, [...words, 'missing'].join(' '))).toEqual(['c1'])
      expect(await find(ann, [...words.slice(1), 'missing'].join(' '))).toEqual([])
      expect(await find(ann, 'x'.repeat(50))).toEqual(['c1'])
    })
  })
}

async function find(store: OwnerStore, query: string): Promise<string[]> {
  return (await store.searchConversations(query, { limit: 10 })).map(({ id }) => id)
}

async function addTitle(store: OwnerStore, id: string, title: string): Promise<void> {
  await store.createConversation({ ...storedConversation, id, title })
}

let runs = 0

/** Stores a question with its answer. */
async function ask(store: OwnerStore, id: string, question: string, answer: string, at = 1) {
  runs += 1
  const run = `run${runs}`
  await store.beginRun(id, { ...questionOf(run, at), content: question })
  const message = {
    id: `a-${run}`,
    run,
    role: 'assistant' as const,
    content: answer,
    createdAt: at,
  }
  await store.endRun(id, endOf(run), [], message)
}
