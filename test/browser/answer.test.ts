import { expect, test } from 'bun:test'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { call, writing } from '../support/evidence.ts'
import { ask, openPage, useBrowser } from '../support/page-server.ts'
import { lastQuestion, type Script } from '../support/scripted-model.ts'
import { gate } from '../support/scripts.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

/** The accessibility violations that axe finds. */
async function axeFindings(page: Page): Promise<unknown> {
  await page.evaluate(axe.source)
  return page.evaluate('axe.run().then((found) => found.violations)')
}

const table =
  '| Number | Start |\n|---|---|\n| CHG0030412 | Mon 09:00 UTC |\n| =1+1 | Tue 10:00 UTC |'
const texts = writing({
  ServiceNow: {
    calls: [call('list_incidents'), call('list_change_requests')],
    text: `**Two** are open. [2]\n\n${table}\n\n\`\`\`sql\nselect 1\n\`\`\``,
  },
  'Service Health': { calls: [call('check_databricks_health')], text: 'All is well. [1]' },
})

test('an answer arrives section by section, and its statements lead to the results', async () => {
  const held = gate()
  const script: Script = async (request, turn) => {
    if (lastQuestion(request) === 'Service Health') await held.opened
    return texts(request, turn)
  }
  const { page, context, url, complaints, closeAll } = await openPage({ script })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const copied = async (selector: string) => {
    await page.click(selector)
    await page.waitForSelector(`${selector}:text-is("Copied")`)
    return page.evaluate(() => navigator.clipboard.readText())
  }
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.part:has-text("Two are open.")')
  expect(await page.locator('.part h3').allTextContents()).toEqual(['ServiceNow', 'Service Health'])
  expect(await page.locator('.part').last().textContent()).toContain('Working on it.')
  held.open()
  await page.waitForSelector('.answer .section[open]')
  expect(await page.locator('.part').count()).toBe(0)

  await page.locator('.ref').last().click()
  await page.waitForFunction(() => document.activeElement?.id.startsWith('step-'))
  expect(await page.locator(':focus').textContent()).toContain('check_databricks_health')
  expect(await page.locator(':focus details').getAttribute('open')).not.toBeNull()
  // The flyout is open already.
  await page.locator('.source').first().click()
  await page.waitForFunction(() =>
    document.activeElement?.textContent?.includes('list_change_requests'),
  )
  await page.press('body', 'Escape')

  expect(await copied('.copy-csv')).toBe(
    '"Number","Start (UTC)"\r\n"CHG0030412","Mon 09:00"\r\n"\'=1+1","Tue 10:00"',
  )
  expect(await copied('.copy-code')).toBe('select 1\n')
  expect(await copied('.copy-markdown')).toContain('**Two** are open. [1]')

  await page.click('.section summary >> nth=0')
  expect(await page.isVisible('.verdict >> text="Two are open."')).toBe(true)
  await page.click('.files summary')
  const download = page.waitForEvent('download')
  await page.click('.files a >> text="HTML"')
  expect((await download).suggestedFilename()).toMatch(/^opsagent-run-\w{8}\.html$/)
  await page.click('.turn-actions a >> text="Share"')
  await page.click('.share >> text="Create a link"')
  const link = await copied('.copy-link')
  expect(link).toStartWith(`${url}/shared/`)
  expect(await axeFindings(page)).toEqual([])
  await page.click('.section summary >> nth=0')
  await page.click('.ask')
  expect(await page.inputValue('#message:focus')).toBe('Tell me about CHG0030412')
  await page.goto(link)
  expect(await page.isVisible('h1:text-is("What is open?")')).toBe(true)
  expect(await axeFindings(page)).toEqual([])
  await page.click('.ref >> nth=0')
  expect(await page.textContent(':target h3')).toBe('[1] ServiceNow › list_change_requests')
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('on a phone a long question leaves the answer in view, and rows of tables are cards', async () => {
  const { page, url, closeAll } = await openPage(
    { script: texts },
    { viewport: { width: 390, height: 844 } },
  )
  await page.goto(url)
  await ask(page, Array.from({ length: 60 }, (_, index) => `traceback ${index}`).join('\n'))
  await page.waitForSelector('.copy-markdown')
  const top = await page.locator('.answer p').first().boundingBox()
  expect(top?.y).toBeLessThan(600)
  expect(top?.y).toBeGreaterThan(0)
  await page.click('.question summary')
  expect((await page.locator('.question').boundingBox())?.height).toBeGreaterThan(1000)
  const cell = page.locator('td[data-label="Start (UTC)"]').first()
  expect(await cell.evaluate((one) => getComputedStyle(one, '::before').content)).toBe(
    '"Start (UTC)"',
  )
  expect(await page.evaluate(() => document.body.scrollWidth)).toBe(390)
  await closeAll()
}, 60_000)
