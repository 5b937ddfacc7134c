import { expect } from 'bun:test'
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
