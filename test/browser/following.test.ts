import { expect, test } from 'bun:test'
import { ask, openPage, setHidden, thinkingLines, useBrowser } from '../support/page-server.ts'
import type { Script } from '../support/scripted-model.ts'
import { behind, gate, seedFlow, seedLines, seedRows } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { expectNothingLeft } from '../support/test-server.ts'
import { advanceTo, advanceToResponse, useClock } from './page-clock.ts'

useBrowser()
expectNothingLeft()

/** A model that waits before its answer, after the first four lines of thinking. */
function heldScript() {
  const held = gate()
  const script: Script = async (request, turn) => {
    if (turn === 1) await held.opened
    return seedFlow(request, turn)
  }
  return { script, release: held.open }
}

test('a page that receives no byte of its stream fetches the thinking step by step', async () => {
  const gates = [gate(), gate()]
  const script: Script = async (request, turn) => {
    if (!request.response_format) await gates[turn]?.opened
    return seedFlow(request, turn)
  }
  const { page, url, closeAll } = await openPage({ script })
  await useClock(page)
  // As behind a proxy that buffers: the response never arrives.
  await page.route('**/thinking?run=*', () => {})
  await page.goto(url)
  await ask(page, 'What is open?')
  await advanceTo(page, `.thinking .words:text-is("${seedLines[1]}")`)
  expect(await page.isVisible('.held-up-note')).toBe(true)
  expect(await thinkingLines(page)).toEqual(seedLines.slice(0, 2))
  gates[0]?.open()
  await advanceTo(page, `.thinking .words:text-is("${seedLines[3]}")`)
  expect(await thinkingLines(page)).toEqual(seedRows)
  gates[1]?.open()
  await page.waitForSelector('.answer')
  await closeAll()
}, 60_000)

test('a stream that recovers shows no line twice and removes the note', async () => {
  const gates = [gate(), gate()]
  const script: Script = async (request, turn) => {
    await gates[turn - 1]?.opened
    if (turn === 1) return { call: [{ tool: 'list_incidents', arguments: {} }] }
    return turn === 2 ? { text: 'done' } : seedFlow(request, turn)
  }
  const { page, url, slots, closeAll } = await openPage({ script })
  await useClock(page)
  const recovered = gate()
  await page.route('**/thinking?run=*', async (route) => {
    await recovered.opened
    await route.continue()
  })
  await page.goto(url)
  await ask(page, 'What is open?')
  await advanceTo(page, '.thinking .rows.held-up')
  await advanceTo(page, `.thinking .words:text-is("${seedLines[3]}")`)
  recovered.open()
  await until(() => slots.open === 1, 'the stream is open')
  gates[0]?.open()
  await page.waitForSelector('.thinking .words:text-is("list_incidents finished")')
  await page.waitForSelector('.thinking .rows:not(.held-up)')
  expect(await page.isVisible('.held-up-note')).toBe(false)
  const lines = [...seedRows, 'list_incidents finished']
  expect(await thinkingLines(page)).toEqual(lines)
  gates[1]?.open()
  await page.waitForSelector('.answer')
  await closeAll()
}, 60_000)

test('a page whose stream is quiet but complete shows no note', async () => {
  const { script, release } = heldScript()
  const { page, url, closeAll } = await openPage({ script })
  await useClock(page)
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector(`.thinking .words:text-is("${seedLines[3]}")`)
  // The page asks for lines that the stream did not deliver. There are none.
  await advanceToResponse(page, /\/lines\?after=/)
  await advanceToResponse(page, /\/lines\?after=/)
  expect(await page.isVisible('.held-up-note')).toBe(false)
  expect(await thinkingLines(page)).toEqual(seedRows)
  release()
  await page.waitForSelector('.answer')
  await closeAll()
}, 60_000)

test('the native EventSource receives every event once, across reconnections', async () => {
  const { script, release } = heldScript()
  const settings = { streamSeconds: 0.5, keepAliveSeconds: 0.1 }
  const { page, url, open, post, closeAll } = await openPage({ script }, {}, settings)
  const id = await open()
  const run = crypto.randomUUID()
  await page.goto(url)
  const received = page.evaluate(
    (path) =>
      new Promise<string[]>((resolve) => {
        const lines: string[] = []
        const source = new EventSource(path)
        source.onmessage = ({ data }) => lines.push(data)
        source.addEventListener('done', () => {
          source.close()
          resolve(lines)
        })
        let opened = 0
        source.onopen = () => {
          opened += 1
          document.title = `opened ${opened}`
        }
      }),
    `/api/conversations/${id}/thinking?run=${run}`,
  )
  const asked = post(`/api/conversations/${id}/messages`, { message: 'x', run })
  await page.waitForFunction(() => document.title === 'opened 2')
  release()
  expect(await received).toEqual(seedLines)
  await asked
  await closeAll()
}, 60_000)

test('a hidden tab closes its stream and shows every line when it becomes visible', async () => {
  const { script, release } = heldScript()
  const { page, url, slots, complaints, closeAll } = await openPage({ script })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector(`.thinking .words:text-is("${seedLines[3]}")`)
  await setHidden(page, true)
  await until(() => slots.open === 0, 'the stream is closed')
  await setHidden(page, false)
  await until(() => slots.open === 1, 'the stream is open again')
  expect(await thinkingLines(page)).toEqual(seedRows)
  release()
  await page.waitForSelector('.answer')
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('six tabs on finished runs hold no connection, so another question is answered', async () => {
  const { page, context, url, closeAll } = await openPage({ script: seedFlow })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.answer')
  for (let tab = 0; tab < 6; tab += 1) await (await context.newPage()).goto(page.url())
  await ask(page, 'And now?')
  await page.waitForSelector('.turn:nth-of-type(2) .answer')
  await closeAll()
}, 60_000)

test('two tabs follow one run while another conversation is answered', async () => {
  const held = gate()
  const script: Script = (request, turn) =>
    JSON.stringify(request.messages).includes('slow')
      ? behind(held, seedFlow)(request, turn)
      : seedFlow(request, turn)
  const { page, context, url, closeAll } = await openPage({ script })
  await page.goto(url)
  await ask(page, 'slow one')
  await page.waitForSelector('.thinking .row')
  const second = await context.newPage()
  await second.goto(page.url())
  await second.waitForSelector('.thinking .row')
  const third = await context.newPage()
  await third.goto(url)
  await ask(third, 'quick one')
  await third.waitForSelector('.answer')
  held.open()
  await page.waitForSelector('.answer')
  await second.waitForSelector('.answer')
  await closeAll()
}, 60_000)

test('a page whose stream reaches another process says what can be the cause', async () => {
  const held = gate()
  const one = await openPage({ script: behind(held, seedFlow) })
  const other = await openPage({ script: seedFlow })
  const { page, url } = one
  // As behind a load balancer that sends the stream to another replica.
  await page.route('**/thinking?run=*', async (route) => {
    const { pathname, search } = new URL(route.request().url())
    const headers = await route.request().allHeaders()
    const response = await fetch(`${other.url}${pathname}${search}`, { headers })
    await route.fulfill({ status: response.status, body: await response.text() })
  })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector(
    '#notice:has-text("several server processes run without a shared database")',
  )
  held.open()
  await page.waitForSelector('.answer')
  await one.closeAll()
  await other.closeAll()
}, 60_000)
