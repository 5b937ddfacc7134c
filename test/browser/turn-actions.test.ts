import { expect, test } from 'bun:test'
import { ask, openPage, useBrowser } from '../support/page-server.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

test('an answer can be rated, its question edited and asked again, and a suggestion asked', async () => {
  const { page, url, store, complaints, closeAll } = await openPage()
  await page.goto(url)
  await ask(page, 'open incidents')
  await page.waitForSelector('.answer')
  await page.getByRole('button', { name: 'Bad answer' }).click()
  await page.fill('.comment [name=comment]', 'too long')
  await page.press('.comment [name=comment]', 'Enter')
  await page.waitForSelector('.comment [name=comment][value="too long"]')
  const id = page.url().split('/').at(-1) ?? ''
  const feedback = async () => (await store.forOwner('local').listRuns(id))[0]?.feedback
  expect(await feedback()).toEqual({ rating: 'down', comment: 'too long' })
  const top = () => page.evaluate(() => document.querySelector('#scroller')?.scrollTop)
  const before = await top()
  await page.getByRole('button', { name: 'Good answer' }).click()
  await page.waitForSelector('.thumb-up[aria-pressed=true]:focus')
  expect(await top()).toBe(before)
  await page.click('.edit')
  expect(await page.inputValue('#message')).toBe('open incidents')
  await page.keyboard.type(' of priority 1')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.turn:nth-of-type(2) .answer')
  expect(await page.textContent('.turn:nth-of-type(2) .question')).toBe(
    'open incidents of priority 1',
  )
  expect(await page.isVisible('.turn:nth-of-type(1) .edit')).toBe(false)
  await page.getByRole('button', { name: 'Ask again' }).click()
  await page.waitForSelector('.turn:nth-of-type(3) .answer')
  expect(await page.textContent('.turn:nth-of-type(3) .question')).toBe(
    'open incidents of priority 1',
  )
  const suggestion = page.locator('.follow-ups:visible button').first()
  const asked = await suggestion.textContent()
  expect(asked).toMatch(/^Show me everything about INC\d+$/)
  await suggestion.click()
  await page.waitForSelector('.turn:nth-of-type(4) .answer')
  expect(await page.textContent('.turn:nth-of-type(4) .question')).toBe(asked)
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)
