import { expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { ask, openPage, useBrowser } from '../support/page-server.ts'
import { seedFlow } from '../support/scripts.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

const phone = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  reducedMotion: 'reduce',
} as const

/** Controls that are smaller than a finger. Links inside texts may be. */
function smallControls(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('a, button, select, input, textarea, summary')]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }))
      .filter((element) => !element.closest('.answer') && !element.matches('.skip, .sr-only'))
      .flatMap((element) => {
        const { width, height } = element.getBoundingClientRect()
        const name = element.id || element.className || element.textContent
        return width < 44 || height < 44 ? [`${name}: ${width} x ${height}`] : []
      }),
  )
}

test('on a phone every control is large enough for a finger, and the drawer has a scrim', async () => {
  const { page, url, complaints, closeAll } = await openPage({ script: seedFlow }, phone)
  await page.goto(url)
  expect(await smallControls(page)).toEqual([])
  await page.click('.examples button')
  await page.waitForSelector('.answer')
  expect(await smallControls(page)).toEqual([])
  await page.click('.sidebar-open')
  await page.getByRole('button', { name: /^Options/ }).click()
  expect(await smallControls(page)).toEqual([])
  const scrim = await page.evaluate(
    () => getComputedStyle(document.body, '::after').backgroundColor,
  )
  expect(scrim).not.toBe('rgba(0, 0, 0, 0)')
  await page.keyboard.press('Escape')
  await page.mouse.click(380, 400)
  await page.waitForSelector('.sidebar:not(.shown)', { state: 'attached' })
  expect(await page.isVisible('.flyout')).toBe(false)
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('a notice covers neither the question nor its answer, has a close button and goes with its cause', async () => {
  const { page, url, closeAll } = await openPage({ script: seedFlow })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.answer')
  const fail = async () => {
    await page.route('**/runs/*', (route) => route.abort('connectionrefused'))
    await page.click('.summary-link')
    await page.waitForSelector('#notice:has-text("OpsAgent cannot be reached.")')
    await page.unroute('**/runs/*')
  }
  const place = () => page.locator('.question').boundingBox()
  const before = await place()
  await fail()
  expect(await place()).toEqual(before)
  const notice = await page.locator('#notice').boundingBox()
  const scroller = await page.locator('#scroller').boundingBox()
  expect(notice?.y).toBeGreaterThanOrEqual((scroller?.y ?? 0) + (scroller?.height ?? 0))
  await page.getByRole('button', { name: 'Close this message' }).click()
  expect(await page.textContent('#notice')).toBe('')
  await fail()
  await page.click('.summary-link')
  await page.waitForSelector('#flyout:not([hidden]) .rows')
  expect(await page.textContent('#notice')).toBe('')
  await closeAll()
}, 60_000)

test('a long model name and a zoom of 200 % break nothing, also with forced colours', async () => {
  const { default: OpenAI } = await import('openai')
  const client = new OpenAI({ apiKey: 'x', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0 })
  const models = ['a-model-with-a-very-long-name-2026-11-24-preview', 'b'] as [string, ...string[]]
  const model = { client, models, description: 'two', offline: false }
  // A window of 1280 pixels at 200 % has 640.
  const window = { viewport: { width: 640, height: 400 }, forcedColors: 'active' } as const
  const { page, url, closeAll } = await openPage({ model }, window)
  for (const width of [640, 320]) {
    await page.setViewportSize({ width, height: 400 })
    await page.goto(url)
    const sizes = await page.evaluate(() => {
      const box = (selector: string) => document.querySelector(selector)?.getBoundingClientRect()
      const { scrollWidth, clientWidth } = document.documentElement
      return { overflow: scrollWidth - clientWidth, model: box('#model'), title: box('h1') }
    })
    expect(sizes.overflow).toBe(0)
    expect(sizes.model?.right).toBeLessThanOrEqual(width)
    expect(sizes.title?.width).toBeGreaterThan(60)
    expect(await page.isVisible('#message')).toBe(true)
  }
  await closeAll()
}, 60_000)
