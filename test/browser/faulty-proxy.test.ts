import { expect, test } from 'bun:test'
import { startFaultyProxy } from '../support/faulty-proxy.ts'
import { ask, openPage, thinkingLines, useBrowser } from '../support/page-server.ts'
import type { Script } from '../support/scripted-model.ts'
import { gate, seedFlow, seedLines, seedRows } from '../support/scripts.ts'
import { expectNothingLeft } from '../support/test-server.ts'
import { advanceTo, advanceToResponse, useClock } from './page-clock.ts'

useBrowser()
expectNothingLeft()

/** A model that waits at two gates: before the tool is called, and before the answer. */
function gatedScript() {
  const gates = [gate(), gate()]
  const script: Script = async (request, turn) => {
    if (!request.response_format) await gates[turn]?.opened
    return seedFlow(request, turn)
  }
  return { script, open: (turn: number) => gates[turn]?.open() }
}

test('behind a proxy that buffers every response the thinking appears step by step, and the answer arrives', async () => {
  const { script, open } = gatedScript()
  const { page, url, closeAll } = await openPage({ script })
  const proxy = await startFaultyProxy(url, 'buffer')
  try {
    await useClock(page)
    await page.goto(proxy.url)
    await ask(page, 'What is open?')
    await advanceTo(page, `.thinking .words:text-is("${seedLines[1]}")`)
    expect(await page.isVisible('.held-up-note')).toBe(true)
    open(0)
    await advanceTo(page, `.thinking .words:text-is("${seedLines[3]}")`)
    expect(await thinkingLines(page)).toEqual(seedRows)
    open(1)
    await page.waitForSelector('.answer')
    // From now on the proxy passes responses on: the next question is streamed.
    proxy.mode = 'pass'
    await ask(page, 'And now?')
    await page.waitForSelector('.turn:nth-of-type(2) .answer')
    expect(await page.locator('.held-up').count()).toBe(0)
  } finally {
    await closeAll()
    await proxy.stop()
  }
}, 60_000)

test('behind a proxy that cuts every response the page reconnects and misses no line', async () => {
  const { script, open } = gatedScript()
  const { page, url, closeAll } = await openPage({ script })
  const proxy = await startFaultyProxy(url)
  try {
    await useClock(page)
    await page.goto(proxy.url)
    await ask(page, 'What is open?')
    await page.waitForSelector(`.thinking .words:text-is("${seedLines[1]}")`)
    proxy.cut()
    await advanceToResponse(page, /\/thinking\?run=/)
    open(0)
    await advanceTo(page, `.thinking .words:text-is("${seedLines[3]}")`)
    expect(await thinkingLines(page)).toEqual(seedRows)
    proxy.cut()
    open(1)
    await advanceTo(page, '.answer')
    // The POST and the first stream, then at least the second stream.
    expect(proxy.counts.cut).toBeGreaterThanOrEqual(3)
  } finally {
    await closeAll()
    await proxy.stop()
  }
}, 60_000)
