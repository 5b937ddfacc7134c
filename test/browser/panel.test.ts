import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { axeFindings } from '../support/axe.ts'
import { ask, openPage, thinkingLines, useBrowser } from '../support/page-server.ts'
import { isTriage, type Script } from '../support/scripted-model.ts'
import { gate, seedFlow, seedRows } from '../support/scripts.ts'
import { makeDataDir, startServer } from '../support/server-process.ts'
import { expectNothingLeft } from '../support/test-server.ts'
import { advanceTo, useClock } from './page-clock.ts'

useBrowser()
expectNothingLeft()

/** Two specialists in parallel: one calls two tools at once, the other waits for its model until the gate is open. */
function parallelScript() {
  const held = gate()
  const script: Script = async (request, turn) => {
    if (isTriage(request)) {
      const agents = ['ServiceNow', 'Service Health']
      return { decide: agents.map((agent) => ({ agent, question: `Ask ${agent}.` })) }
    }
    const isHealth = request.tools?.some(({ function: { name } }) => name.startsWith('check_'))
    if (isHealth || turn > 0) await held.opened
    if (isHealth) return { text: 'Healthy.' }
    if (turn > 0) return { text: 'Two lists.' }
    const states = ['new', 'closed']
    return {
      call: states.map((state) => ({ tool: 'list_incidents', arguments: { state: [state] } })),
    }
  }
  return { script, release: held.open }
}

/** The rows of the panel: how deep they are, and their words and arguments. */
function rowsOf(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.thinking .row')].map((row) => {
      let depth = 0
      for (let at = row.parentElement?.closest('.row'); at; at = at.parentElement?.closest('.row'))
        depth += 1
      const parts = ['.owner', '.words', '.facts'].map(
        (part) => row.querySelector(`:scope > .line ${part}`)?.textContent ?? '',
      )
      return `${depth} ${parts.join(' ').trim()}`
    }),
  )
}

test('each agent and tool has one row, and a late reader sees the same rows and what the run waits for', async () => {
  const { script, release } = parallelScript()
  const { page, context, url, complaints, closeAll } = await openPage({ script })
  await useClock(page)
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.thinking .tool:not(.running) >> nth=1')
  const rows = [
    '0 [Triage] agent invoked',
    '1 Asking ServiceNow, Service Health',
    '1 [ServiceNow] agent invoked',
    '2 ServiceNow › list_incidents finished state=["new"]',
    '2 ServiceNow › list_incidents finished state=["closed"]',
    '1 [Service Health] agent invoked',
  ]
  expect((await rowsOf(page)).toSorted()).toEqual(rows.toSorted())
  await advanceTo(
    page,
    '.waiting:text-matches("^Service\\\\w*( Health)?: waiting for the model · \\\\d+ s of 120 s · and 1 more · quiet for ")',
  )
  const late = await context.newPage()
  await late.goto(page.url())
  await late.waitForSelector('.thinking .tool:not(.running) >> nth=1')
  expect(await rowsOf(late)).toEqual(await rowsOf(page))
  release()
  await page.waitForSelector('.answer')
  expect(await page.textContent('.summary')).toContain('finished · 3 agents · 2 tools ·')
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('the flyout of a run in progress is live, names the run and a step in the address, and Back closes it', async () => {
  const held = gate()
  const script: Script = async (request, turn) => {
    if (turn > 0) await held.opened
    return seedFlow(request, turn)
  }
  const phone = { viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' } as const
  const { page, context, url, complaints, closeAll } = await openPage({ script }, phone)
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.thinking .tool:not(.running)')
  const conversation = page.url()
  await page.click('.thinking-head >> text=Details')
  await page.waitForSelector('#flyout .tool:not(.running) summary')
  expect(page.url()).toStartWith(`${conversation}/runs/`)
  expect(await page.textContent('#flyout .outcome')).toContain('Still thinking')
  await page.click('#flyout .tool summary')
  expect(await axeFindings(page)).toEqual([])
  held.open()
  await page.waitForSelector('#flyout .outcome.finished')
  expect(await page.locator('#flyout .running').count()).toBe(0)
  expect(await page.isVisible('#flyout .tool pre >> nth=0')).toBe(true)
  await page.locator('#flyout .bar').last().focus()
  const times = page.locator('#flyout .bar:focus .bar-times')
  expect(await times.evaluate((text) => getComputedStyle(text).opacity)).toBe('1')
  await page.goBack()
  await page.waitForSelector('#flyout', { state: 'hidden' })
  expect(page.url()).toBe(conversation)
  await page.click('.summary-link')
  await page.waitForSelector('#flyout .outcome.finished')
  await page.click('.flyout-close')
  await page.waitForURL(conversation)
  expect(await page.isVisible('#flyout')).toBe(false)
  expect(await page.isVisible('.answer')).toBe(true)
  await page.goForward()
  const step = await page.getAttribute('#flyout .row.tool', 'id')
  const shared = await context.newPage()
  await shared.goto(`${page.url()}#${step}`)
  await shared.waitForSelector(`#${step} > details[open] > pre`)
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('a lost connection is visible until it is back, Stop can be pressed again, and a question offline is not sent', async () => {
  const held = gate()
  const script: Script = async (request, turn) => {
    if (turn > 0) await held.opened
    return seedFlow(request, turn)
  }
  const still = { reducedMotion: 'reduce' } as const
  const { page, context, url, posts, closeAll } = await openPage({ script }, still)
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.thinking .tool:not(.running)')
  await context.setOffline(true)
  await page.waitForSelector('.thinking .lost-note:text-is("Connection lost, trying again.")')
  expect(await page.textContent('#status')).toBe('Connection lost')
  expect(await axeFindings(page)).toEqual([])
  const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/stop'))
  await page.click('.stop')
  await failed
  await page.waitForSelector('.stop:enabled')
  await context.setOffline(false)
  await page.waitForSelector('.thinking .lost-note', { state: 'hidden' })
  expect(await thinkingLines(page)).toEqual(seedRows)
  held.open()
  await page.waitForSelector('.answer')
  await context.setOffline(true)
  const asked = posts.length
  await ask(page, 'And now?')
  await page.waitForSelector('#composer-note:has-text("Nothing was sent.")')
  expect(await page.inputValue('#message')).toBe('And now?')
  expect(await page.locator('.turn').count()).toBe(1)
  await context.setOffline(false)
  await page.waitForSelector('#composer-note:empty', { state: 'attached' })
  expect(posts).toHaveLength(asked)
  await page.goBack()
  await page.waitForSelector('.welcome')
  await closeAll()
}, 60_000)

test('an open page shows that the server is gone and has restarted, and sends or returns a question meanwhile', async () => {
  const { path, remove } = makeDataDir()
  const first = await startServer({ DATA_DIR: path, THINK_MS: '60000' })
  const { page, closeAll } = await openPage({ script: seedFlow })
  await page.goto(first.url)
  await ask(page, 'Which incidents are open?')
  await page.waitForSelector('.thinking .row')
  first.kill('SIGKILL')
  await first.exited
  await page.waitForSelector('.thinking .lost-note')
  const { port } = new URL(first.url)
  const second = await startServer({ DATA_DIR: path, PORT: port })
  await page.waitForSelector('.summary.interrupted')
  expect(await page.textContent('.failure p')).toBe(
    'The server restarted before the answer was ready. Please ask again.',
  )
  second.kill('SIGKILL')
  await second.exited
  await page.click('text=Retry')
  await page.waitForSelector('.unsent .unsent-note:text-is("Not sent yet")')
  await page.waitForSelector('.unsent .lost-note')
  expect(await page.isVisible('.thinking-head >> text=Thinking...')).toBe(false)
  await page.click('.stop')
  expect(await page.inputValue('#message')).toBe('Which incidents are open?')
  expect(await page.locator('.turn').count()).toBe(1)
  await page.press('#message', 'Enter')
  await page.waitForSelector('.unsent')
  const third = await startServer({ DATA_DIR: path, PORT: port })
  await page.waitForSelector('.turn:nth-of-type(2) .answer')
  expect(await page.isVisible('.lost-note')).toBe(false)
  await closeAll()
  third.kill('SIGKILL')
  await third.exited
  remove()
}, 60_000)

test('a run with a failed part says so, also after a reload, and Retry asks again', async () => {
  let isBroken = true
  const script: Script = (request, turn) => {
    if (isTriage(request)) {
      const agents = ['ServiceNow', 'Service Health']
      return { decide: agents.map((agent) => ({ agent, question: agent })) }
    }
    const isHealth = request.tools?.some(({ function: { name } }) => name.startsWith('check_'))
    if (!isHealth) return seedFlow(request, turn)
    return isBroken ? { refuse: 'no' } : { text: 'Healthy.' }
  }
  const { page, url, closeAll } = await openPage({ script })
  await page.goto(url)
  await ask(page, 'What is open?')
  const words = '.summary.partial:has-text("3 agents · 1 tool · 1 failed")'
  await page.waitForSelector(words)
  expect(await page.textContent('#status')).toBe('Answer ready, but a part of it failed')
  await page.reload()
  await page.waitForSelector(words)
  await page.click('.summary-link')
  await page.waitForSelector('#flyout .bar.failed')
  await page.keyboard.press('Escape')
  isBroken = false
  await page.click('.partial >> text=Retry')
  await page.waitForSelector('.turn:nth-of-type(2) .summary:not(.partial)')
  expect(await page.textContent('.turn:nth-of-type(2) .summary')).not.toContain('failed')
  await closeAll()
}, 60_000)
