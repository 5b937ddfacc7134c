import { expect, test } from 'bun:test'
import { ask, openPage, useBrowser } from '../support/page-server.ts'
import { seedFlow } from '../support/scripts.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

test('each conversation keeps the question that is being typed, until it is sent', async () => {
  const { page, url, complaints, closeAll } = await openPage({ script: seedFlow })
  const typed = () => page.inputValue('#message')
  await page.goto(url)
  await page.fill('#message', 'First?')
  await page.reload()
  expect(await typed()).toBe('First?')
  await page.press('#message', 'Enter')
  await page.waitForSelector('.answer')
  const first = page.url()
  await page.fill('#message', 'And then\nwhat?')
  await page.click('.new')
  await page.waitForURL(`${url}/`)
  expect(await typed()).toBe('')
  await page.fill('#message', 'Something else')
  await page.goto(first)
  expect(await typed()).toBe('And then\nwhat?')
  await ask(page, 'And then?')
  await page.waitForSelector('.turn:nth-of-type(2) .answer')
  await page.reload()
  expect(await typed()).toBe('')
  await page.click('.new')
  await page.waitForURL(`${url}/`)
  expect(await typed()).toBe('Something else')
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)
