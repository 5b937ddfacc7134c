import { join } from 'node:path'
import { openBrowser } from '../support/browser.ts'
import { makeDataDir, startServer } from '../support/server-process.ts'

// Takes the screenshots of the README: the three states of the thinking, from the real server with its defaults.
const folder = join(import.meta.dir, '../../static/pictures')
const { path, remove } = makeDataDir()
const server = await startServer({ DATA_DIR: path, THINK_MS: '900' })
const browser = await openBrowser()
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 720 },
    reducedMotion: 'reduce',
  })
  await page.goto(server.url)
  await page.fill('#message', 'What change requests are open, and is Databricks healthy?')
  await page.press('#message', 'Enter')
  await page.waitForSelector('.thinking .tool:not(.running)')
  await page.screenshot({ path: join(folder, 'thinking.png') })
  await page.waitForSelector('.answer')
  await page.screenshot({ path: join(folder, 'answered.png') })
  await page.click('.summary-link')
  await page.waitForSelector('#flyout:not([hidden]) .rows')
  await page.screenshot({ path: join(folder, 'flyout.png') })
} finally {
  await browser.close()
  server.kill('SIGKILL')
  await server.exited
  remove()
}
