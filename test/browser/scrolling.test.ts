import { expect, test } from 'bun:test'
import { ask, openPage, useBrowser } from '../support/page-server.ts'
import type { Script } from '../support/scripted-model.ts'
import { gate, seedFlow } from '../support/scripts.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

test('the lines of a delayed stream stay in view', async () => {
  const held = gate()
  const script: Script = async (request, turn) => {
    if (turn === 1) await held.opened
    return seedFlow(request, turn)
  }
  const window = { viewport: { width: 800, height: 320 } }
  const { page, url, closeAll } = await openPage({ script }, window)
  await page.route('**/thinking?run=*', () => {})
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.thinking .rows.held-up .tool:not(.running)')
  const scroller = page.locator('#scroller')
  const below = await scroller.evaluate(
    (box) => box.scrollHeight - box.scrollTop - box.clientHeight,
  )
  expect(await scroller.evaluate((box) => box.scrollTop)).toBeGreaterThan(0)
  expect(Math.abs(below)).toBeLessThan(2)
  held.open()
  await page.waitForSelector('.answer')
  await closeAll()
}, 60_000)

test('a long answer is shown from its start, without an offer to go to its end', async () => {
  const window = { viewport: { width: 800, height: 360 } }
  const { page, url, closeAll } = await openPage({}, window)
  await page.goto(url)
  await ask(page, 'What change requests are open, and is Databricks healthy?')
  await page.waitForSelector('.answer')
  const top = await page.evaluate(() => {
    const box = document.querySelector('#scroller')?.getBoundingClientRect()
    const turn = document.querySelector('.turn')?.getBoundingClientRect()
    return (turn?.top ?? 0) - (box?.top ?? 0)
  })
  expect(top).toBeGreaterThanOrEqual(0)
  expect(await page.isVisible('#newer')).toBe(false)
  await closeAll()
}, 60_000)
