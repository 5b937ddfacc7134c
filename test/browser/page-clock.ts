import type { Page } from 'playwright-core'
import { until } from '../support/socket-server.ts'

/** Advances the timers of a page instead of waiting for them. Call it before the page is opened. */
export async function useClock({ clock }: Page): Promise<void> {
  await clock.install()
}

/** Advances the clock of a page in small steps until a selector matches. */
export async function advanceTo(page: Page, selector: string): Promise<void> {
  const present = async () => {
    await page.clock.runFor(stepMs)
    return (await page.locator(selector).count()) > 0
  }
  await until(present, `the page shows ${selector}`)
}

/** Advances the clock of a page in small steps until it has received a response whose URL matches. */
export async function advanceToResponse(page: Page, url: RegExp): Promise<void> {
  let received = false
  const response = page.waitForResponse(url).then(() => {
    received = true
  })
  await until(async () => {
    await page.clock.runFor(stepMs)
    return received
  }, `the page requests ${url}`)
  await response
}

/** The page checks for missing lines at this interval. */
const stepMs = 500
