import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { openPage, useBrowser } from '../support/page-server.ts'
import { seedFlow } from '../support/scripts.ts'
import { storeTurns } from '../support/stored-runs.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

async function openLong(window: { viewport: { width: number; height: number } }) {
  const opened = await openPage({ script: seedFlow }, window)
  const id = await opened.open()
  await storeTurns(opened.store, id, 100)
  return { ...opened, path: `${opened.url}/conversations/${id}` }
}

function questions(page: Page): Promise<string[]> {
  return page.locator('.question').allTextContents()
}

function topOf(page: Page, question: string): Promise<number | undefined> {
  return page
    .locator('.question', { hasText: new RegExp(`^${question}$`) })
    .boundingBox()
    .then((box) => box?.y)
}

test.each([1440, 390])(
  'earlier questions open above, and the place stays, at a width of %d',
  async (width) => {
    const window = { viewport: { width, height: 844 } }
    const { page, path, complaints, closeAll } = await openLong(window)
    await page.goto(path)
    expect(await questions(page)).toHaveLength(30)
    await page.locator('.earlier a').scrollIntoViewIfNeeded()
    await page.locator('#scroller').evaluate((box) => box.scrollTo(0, 0))
    const before = await topOf(page, 'Question 70')
    await page.click('.earlier a')
    await page.waitForFunction(() => document.querySelectorAll('.turn').length === 60)
    expect(Math.abs(((await topOf(page, 'Question 70')) ?? 0) - (before ?? 0))).toBeLessThan(2)
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Earlier questions')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.querySelectorAll('.turn').length === 90)
    await page.click('.earlier a')
    await page.waitForFunction(() => document.querySelectorAll('.turn').length === 100)
    expect(await page.locator('.earlier').count()).toBe(0)
    const expected = Array.from({ length: 100 }, (_, index) => `Question ${index}`)
    expect(await questions(page)).toEqual(expected)
    const overflows = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    )
    expect([overflows, complaints]).toEqual([false, []])
    await closeAll()
  },
  60_000,
)

test('without JavaScript earlier questions are pages', async () => {
  const window = { viewport: { width: 1440, height: 844 }, javaScriptEnabled: false }
  const { page, path, closeAll } = await openLong(window)
  await page.goto(path)
  await page.click('.earlier a')
  expect((await questions(page)).at(0)).toBe('Question 40')
  expect((await questions(page)).at(-1)).toBe('Question 69')
  await page.click('text=Latest questions')
  expect((await questions(page)).at(-1)).toBe('Question 99')
  await closeAll()
}, 60_000)
