import { expect } from 'bun:test'
import { openPage, scriptlessTest, useBrowser } from '../support/page-server.ts'
import type { Script } from '../support/scripted-model.ts'
import { gate, seedFlow, seedLines } from '../support/scripts.ts'
import { storeTurns } from '../support/stored-runs.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

const withoutScript = { javaScriptEnabled: false } as const

scriptlessTest(
  'without JavaScript a question is asked, and the page loads itself again until it has the answer',
  async () => {
    const held = gate()
    const script: Script = async (request, turn) => {
      if (turn === 1) await held.opened
      return seedFlow(request, turn)
    }
    const { page, url, complaints, closeAll } = await openPage({ script }, withoutScript)
    await page.goto(url)
    await page.fill('#message', 'What is open?')
    await page.click('.send')
    await page.waitForSelector(`.plain-thinking[open] li:text-is("${seedLines[3]}")`)
    expect(await page.isVisible('.composer')).toBe(false)
    held.open()
    await page.waitForSelector('.answer')
    expect(await page.isVisible('.composer')).toBe(true)
    expect(await page.locator('meta[http-equiv=refresh]').count()).toBe(0)
    await page.click('.plain-thinking summary')
    expect(await page.locator('.plain-thinking li').allTextContents()).toEqual(seedLines)
    await page.click('.summary-link')
    await page.waitForSelector('#flyout:has-text("Calling list_change_requests...")')
    expect(complaints).toEqual([])
    await closeAll()
  },
  60_000,
)

scriptlessTest(
  'without JavaScript an answer is rated, and its conversation renamed, found and deleted',
  async () => {
    const { page, url, open, store, complaints, closeAll } = await openPage({}, withoutScript)
    const id = await open()
    await storeTurns(store, id, 1)
    await page.goto(`${url}/conversations/${id}`)
    await page.getByRole('button', { name: 'Good answer' }).click()
    await page.waitForSelector('.thumb-up[aria-pressed=true]')
    const item = page.locator('.conversation')
    await item.getByRole('button', { name: /^Options/ }).click()
    await item.locator('.menu [name=title]').fill('Night shift')
    await item.getByRole('button', { name: 'Rename' }).click()
    await page.waitForSelector('h1:text-is("Night shift")')
    await page.fill('[name=q]', 'answer')
    await page.press('[name=q]', 'Enter')
    await page.waitForSelector('.conversation mark:text-is("Answer")')
    await item.getByRole('button', { name: /^Options/ }).click()
    await item.getByRole('button', { name: 'Delete for good' }).click()
    await page.waitForSelector('.empty:has-text("No conversations yet.")')
    expect(complaints).toEqual([])
    await closeAll()
  },
  60_000,
)
