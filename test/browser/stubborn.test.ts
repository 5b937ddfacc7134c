import { expect, test } from 'bun:test'
import { ask, openPage, thinkingLines, useBrowser } from '../support/page-server.ts'
import type { Script } from '../support/scripted-model.ts'
import { gate, seedFlow, seedLines } from '../support/scripts.ts'
import { startStubbornProxy } from '../support/stubborn-proxy.ts'
import { expectNothingLeft } from '../support/test-server.ts'

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

test('behind a proxy that holds everything back the thinking still appears step by step, and the answer comes', async () => {
  const { script, open } = gatedScript()
  const { page, url, closeAll } = await openPage({ script })
  const proxy = await startStubbornProxy(url, { buffer: true })
  try {
    await page.goto(proxy.url)
    await ask(page, 'What is open?')
    await page.waitForSelector(`.thinking li:text-is("${seedLines[1]}")`)
    expect(await page.isVisible('.held-up-note')).toBe(true)
    open(0)
    await page.waitForSelector(`.thinking li:text-is("${seedLines[3]}")`)
    expect(await thinkingLines(page)).toEqual(seedLines.slice(0, 4))
    open(1)
    await page.waitForSelector('.answer')
    // The proxy comes to its senses: the next question is streamed again.
    proxy.mode = 'honest'
    await ask(page, 'And now?')
    await page.waitForSelector('.turn:nth-of-type(2) .answer')
    expect(await page.locator('.held-up').count()).toBe(0)
  } finally {
    await closeAll()
    await proxy.stop()
  }
}, 60_000)

test('behind a proxy that cuts every response the page comes back by itself, and misses nothing', async () => {
  const { script, open } = gatedScript()
  const { page, url, closeAll } = await openPage({ script })
  const proxy = await startStubbornProxy(url, { cutAfterMs: 1000 })
  try {
    await page.goto(proxy.url)
    await ask(page, 'What is open?')
    await page.waitForSelector(`.thinking li:text-is("${seedLines[1]}")`)
    const streams = page.waitForResponse(/\/thinking\?run=/)
    open(0)
    await streams
    await page.waitForSelector(`.thinking li:text-is("${seedLines[3]}")`)
    expect(await thinkingLines(page)).toEqual(seedLines.slice(0, 4))
    open(1)
    await page.waitForSelector('.answer')
  } finally {
    await closeAll()
    await proxy.stop()
  }
}, 60_000)
