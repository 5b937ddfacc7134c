import { expect, test } from 'bun:test'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { startFaultyProxy } from '../doctor/faulty-proxy.ts'
import { openPage, useBrowser } from '../support/page-server.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

const settings = { keepAliveSeconds: 0.3 }
const anonymous = { identify: () => undefined }
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Examines with the page, for 1.6 s instead of 20. */
async function examine(page: Page, url: string, during?: () => Promise<unknown>): Promise<void> {
  await page.goto(`${url}/doctor`)
  await page.$eval('#doctor-form', (form) => form.setAttribute('data-seconds', '1.6'))
  await page.click('text=Examine')
  await during?.()
  await page.waitForSelector('#doctor-report:not([hidden])')
}

const verdicts = (page: Page) =>
  page.$$eval('#doctor-findings li', (items) =>
    items.map((item) => [item.getAttribute('data-check'), item.getAttribute('data-verdict')]),
  )

async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(await Bun.file(axePath).text())
  return page.evaluate(async () => {
    type Axe = { run: () => Promise<{ violations: { id: string }[] }> }
    const { violations } = await (window as unknown as { axe: Axe }).axe.run()
    return violations.map(({ id }) => id)
  })
}

test('the page examines the path without a sign-in', async () => {
  const { page, url, complaints, closeAll } = await openPage(anonymous, {}, settings)
  await examine(page, url, () => page.waitForSelector('#doctor-progress'))
  const found = Object.fromEntries(await verdicts(page))
  expect(found).toEqual({
    reached: 'fine',
    stream: 'fine',
    compressed: 'fine',
    cut: 'fine',
    heartbeats: 'fine',
    headers: 'fine',
    processes: 'fine',
    clock: 'fine',
    http_version: 'fine',
    // A browser on a busy machine can be late.
    buffered: expect.stringMatching(/^(fine|note)$/),
    post_wait: 'unknown',
  })
  expect(await page.textContent('#doctor-verdict')).toStartWith('Streams work on this path.')
  expect(await page.isHidden('#doctor-work')).toBe(true)
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('the copied report is the report of the command', async () => {
  const permissions = ['clipboard-read', 'clipboard-write']
  const { page, url, closeAll } = await openPage(anonymous, { permissions }, settings)
  await examine(page, url)
  await page.click('#doctor-copy')
  await page.waitForSelector('text=Copied')
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toStartWith(`OpsAgent doctor: ${url}, stream of 1.6 s\n\n✓ Reached OpsAgent in`)
  await closeAll()
}, 60_000)

test('a narrow page shows a buffering proxy and its fix, without accessibility violations', async () => {
  const window = { viewport: { width: 390, height: 844 } }
  const { page, url, closeAll } = await openPage(anonymous, window, settings)
  const proxy = startFaultyProxy([url], { bufferAll: true, responseHeaders: { server: 'nginx' } })
  await examine(page, proxy.url)
  expect(await verdicts(page)).toContainEqual(['buffered', 'broken'])
  expect(await page.textContent('#doctor-fixes li')).toStartWith('nginx: Set `proxy_buffering')
  expect(await axeFindings(page)).toEqual([])
  const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement)
  expect(scrollWidth).toBe(clientWidth)
  await proxy.stop()
  await closeAll()
}, 60_000)

test('the page shows why no examination was possible', async () => {
  const { page, url, closeAll } = await openPage(anonymous, {}, settings)
  await page.route('**/doctor/echo', (route) => route.fulfill({ status: 502, body: '' }))
  await examine(page, url)
  expect(await page.textContent('#doctor-verdict')).toBe(
    'No examination. Status 502: check that OpsAgent is running.',
  )
  await closeAll()
}, 60_000)
