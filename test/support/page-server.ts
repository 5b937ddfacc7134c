import { afterAll, beforeAll, test } from 'bun:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { browserName, openBrowser } from './browser.ts'
import { makeServer } from './test-server.ts'

type Settings = Parameters<typeof makeServer>[0]
type Parts = Parameters<typeof makeServer>[1]

let browser: Browser

/** Opens one browser for a test file. Call it at the top. */
export function useBrowser(name = browserName): void {
  beforeAll(async () => {
    browser = await openBrowser(name)
  }, 60_000)
  afterAll(() => browser?.close())
}

/** Starts a server on a socket. The test must call `stop`. */
export async function startPageServer(parts: Parts = {}, settings: Settings = {}) {
  const made = await makeServer(settings, parts)
  const posts: PostedForm[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 120,
    async fetch(request, bun) {
      if (request.method === 'POST') posts.push(await readForm(request.clone()))
      return made.app.fetch(request, bun)
    },
  })
  const stop = () => server.stop(true)
  return { ...made, url: `http://127.0.0.1:${server.port}`, posts, stop }
}

/** A POST that the server received: the last part of its path, and its fields. */
type PostedForm = [path: string | undefined, fields: Record<string, string>]

async function readForm(request: Request): Promise<PostedForm> {
  const fields = new URLSearchParams(await request.text())
  return [new URL(request.url).pathname.split('/').at(-1), Object.fromEntries(fields)]
}

/** Starts a server and opens its page in a new browser context. The test must call `closeAll`. */
export async function openPage(
  parts: Parts = {},
  window: BrowserContextOptions = {},
  settings: Settings = {},
) {
  const server = await startPageServer(parts, settings)
  const opened = await openContext(window)
  return {
    ...server,
    ...opened,
    async closeAll() {
      await opened.context.close()
      await server.stop()
    },
  }
}

/** Opens an empty page in a new browser context, and collects its errors and warnings. */
export async function openContext(window: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...window })
  const page = await context.newPage()
  page.setDefaultTimeout(25_000)
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  return { context, page, complaints }
}

/** A test without JavaScript. It is skipped in Firefox, where Playwright cannot turn JavaScript off. */
export const scriptlessTest = test.skipIf(browserName === 'firefox')

/** Types a question and sends it with Enter. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.fill('#message', question)
  await page.press('#message', 'Enter')
}

/** The words of the rows of the thinking in progress. */
export function thinkingLines(page: Page): Promise<string[]> {
  return page.locator('.thinking .words').allTextContents()
}

/** Hides the tab of a page, or shows it again. Headless browsers do neither. */
export async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, hidden)
}
