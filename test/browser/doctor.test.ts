import { expect, test } from 'bun:test'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { startMeddlingProxy } from '../doctor/meddling-proxy.ts'
import { openPage, useBrowser } from '../support/page-server.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

const settings = { keepAliveSeconds: 0.3 }
const stranger = { identify: () => undefined }
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Examines as people do, but for a shorter time. */
async function examine(page: Page, url: string, meanwhile?: () => Promise<unknown>): Promise<void> {
  await page.goto(`${url}/doctor`)
  await page.$eval('#doctor-form', (form) => form.setAttribute('data-seconds', '1.6'))
  await page.click('text=Examine')
  await meanwhile?.()
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

test('whoever has only a browser examines the way without signing in', async () => {
  const { page, url, complaints, closeAll } = await openPage(stranger, {}, settings)
  await examine(page, url, () => page.waitForSelector('#doctor-progress'))
  const found = Object.fromEntries(await verdicts(page))
  expect(found).toEqual({
    ...{ reached: 'fine', stream: 'fine', compressed: 'fine', cut: 'fine', heartbeats: 'fine' },
    ...{ headers: 'fine', processes: 'fine', clock: 'fine', http_version: 'fine' },
    // A browser on a busy machine may be late without anybody holding it back.
    buffered: expect.stringMatching(/^(fine|note)$/),
    post_wait: 'unknown',
  })
  expect(await page.textContent('#doctor-verdict')).toStartWith('The stream comes through')
  expect(await page.isHidden('#doctor-work')).toBe(true)
  expect(complaints).toEqual([])
  await closeAll()
}, 30_000)

test('the report is copied as the command prints it', async () => {
  const permissions = ['clipboard-read', 'clipboard-write']
  const { page, url, closeAll } = await openPage(stranger, { permissions }, settings)
  await examine(page, url)
  await page.click('#doctor-copy')
  await page.waitForSelector('text=Copied')
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toStartWith(`OpsAgent's doctor: ${url}, watched for 1.6 s\n\n✓ OpsAgent answers`)
  await closeAll()
}, 30_000)

test('a proxy that holds back is told with its cure, on a narrow page without a fault', async () => {
  const window = { viewport: { width: 390, height: 844 } }
  const { page, url, closeAll } = await openPage(stranger, window, settings)
  const proxy = startMeddlingProxy([url], { holdAll: true, answer: { server: 'nginx' } })
  await examine(page, proxy.url)
  expect(await verdicts(page)).toContainEqual(['buffered', 'broken'])
  expect(await page.textContent('#doctor-fixes li')).toStartWith('nginx: Write `proxy_buffering')
  expect(await axeFindings(page)).toEqual([])
  const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement)
  expect(scrollWidth).toBe(clientWidth)
  await proxy.stop()
  await closeAll()
}, 30_000)

test('where there can be no examination the page says why', async () => {
  const { page, url, closeAll } = await openPage(stranger, {}, settings)
  await page.route('**/doctor/echo', (route) => route.fulfill({ status: 502, body: '' }))
  await examine(page, url)
  expect(await page.textContent('#doctor-verdict')).toBe(
    'No examination. It answers 502: is OpsAgent running behind it?',
  )
  await closeAll()
}, 30_000)
