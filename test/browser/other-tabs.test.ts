import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { ask, openPage, setHidden, useBrowser } from '../support/page-server.ts'
import type { Script } from '../support/scripted-model.ts'
import { behind, gate, seedFlow } from '../support/scripts.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

/** A question that contains "slow" waits for the gate. */
function slowScript() {
  const held = gate()
  const script: Script = (request, turn) =>
    JSON.stringify(request.messages).includes('slow')
      ? behind(held, seedFlow)(request, turn)
      : seedFlow(request, turn)
  return { script, open: held.open }
}

const iconOf = (page: Page) =>
  page.evaluate(() => document.querySelector<HTMLLinkElement>('link[rel=icon]')?.href ?? '')

test('the sidebar and the tab show by themselves what runs elsewhere and what is ready', async () => {
  const { script, open } = slowScript()
  const { page, context, url, slots, complaints, closeAll } = await openPage({ script })
  const other = await context.newPage()
  await other.goto(url)
  await page.goto(url)
  await ask(page, 'slow one')
  await page.waitForSelector('.thinking li')
  expect(await page.title()).toBe('… slow one · OpsAgent')
  expect(await iconOf(page)).toContain('icon-running')
  await other.waitForSelector('.conversation[data-state=running]:has-text("slow one")')
  expect(await other.title()).toBe('… New conversation · OpsAgent')
  expect(slots.open).toBe(1)
  // Nobody sees the answer arrive.
  await page.close()
  open()
  await other.waitForSelector('.conversation[data-state=ready]:has-text("answer ready")')
  expect(await other.title()).toBe('✓ New conversation · OpsAgent')
  expect(await iconOf(other)).toContain('icon-ready')
  await other.reload()
  await other.waitForSelector('.conversation[data-state=ready]')
  await other.click('.conversation .open')
  await other.waitForSelector('.answer')
  expect(await other.locator('.conversation[data-state=ready]').count()).toBe(0)
  expect(await other.title()).toBe('slow one · OpsAgent')
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('a second tab of a conversation shows the new run with its Stop, and explains why it is busy', async () => {
  const { script, open } = slowScript()
  const { page, context, url, complaints, closeAll } = await openPage({ script })
  await page.goto(url)
  await ask(page, 'First?')
  await page.waitForSelector('.answer')
  const second = await context.newPage()
  await second.goto(page.url())
  await setHidden(second, true)
  await ask(page, 'slow one')
  await page.waitForSelector('.thinking li')
  // The hidden tab does not know the run yet.
  await ask(second, 'Third?')
  await second.waitForSelector('#composer-note :text("Your question is back in the field.")')
  expect(await second.inputValue('#message')).toBe('Third?')
  expect(await second.textContent('.turn:last-of-type .question')).toBe('slow one')
  expect(await second.isVisible('.stop')).toBe(true)
  open()
  await second.waitForSelector('.turn:nth-of-type(2) .answer')
  expect(await second.textContent('#composer-note')).toBe('')
  await page.waitForSelector('.turn:nth-of-type(2) .answer')
  await setHidden(second, false)
  await second.press('#message', 'Enter')
  await second.waitForSelector('.turn:nth-of-type(3) .answer')
  await page.waitForSelector('.turn:nth-of-type(3) .answer')
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('an answer in a hidden tab is a desktop notification if the user wants it, and a failure shows in the sidebar', async () => {
  const { script, open } = slowScript()
  let failing = false
  const failingScript: Script = (request, turn) =>
    failing ? { status: 400 } : script(request, turn)
  const { page, context, url, complaints, closeAll } = await openPage({ script: failingScript })
  // Headless browsers show no notifications.
  await context.addInitScript(() => {
    const shown: string[] = []
    class FakeNotification {
      static permission = 'default'
      static async requestPermission() {
        FakeNotification.permission = 'granted'
        return 'granted'
      }
      constructor(title: string, { body }: { body: string }) {
        shown.push(`${title}: ${body}`)
      }
    }
    Object.assign(window, { Notification: FakeNotification, shown })
  })
  const shown = () => page.evaluate(() => (window as unknown as { shown: string[] }).shown)
  await page.goto(url)
  await page.click('.notify')
  await page.waitForSelector('.notify[aria-pressed=true]')
  await ask(page, 'What is open?')
  await page.waitForSelector('.answer')
  expect(await shown()).toEqual([])
  await ask(page, 'slow one')
  await page.waitForSelector('.turn:nth-of-type(2) .thinking')
  await setHidden(page, true)
  open()
  await page.waitForSelector('.turn:nth-of-type(2) .answer')
  expect(await shown()).toEqual(['What is open?: Answer ready'])
  expect(await page.title()).toBe('✓ What is open? · OpsAgent')
  await setHidden(page, false)
  expect(await page.title()).toBe('What is open? · OpsAgent')
  await setHidden(page, true)
  failing = true
  await ask(page, 'And now?')
  await page.waitForSelector('.summary.failed')
  await page.waitForSelector('.conversation[data-state=failed]:has-text("failed")')
  expect(await page.title()).toBe('! What is open? · OpsAgent')
  expect((await shown()).at(-1)).toBe('What is open?: Failed')
  await setHidden(page, false)
  expect(await page.locator('.conversation[data-state=failed]').count()).toBe(0)
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)
