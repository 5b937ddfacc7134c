import { expect, test } from 'bun:test'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import type { OwnerStore } from '../../src/storage/store.ts'
import type { Workflow } from '../../src/workflow/triage-workflow.ts'
import { replaceCalls } from '../support/faulty-store.ts'
import { readFrames } from '../support/read-stream.ts'
import { gate } from '../support/scripts.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

// A store over a network: a result describes the moment of the query, and arrives later.

const answered: Workflow = { run: async () => ({ text: 'All is well.', partial: false }) }

const question = { message: 'What is open?', run: '0190a000-0000-7000-8000-000000000001' }

type Slow = 'findRun' | 'listMessages' | 'beginRun' | 'deleteConversation'

/** Delays calls of a store. `hold` returns a gate for the next call; `reached` resolves when the call has read. */
function slowStore() {
  const held = new Map<Slow, { opened: Promise<void>; reach: () => void; before: boolean }>()
  const store = replaceCalls(openSqliteStore(':memory:'), (own) => {
    const slowed =
      <Args extends unknown[], Result>(name: Slow, call: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        const hold = held.get(name)
        held.delete(name)
        if (hold?.before) {
          hold.reach()
          await hold.opened
        }
        const result = await call.apply(own, args)
        if (hold && !hold.before) {
          hold.reach()
          await hold.opened
        }
        return result
      }
    return {
      findRun: slowed('findRun', own.findRun),
      listMessages: slowed('listMessages', own.listMessages),
      beginRun: slowed('beginRun', own.beginRun),
      deleteConversation: slowed('deleteConversation', own.deleteConversation),
    } satisfies Partial<OwnerStore>
  })
  return {
    store,
    hold(name: Slow, { before = false } = {}) {
      const { opened, open } = gate()
      const reached = gate()
      held.set(name, { opened, reach: reached.open, before })
      return { open, reached: reached.opened }
    },
  }
}

test('a reader whose run starts and ends while the store is read receives the events', async () => {
  const { store, hold } = slowStore()
  const server = await makeServer({ firstEventSeconds: 1 }, { store, workflow: answered })
  const id = await server.open()
  const read = hold('findRun')
  const path = `/api/conversations/${id}/thinking?format=json&run=${question.run}`
  const frames = readFrames(await server.get(path))
  await read.reached
  await server.post(`/api/conversations/${id}/messages`, question)
  read.open()
  expect((await frames).at(-1)?.data).toBe('{"status":"finished"}')
})

test('a repeated POST whose run starts and ends while the store is read is the same run', async () => {
  const { store, hold } = slowStore()
  const server = await makeServer({}, { store, workflow: answered })
  const path = `/api/conversations/${await server.open()}/messages`
  const read = hold('findRun')
  const first = server.post(path, question)
  await read.reached
  const second = server.post(path, question)
  // Enough for the second call to finish if it does not wait for the first.
  await Bun.sleep(20)
  read.open()
  expect((await first).status).toBe(200)
  expect(await (await first).json()).toEqual(await (await second).json())
})

test('a run that ends while its messages are read is not finished without an answer', async () => {
  const { store, hold } = slowStore()
  const end = gate()
  const workflow: Workflow = {
    async run() {
      await end.opened
      return { text: 'All is well.', partial: false }
    },
  }
  const server = await makeServer({}, { store, workflow })
  const id = await server.open()
  const { runs } = server
  const path = `/api/conversations/${id}`
  await server.post(`${path}/messages`, question, { prefer: 'respond-async' })
  const conversation = { owner: 'local', id }
  const one = hold('listMessages')
  const result = runs.result(conversation, question.run)
  await one.reached
  const all = hold('listMessages')
  const results = runs.results(conversation, { last: 30 })
  await all.reached
  end.open()
  const active = server.registry.find({ owner: 'local', conversation: id })
  expect(await active?.ended).toMatchObject({ run: { status: 'finished' } })
  one.open()
  all.open()
  const states = [await result, ...(await results)].map((found) => [
    found?.run.status,
    found?.answer?.content,
  ])
  // As of the moment when they were read.
  expect(states).toEqual([
    ['running', undefined],
    ['running', undefined],
  ])
})

test('a run can be stopped while its question is stored', async () => {
  const { store, hold } = slowStore()
  const workflow: Workflow = {
    async run({ scope: { signal } }) {
      signal.throwIfAborted()
      return { text: 'All is well.', partial: false }
    },
  }
  const server = await makeServer({}, { store, workflow })
  const path = `/api/conversations/${await server.open()}`
  const write = hold('beginRun', { before: true })
  const answer = server.post(`${path}/messages`, question)
  await write.reached
  const stop = await server.post(`${path}/runs/${question.run}/stop`)
  write.open()
  expect(stop.status).toBe(202)
  expect(await (await answer).json()).toMatchObject({ run: { status: 'stopped' } })
})

test('a question during the deletion of a conversation is accepted, and its run ends with the conversation', async () => {
  const { store, hold } = slowStore()
  const end = gate()
  const workflow: Workflow = {
    async run({ scope: { signal } }) {
      signal.addEventListener('abort', () => end.open())
      await end.opened
      signal.throwIfAborted()
      return { text: 'All is well.', partial: false }
    },
  }
  const server = await makeServer({}, { store, workflow })
  const path = `/api/conversations/${await server.open()}`
  const deletion = hold('deleteConversation', { before: true })
  const deleted = server.remove(path)
  await deletion.reached
  const answer = server.post(`${path}/messages`, question, { prefer: 'respond-async' })
  expect((await answer).status).toBe(202)
  deletion.open()
  expect((await deleted).status).toBe(204)
  expect((await server.get(path)).status).toBe(404)
  expect(server.registry.size).toBe(0)
})
