import { expect, test } from 'bun:test'
import { openPage, useBrowser } from '../support/page-server.ts'
import { seedFlow, seedLines } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

test.each(['text', 'json'])(
  'the EventSource of a browser follows three questions (%s)',
  async (format) => {
    const { page, url, open, post, get, slots, closeAll } = await openPage({ script: seedFlow })
    const path = `/api/conversations/${await open()}`
    await page.goto(url)
    await page.evaluate((stream) => {
      const received: [string, string][] = []
      const source = new EventSource(stream)
      for (const type of ['message', 'done']) {
        source.addEventListener(type, ({ type, data }) => received.push([type, data]))
      }
      Object.assign(window, { received })
    }, `${path}/thinking?format=${format}`)
    await until(() => slots.open === 1, 'the stream is open')
    const received = () =>
      page.evaluate(() => (window as unknown as { received: [string, string][] }).received)
    const hasRead = (questions: number) => async () =>
      (await received()).filter(([type]) => type === 'done').length >= questions
    const runs: string[] = []
    const ask = async () => {
      const run = crypto.randomUUID()
      await post(`${path}/messages`, { message: 'What is open?', run })
      runs.push(run)
    }
    // The second question ends before the browser has come back.
    await ask()
    await ask()
    await until(hasRead(2), 'two questions', 20_000)
    await ask()
    await until(hasRead(3), 'three questions', 20_000)
    const done = ['done', '{"status":"finished"}']
    if (format === 'text') {
      const question = [...seedLines.map((line) => ['message', line]), done]
      expect<unknown>(await received()).toEqual([...question, ...question, ...question])
    } else {
      const events = await Promise.all(
        runs.map(async (run) => {
          const response = await get(`${path}/runs/${run}`)
          return ((await response.json()) as { events: object[] }).events
        }),
      )
      const read = (await received()).map(([type, data]) => [type, JSON.parse(data)])
      expect(read).toEqual(
        events.flatMap((all) => [
          ...all.map((event) => ['message', event]),
          ['done', { status: 'finished' }],
        ]),
      )
    }
    await closeAll()
  },
  60_000,
)
