import { expect } from 'bun:test'
import { identifyByHeader } from '../support/identify-by-header.ts'
import { connectRaw, makeSocketServer, until } from '../support/socket-server.ts'
import { containerTest, expectNothingLeft } from '../support/test-server.ts'

expectNothingLeft()

const json = 'content-type: application/json\r\ncontent-length: 5000\r\n\r\n{"title":"'
const form =
  'content-type: application/x-www-form-urlencoded\r\ncontent-length: 5000\r\n\r\nmessage=x'
const chunked =
  'content-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\n\r\n7\r\nmessage\r\n'

containerTest.each([
  ['a form', '/conversations', form],
  ['a form in chunks', '/conversations', chunked],
  ['JSON', '/api/conversations', json],
])('an upload of %s that a client aborts logs one readable line', async (_, path, rest) => {
  let hasArrived = false
  const remoteAddress = () => {
    hasArrived = true
    return '127.0.0.1'
  }
  const { port, logged, closeSocket } = await makeSocketServer({}, { remoteAddress })
  const { socket } = await connectRaw(port)
  socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\n${rest}`)
  await until(() => hasArrived, 'the request waits for the rest of its body')
  socket.terminate()
  await until(() => logged.length > 0, 'a line in the log')
  expect(logged).toHaveLength(1)
  expect(logged[0]?.level).toBe('warn')
  expect(logged[0]?.message).toEndWith(': the client left during its upload')
  await closeSocket()
})

containerTest('of one user at most 250 uploads are open, and other users can write', async () => {
  const { port, post, closeSocket } = await makeSocketServer({}, { identify: identifyByHeader })
  const write = async (user: string) =>
    (await post('/api/conversations', {}, { 'x-user': user })).status
  const clients = await Promise.all(
    Array.from({ length: 260 }, async () => {
      const client = await connectRaw(port)
      client.socket.write(
        `POST /api/conversations HTTP/1.1\r\nHost: localhost\r\nX-User: ann\r\n${json}`,
      )
      return client
    }),
  )
  const answered = () => clients.filter(({ state }) => state.text.startsWith('HTTP/1.1 429'))
  await until(() => answered().length === 10, 'ten uploads are refused')
  expect(await write('ann')).toBe(429)
  expect(await write('bob')).toBe(201)
  for (const { socket } of clients) socket.terminate()
  await until(async () => (await write('ann')) === 201, 'the slots are free')
  await closeSocket()
})
