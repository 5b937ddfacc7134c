import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { firefoxPath } from '../support/browser.ts'
import { ask, openPage, setHidden, thinkingLines, useBrowser } from '../support/page-server.ts'
import type { Script } from '../support/scripted-model.ts'
import { gate, seedFlow, seedLines, seedRows } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { expectNothingLeft } from '../support/test-server.ts'

const isInstalled = existsSync(firefoxPath)
if (isInstalled) useBrowser('firefox')
expectNothingLeft()

const firefoxTest = test.skipIf(!isInstalled)

/** Opens a page whose model waits at two gates: before the tool is called, and before the answer. */
async function openGatedPage() {
  const gates = [gate(), gate()]
  const script: Script = async (request, turn) => {
    if (!request.response_format) await gates[turn]?.opened
    return seedFlow(request, turn)
  }
  const opened = await openPage({ script })
  await opened.page.goto(opened.url)
  await ask(opened.page, 'What is open?')
  await opened.page.waitForSelector(`.thinking .words:text-is("${seedLines[1]}")`)
  return { ...opened, openGate: (turn: number) => gates[turn]?.open() }
}

firefoxTest(
  'in Firefox the thinking arrives live, a reload shows it again, and the flyout shows the run',
  async () => {
    const { page, complaints, openGate, closeAll } = await openGatedPage()
    expect(await thinkingLines(page)).toEqual(seedLines.slice(0, 2))
    openGate(0)
    await page.waitForSelector(`.thinking .words:text-is("${seedLines[3]}")`)
    await page.reload()
    await page.waitForSelector(`.thinking .words:text-is("${seedLines[3]}")`)
    expect(await thinkingLines(page)).toEqual(seedRows)
    openGate(1)
    await page.waitForSelector('.answer')
    await page.click('.summary-link')
    await page.waitForSelector('#flyout:not([hidden]) .rows')
    const flyout = await page.textContent('#flyout')
    for (const line of seedLines) expect(flyout).toContain(line)
    expect(complaints).toEqual([])
    await closeAll()
  },
  60_000,
)

firefoxTest(
  'in Firefox a hidden tab has no stream, and shows every line when it becomes visible',
  async () => {
    const { page, slots, complaints, openGate, closeAll } = await openGatedPage()
    await setHidden(page, true)
    await until(() => slots.open === 0, 'the stream is closed')
    openGate(0)
    await setHidden(page, false)
    await page.waitForSelector(`.thinking .words:text-is("${seedLines[3]}")`)
    expect(await thinkingLines(page)).toEqual(seedRows)
    openGate(1)
    await page.waitForSelector('.answer')
    expect(complaints).toEqual([])
    await closeAll()
  },
  60_000,
)

firefoxTest(
  'in Firefox Stop ends a run, and Retry asks again',
  async () => {
    let hangs = true
    const script: Script = (request, turn) => (hangs ? 'hang' : seedFlow(request, turn))
    const { page, url, complaints, closeAll } = await openPage({ script })
    await page.goto(url)
    await ask(page, 'What is open?')
    await page.waitForSelector(`.thinking .words:text-is("${seedLines[0]}")`)
    await page.click('.stop')
    await page.waitForSelector('.summary.stopped')
    hangs = false
    await page.click('text=Retry')
    await page.waitForSelector('.turn:nth-of-type(2) .answer')
    expect(complaints).toEqual([])
    await closeAll()
  },
  60_000,
)

test.skipIf(!isInstalled || process.env.TEST_SLOW !== '1')(
  'with TEST_SLOW=1: all browser tests pass in Firefox',
  async () => {
    const child = Bun.spawn([process.execPath, 'run', 'test:firefox'], {
      // Without TEST_SLOW, because the tests that it starts include this one.
      env: { ...process.env, TEST_SLOW: '' },
      stdout: 'ignore',
      stderr: 'pipe',
    })
    const output = await new Response(child.stderr).text()
    expect(output.match(/^\(fail\).*$/gm)).toBeNull()
    expect(await child.exited).toBe(0)
  },
  600_000,
)
