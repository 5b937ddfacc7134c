import { expect, test } from 'bun:test'
import { ask, openPage, useBrowser } from '../support/page-server.ts'
import { behind, gate, seedFlow } from '../support/scripts.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

test('a title that is being typed survives an answer that arrives', async () => {
  const held = gate()
  const { page, url, complaints, closeAll } = await openPage({ script: behind(held, seedFlow) })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.thinking')
  const item = page.locator('.conversation')
  await item.getByRole('button', { name: /^Options/ }).click()
  await item.getByRole('button', { name: 'Rename' }).click()
  const title = item.getByRole('textbox')
  await title.fill('Night')
  await title.press('ArrowLeft')
  held.open()
  await page.waitForSelector('.answer')
  expect(await title.inputValue()).toBe('Night')
  // The cursor is where it was, and the composer has not taken the focus.
  await page.keyboard.type('-')
  expect(await title.inputValue()).toBe('Nigh-t')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.conversation .title:text-is("Nigh-t")')
  expect(await page.isVisible('.rename')).toBe(false)
  expect(await page.textContent('#chat-title')).toBe('Nigh-t')
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('Escape discards a title also after an answer has arrived', async () => {
  const held = gate()
  const { page, url, closeAll } = await openPage({ script: behind(held, seedFlow) })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.thinking')
  const item = page.locator('.conversation')
  await item.getByRole('button', { name: /^Options/ }).click()
  await item.getByRole('button', { name: 'Rename' }).click()
  await item.getByRole('textbox').fill('Night')
  held.open()
  await page.waitForSelector('.answer')
  await page.keyboard.press('Escape')
  expect(await page.isVisible('.rename')).toBe(false)
  expect(await page.textContent('.conversation .title')).toBe('What is open?')
  await closeAll()
}, 60_000)

test('a title that is being typed survives a change of another tab, and a sign-in page does not replace the list', async () => {
  const { page, context, url, complaints, closeAll } = await openPage({ script: seedFlow })
  await page.goto(url)
  await ask(page, 'First?')
  await page.waitForSelector('.answer')
  const other = await context.newPage()
  await other.goto(url)
  const item = page.locator('.conversation', { has: page.locator('[aria-current]') })
  await item.getByRole('button', { name: /^Options/ }).click()
  await item.getByRole('button', { name: 'Rename' }).click()
  await item.getByRole('textbox').fill('Night')
  await ask(other, 'Second?')
  await page.waitForSelector('.conversation:has-text("Second?")')
  await page.keyboard.type(' shift')
  expect(await item.getByRole('textbox').inputValue()).toBe('Night shift')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.conversation .title:text-is("Night shift")')
  // As from a proxy that redirects to its sign-in page.
  await page.route('**/conversations?limit=*', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<h1>Sign in</h1>' }),
  )
  const refreshed = page.waitForResponse(/\?limit=/)
  await ask(other, 'Third?')
  await refreshed
  await other.waitForSelector('.turn:nth-of-type(2) .answer')
  expect(await page.locator('.conversation').count()).toBe(2)
  expect(await page.locator('h1').count()).toBe(1)
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)
