import { expect, test } from 'bun:test'
import { clientAddress } from '../../src/entry/edge-identity.ts'
import { until } from '../support/socket-server.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

async function makeLoggedServer() {
  const parts = { remoteAddress: clientAddress }
  const server = await makeServer({ accessLog: 'on' }, parts)
  const requests = async () => (await server.readLog()).filter(({ level }) => level === 'info')
  return { ...server, requests }
}

test('a request is logged with its method, path, status, duration, id and user', async () => {
  const { get, requests } = await makeLoggedServer()
  await get('/api/conversations?q=secret-words', { 'cf-connecting-ip': '192.0.2.7' })
  expect(await requests()).toEqual([
    {
      level: 'info',
      message: 'request',
      method: 'GET',
      path: '/api/conversations',
      status: 200,
      durationMs: expect.any(Number),
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      address: '192.0.2.7',
      user: 'local',
    },
  ])
})

test('the request id in the log is the one that the client gets with an error', async () => {
  const { get, requests } = await makeLoggedServer()
  const response = await get('/api/nothing-here')
  const problem = (await response.json()) as { request_id: string }
  expect(await requests()).toMatchObject([{ status: 404, requestId: problem.request_id }])
})

containerTest(
  'a request that a trusted proxy forwards is logged with the address of the client',
  async () => {
    const { get, logged } = await makeServer(
      { accessLog: 'on', auth: 'forwarded', trustedProxies: ['127.0.0.1'] },
      { remoteAddress: () => '127.0.0.1' },
    )
    const status = (await get('/api/user', { 'x-forwarded-for': '192.0.2.7' })).status
    expect(status).toBe(401)
    expect(logged).toMatchObject([{ status, address: '192.0.2.7', user: undefined }])
  },
)

test('a stream is logged when it opens and when it ends', async () => {
  const { get, open, post, requests } = await makeLoggedServer()
  const conversation = await open()
  await post(`/api/conversations/${conversation}/messages`, {
    message: 'Which incidents are open?',
  })
  const path = `/api/conversations/${conversation}/thinking`
  const before = (await requests()).length
  const stream = await get(`${path}?run=${crypto.randomUUID()}`)
  const opened = (await requests()).slice(before)
  expect(opened).toMatchObject([{ message: 'stream opened', path, status: 200, user: 'local' }])
  await stream.body?.cancel()
  await until(
    async () => (await requests()).length === before + 2,
    'the end of the stream is logged',
  )
  const [first, last] = (await requests()).slice(before)
  expect(last).toMatchObject({ message: 'stream ended', path, requestId: first?.requestId })
})

test('a stream of a finished run is logged as opened before it is logged as ended', async () => {
  const { get, open, post, requests } = await makeLoggedServer()
  const conversation = await open()
  const run = crypto.randomUUID()
  const messages = `/api/conversations/${conversation}/messages`
  await post(messages, { message: 'Which incidents are open?', run })
  const stream = await get(`/api/conversations/${conversation}/thinking?run=${run}`)
  await stream.text()
  await until(
    async () => (await requests()).at(-1)?.message === 'stream ended',
    'the end is logged',
  )
  expect((await requests()).at(-2)).toMatchObject({ message: 'stream opened' })
})

test('HEAD on a stream is logged as a request', async () => {
  const { request, open, requests } = await makeLoggedServer()
  const conversation = await open()
  await request(`/api/conversations/${conversation}/thinking`, { method: 'HEAD' })
  expect((await requests()).at(-1)).toMatchObject({
    message: 'request',
    method: 'HEAD',
    status: 200,
  })
})

test('nothing is logged while ACCESS_LOG is off', async () => {
  const { get, readLog } = await makeServer()
  await get('/healthz')
  expect(await readLog()).toEqual([])
})
