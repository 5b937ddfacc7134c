import { expect, test } from 'bun:test'
import OpenAI from 'openai'
import { createOfflineFetch } from '../../../src/demo/model/offline.ts'
import { client, dispatch } from './offline-evaluation.ts'
import { questionLists } from './question-lists.ts'

/** The model behind a socket of its own, and a client that knows nothing but its address. */
function serveModel() {
  const offlineFetch = createOfflineFetch({ thinkMs: 0 })
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => offlineFetch(request),
  })
  const baseURL = `http://127.0.0.1:${server.port}/v1`
  const model = new OpenAI({ apiKey: 'any', baseURL, maxRetries: 0 })
  return { model, [Symbol.dispose]: () => server.stop(true) }
}

test.each(Object.entries(questionLists))(
  '%s are dispatched through a real socket as they are within the process',
  async (_, list) => {
    using served = serveModel()
    for (const { before, question } of list) {
      const within = await dispatch(before, question, client)
      expect(await dispatch(before, question, served.model)).toEqual(within)
    }
  },
)

test('the models are listed through a real socket', async () => {
  using served = serveModel()
  const listed = await served.model.models.list()
  expect(listed.data.map(({ id }) => id)).toEqual(['offline'])
})
