import { expect, test } from 'bun:test'
import { startFaultyProxy } from '../support/faulty-proxy.ts'
import { ask, openPage, thinkingLines, useBrowser } from '../support/page-server.ts'
import type { Script } from '../support/scripted-model.ts'
import { behind, gate, seedFlow, seedLines, seedRows } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

test('a question shows its thinking line by line, and the answer replaces it', async () => {
  const gates = [gate(), gate(), gate()]
  const script: Script = async (request, turn) => {
    await gates[request.response_format ? 0 : turn + 1]?.opened
    return seedFlow(request, turn)
  }
  const { page, url, complaints, closeAll } = await openPage({ script })
  await page.goto(url)
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('message')
  await ask(page, 'What change requests are open?')
  await page.waitForURL(/\/conversations\/[0-9a-f-]{36}$/)
  await page.waitForSelector(`.thinking .words:text-is("${seedLines[0]}")`)
  expect(await page.textContent('.thinking-head strong')).toBe('Thinking...')
  expect(await thinkingLines(page)).toEqual(seedLines.slice(0, 1))
  gates[0]?.open()
  await page.waitForSelector(`.thinking .words:text-is("${seedLines[1]}")`)
  expect(await thinkingLines(page)).toEqual(seedLines.slice(0, 2))
  gates[1]?.open()
  await page.waitForSelector(`.thinking .words:text-is("${seedLines[3]}")`)
  expect(await thinkingLines(page)).toEqual(seedRows)
  gates[2]?.open()
  await page.waitForSelector('.answer')
  expect(await page.textContent('.summary')).toMatch(
    /^⊙ Thinking finished · 2 agents · 1 tool · \d+(\.\d)? m?s ▸ for “.+”$/,
  )
  expect(await page.textContent('.answer')).toMatch(/^\d+ change requests are open\./)
  expect(await page.locator('.thinking').count()).toBe(0)
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('message')
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('the answer arrives over the POST, and the page opens one stream', async () => {
  const { page, url, closeAll } = await openPage({ script: seedFlow })
  const seen: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (!pathname.startsWith('/static'))
      seen.push(`${request.method()} ${pathname.split('/').pop()}`)
  })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.answer')
  expect(seen.slice(0, 2)).toEqual(['GET ', 'POST conversations'])
  expect(seen.slice(2).toSorted()).toEqual(['GET thinking', 'POST messages'])
  await closeAll()
}, 60_000)

test('each of several questions keeps its own thinking', async () => {
  const { page, url, complaints, closeAll } = await openPage({ script: seedFlow })
  await page.goto(url)
  await ask(page, 'First question?')
  await page.waitForSelector('.answer')
  await ask(page, 'Second question?')
  await page.waitForSelector('.turn:nth-of-type(2) .answer')
  await page.reload()
  await page.click('.turn:nth-of-type(1) .summary-link')
  await page.waitForSelector('#flyout:has-text("First question?")')
  expect(await page.textContent('#flyout')).toContain('Calling list_change_requests...')
  expect(await page.textContent('#flyout')).not.toContain('Second question?')
  await page.click('.turn:nth-of-type(2) .summary-link')
  await page.waitForSelector('#flyout:has-text("Second question?")')
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('Shift+Enter starts a new line, and an empty question is not sent', async () => {
  const { page, url, model, closeAll } = await openPage({ script: seedFlow })
  await page.goto(url)
  await page.press('#message', 'Enter')
  await page.fill('#message', '  ')
  await page.press('#message', 'Enter')
  await page.fill('#message', 'one')
  await page.press('#message', 'Shift+Enter')
  await page.keyboard.type('two')
  expect(await page.inputValue('#message')).toBe('one\ntwo')
  expect(page.url()).toBe(`${url}/`)
  expect(model?.requests).toHaveLength(0)
  await page.press('#message', 'Enter')
  await page.waitForSelector('.answer')
  expect(await page.textContent('.question')).toBe('one\ntwo')
  await closeAll()
}, 60_000)

test('during a run the next question can be written but not sent', async () => {
  const held = gate()
  const { page, url, closeAll } = await openPage({ script: behind(held, seedFlow) })
  await page.goto(url)
  await ask(page, 'First?')
  await page.waitForSelector('.thinking')
  await ask(page, 'Second?')
  expect(await page.locator('.turn').count()).toBe(1)
  expect(await page.inputValue('#message')).toBe('Second?')
  expect(await page.isVisible('.stop')).toBe(true)
  expect(await page.isVisible('.send')).toBe(false)
  held.open()
  await page.waitForSelector('.answer')
  expect(await page.inputValue('#message')).toBe('Second?')
  await page.press('#message', 'Enter')
  await page.waitForSelector('.turn:nth-of-type(2) .answer')
  await closeAll()
}, 60_000)

test('the Stop button stops a run, and the page shows it', async () => {
  const { page, url, complaints, closeAll } = await openPage({ script: () => 'hang' })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector(`.thinking .words:text-is("${seedLines[0]}")`)
  await page.click('.stop')
  await page.waitForSelector('.summary.stopped')
  expect(await page.textContent('.summary')).toStartWith('⊙ Thinking stopped')
  expect(await page.isVisible('.send')).toBe(true)
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('a failed run shows its reason and can be retried', async () => {
  let broken = true
  const script: Script = (request, turn) => (broken ? { status: 503 } : seedFlow(request, turn))
  const { page, url, closeAll } = await openPage({ script })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.summary.failed')
  expect(await page.textContent('.failure p')).toBe(
    'The model answered with an error. Please try again in a moment.',
  )
  broken = false
  await page.click('text=Retry')
  await page.waitForSelector('.turn:nth-of-type(2) .answer')
  expect(await page.textContent('.turn:nth-of-type(2) .question')).toBe('What is open?')
  await closeAll()
}, 60_000)

test('a reload during a run shows the thinking from the start, and the answer arrives', async () => {
  const held = gate()
  const script: Script = async (request, turn) => {
    if (turn === 1) await held.opened
    return seedFlow(request, turn)
  }
  const { page, url, complaints, closeAll } = await openPage({ script })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector(`.thinking .words:text-is("${seedLines[3]}")`)
  await page.reload()
  await page.waitForSelector(`.thinking .words:text-is("${seedLines[3]}")`)
  expect(await thinkingLines(page)).toEqual(seedRows)
  held.open()
  await page.waitForSelector('.answer')
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('a page that was about to unload but stays shows every line and the answer', async () => {
  const held = gate()
  const script: Script = async (request, turn) => {
    if (turn === 0) await held.opened
    return seedFlow(request, turn)
  }
  const { page, url, slots, complaints, closeAll } = await openPage({ script })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector(`.thinking .words:text-is("${seedLines[0]}")`)
  // As when the user clicks a link to a mail program.
  await page.evaluate(() => dispatchEvent(new Event('beforeunload')))
  await until(() => slots.open === 0, 'the stream is closed')
  await until(() => slots.open === 1, 'the stream is open again')
  held.open()
  await page.waitForSelector('.answer')
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('an answer whose POST is cut still arrives', async () => {
  const held = gate()
  const { page, url, posts, closeAll } = await openPage({ script: behind(held, seedFlow) })
  const proxy = await startFaultyProxy(url)
  await page.goto(proxy.url)
  await ask(page, 'What is open?')
  await page.waitForSelector(`.thinking .words:text-is("${seedLines[0]}")`)
  // The server has the question. The first POST created the conversation.
  await until(() => posts.length === 2, 'the question is posted')
  proxy.cut()
  held.open()
  await page.waitForSelector('.answer')
  expect(await page.textContent('.answer')).toMatch(/change requests are open/)
  await closeAll()
  await proxy.stop()
}, 60_000)

test('an answer that takes longer than the POST waits arrives on the page', async () => {
  const held = gate()
  const parts = { script: behind(held, seedFlow) }
  const { page, url, closeAll } = await openPage(parts, {}, { answerWaitSeconds: 0 })
  await page.goto(url)
  const accepted = page.waitForResponse((response) => response.status() === 202)
  await ask(page, 'What is open?')
  await accepted
  held.open()
  await page.waitForSelector('.answer')
  await closeAll()
}, 60_000)

test('two windows of one conversation show the run, another conversation does not', async () => {
  const held = gate()
  const script: Script = async (request, turn) => {
    if (turn === 1) await held.opened
    return seedFlow(request, turn)
  }
  const { page, context, url, closeAll } = await openPage({ script })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector(`.thinking .words:text-is("${seedLines[3]}")`)
  const second = await context.newPage()
  await second.goto(page.url())
  await second.waitForSelector(`.thinking .words:text-is("${seedLines[3]}")`)
  const other = await context.newPage()
  await other.goto(url)
  expect(await other.locator('.thinking').count()).toBe(0)
  await page.close()
  held.open()
  await second.waitForSelector('.answer')
  expect(await other.locator('.turn').count()).toBe(0)
  await closeAll()
}, 60_000)
