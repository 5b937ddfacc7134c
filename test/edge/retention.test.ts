import { expect, test } from 'bun:test'
import { seedFlow } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { useEdge } from '../support/use-edge.ts'

const { makeServer } = useEdge()

const headers = { 'content-type': 'application/json' }

test('an object that nobody uses deletes its expired conversations, and sets no further alarm', async () => {
  // Two seconds.
  const server = makeServer(seedFlow, { retentionDays: 2 / 86_400, leaseSeconds: 0.2 })
  const created = await server.request('/api/conversations', {
    method: 'POST',
    headers,
    body: '{}',
  })
  const { id } = (await created.json()) as { id: string }
  const message = { message: 'What is open?' }
  const path = `/api/conversations/${id}`
  const asked = await server.request(`${path}/messages`, {
    method: 'POST',
    headers,
    body: JSON.stringify(message),
  })
  expect(await asked.json()).toMatchObject({ run: { status: 'finished' } })
  // A GET sets no alarm and deletes nothing.
  await until(
    async () => (await server.request(path)).status === 404,
    'an alarm has deleted the conversation',
  )
  // The alarm that deleted it may still be counted. A further one would come after 200 ms.
  await Bun.sleep(200)
  const alarms = await server.alarms()
  await Bun.sleep(600)
  expect(await server.alarms()).toBe(alarms)
})
