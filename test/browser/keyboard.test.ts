import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { ask, openPage, useBrowser } from '../support/page-server.ts'
import type { Script } from '../support/scripted-model.ts'
import { gate, seedFlow, seedLines } from '../support/scripts.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

const focusOf = (page: Page) =>
  page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute('name'))

/** A model that waits before its answer to the last question. */
function heldAnswers() {
  const gates = [gate(), gate()]
  let asked = -1
  const script: Script = async (request, turn) => {
    if (request.response_format) asked += 1
    if (turn === 1) await gates[asked]?.opened
    return seedFlow(request, turn)
  }
  return { script, gates }
}

test('a question can be asked, followed, stopped and left with single keys', async () => {
  const { script, gates } = heldAnswers()
  const { page, url, complaints, closeAll } = await openPage({ script })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector(`.thinking .words:text-is("${seedLines[3]}")`)
  await ask(page, 'And now?')
  expect(await page.textContent('#composer-note')).toStartWith(
    'Not sent: an answer is in progress.',
  )
  expect(await page.textContent('#status')).toStartWith('Not sent')
  expect(await page.inputValue('#message')).toBe('And now?')
  gates[0]?.open()
  await page.waitForSelector('.answer')
  expect(await page.textContent('#composer-note')).toBe('')
  await page.keyboard.type('?nx')
  expect(await page.inputValue('#message')).toBe('And now??nx')
  await page.keyboard.press('Escape')
  expect(await focusOf(page)).not.toBe('message')
  await page.keyboard.press('Control+s')
  await page.keyboard.press('s')
  expect(await focusOf(page)).toBe('q')
  await page.evaluate(() => document.querySelector<HTMLElement>('[name=q]')?.blur())
  await page.keyboard.press('t')
  await page.waitForSelector('#flyout:not([hidden]) .rows')
  await page.keyboard.press('t')
  await page.waitForSelector('#flyout', { state: 'hidden' })
  await page.keyboard.press('c')
  expect(await focusOf(page)).toBe('message')
  await page.press('#message', 'Enter')
  await page.waitForSelector('.turn:nth-of-type(2) .thinking li')
  await page.keyboard.press('Escape')
  await page.keyboard.press('x')
  await page.waitForSelector('.summary.stopped')
  await page.evaluate(() => document.querySelector<HTMLElement>('#message')?.blur())
  await page.keyboard.press('?')
  await page.waitForSelector('#shortcuts[open]')
  await page.uncheck('.use-shortcuts')
  await page.keyboard.press('Escape')
  await page.waitForSelector('#shortcuts:not([open])', { state: 'attached' })
  await page.evaluate(() => document.querySelector<HTMLElement>(':focus')?.blur())
  await page.keyboard.press('?')
  await page.keyboard.press('c')
  expect(await page.locator('#shortcuts[open]').count()).toBe(0)
  expect(await focusOf(page)).not.toBe('message')
  await page.click('.show-shortcuts')
  await page.check('.use-shortcuts')
  await page.keyboard.press('Escape')
  await page.evaluate(() => document.querySelector<HTMLElement>(':focus')?.blur())
  await page.keyboard.press('n')
  await page.waitForURL(`${url}/`)
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('an answer below the view is offered by a button, and the view stays', async () => {
  const { script, gates } = heldAnswers()
  gates[0]?.open()
  const window = { viewport: { width: 800, height: 360 } }
  const { page, url, closeAll } = await openPage({ script }, window)
  await page.goto(url)
  await ask(page, `What is open?${'\nMore.'.repeat(30)}`)
  await page.waitForSelector('.answer')
  await ask(page, 'And now?')
  await page.waitForSelector(`.turn:nth-of-type(2) .thinking .words:text-is("${seedLines[3]}")`)
  expect(await page.isVisible('#newer')).toBe(false)
  const top = () => page.evaluate(() => document.querySelector('#scroller')?.scrollTop)
  await page.evaluate(() => document.querySelector('#scroller')?.scrollTo(0, 10))
  gates[1]?.open()
  await page.waitForSelector('#newer:visible')
  expect(await top()).toBe(10)
  await page.waitForSelector('.turn:nth-of-type(2) .answer')
  expect(await top()).toBe(10)
  await page.click('#newer')
  await page.waitForSelector('#newer', { state: 'hidden' })
  expect(await page.evaluate(() => document.querySelector('#scroller')?.scrollTop)).toBeGreaterThan(
    100,
  )
  await closeAll()
}, 60_000)
