import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ThinkingEvent } from '../../src/core/event.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { longestStall } from '../support/longest-stall.ts'
import { startServer } from '../support/server-process.ts'
import { until } from '../support/socket-server.ts'
import { endOf, eventOf, questionOf, storedConversation } from '../support/stored-runs.ts'

const { onEnd, dataDir } = useCleanUps()

/** How often a text is in the files of a folder. */
function copiesOf(text: string, folder: string): number {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1').split(text).length - 1)
    .reduce((sum, count) => sum + count, 0)
}

async function startWith(folder: string) {
  const server = await startServer({ DATA_DIR: folder, QUESTIONS_PER_HOUR: '1000' })
  onEnd(async () => {
    server.kill('SIGKILL')
    await server.exited
  })
  const headers = { 'content-type': 'application/json' }
  const send = (path: string, body: unknown) =>
    fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  /** Creates a conversation with answered questions and returns its path. */
  const ask = async (...questions: string[]) => {
    const location = (await send('/api/conversations', {})).headers.get('location') ?? ''
    for (const message of questions) {
      expect((await send(`${location}/messages`, { message })).status).toBe(200)
    }
    return location
  }
  return { ...server, ask }
}

test('no file of the data folder has the text of a deleted conversation soon after', async () => {
  const folder = dataDir()
  const { url, ask } = await startWith(folder)
  const kept = await ask('Which incidents are open for KEPT-4711?')
  const deleted: string[] = []
  for (let at = 0; at < 8; at += 1) {
    const question = `Which changes are open for SECRET-0815-${at}? ${'word '.repeat(at * 100)}`
    deleted.push(await ask(question, `And the incidents of SECRET-0815-${at}?`))
  }
  expect(copiesOf('SECRET-0815', folder)).toBeGreaterThan(30)
  for (const location of deleted) await fetch(`${url}${location}`, { method: 'DELETE' })
  await until(() => copiesOf('SECRET-0815', folder) === 0, 'the text is gone')
  expect(copiesOf('KEPT-4711', folder)).toBeGreaterThan(0)
  expect((await fetch(`${url}${kept}`)).status).toBe(200)
}, 60_000)

test('deleting a conversation of 60 MB keeps the event loop busy for less than 50 ms', async () => {
  const store = openSqliteStore(join(dataDir(), 'long.db'))
  onEnd(() => store.close())
  const ann = store.forOwner('ann')
  const text = 'answer '.repeat(9000)
  let shortest = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 3 && shortest >= 50; attempt += 1) {
    await ann.createConversation(storedConversation)
    for (let run = 0; run < 470; run += 1) {
      const question = questionOf(`r${run}`)
      await ann.beginRun('c1', question)
      const events = [{ ...eventOf(1), question: text } as ThinkingEvent]
      const answer = { ...question, id: `a${run}`, role: 'assistant' as const, content: text }
      await ann.endRun('c1', endOf(question.run), events, answer)
    }
    Bun.gc(true)
    shortest = Math.min(shortest, await longestStall(() => ann.deleteConversation('c1')))
    expect(await ann.findConversation('c1')).toBeUndefined()
  }
  expect(shortest).toBeLessThan(50)
}, 60_000)

test('a conversation is gone before its deletion has ended, and a deletion that was cut off continues', async () => {
  const file = join(dataDir(), 'cut.db')
  const first = openSqliteStore(file)
  const ann = first.forOwner('ann')
  await ann.createConversation(storedConversation)
  for (let run = 0; run < 300; run += 1) {
    const question = { ...questionOf(`r${run}`), content: 'SECRET-0815'.repeat(100) }
    await ann.beginRun('c1', question)
    await ann.endRun('c1', endOf(question.run), [eventOf(1)])
  }
  const deleting = ann.deleteConversation('c1').catch(() => {})
  expect(await ann.findConversation('c1')).toBeUndefined()
  await first.close()
  await deleting
  expect(copiesOf('SECRET-0815', join(file, '..'))).toBeGreaterThan(0)
  const second = openSqliteStore(file)
  onEnd(() => second.close())
  await until(() => copiesOf('SECRET-0815', join(file, '..')) === 0, 'the text is gone')
})
