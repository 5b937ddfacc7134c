import { expect, test } from 'bun:test'
import { startPageServer } from '../support/page-server.ts'
import type { Script } from '../support/scripted-model.ts'
import { gate, seedFlow, seedLines } from '../support/scripts.ts'
import { expectNothingLeft } from '../support/test-server.ts'
import { enterKey, hasWebkit, openWebkit } from '../support/webkit.ts'

expectNothingLeft()

test.skipIf(!hasWebkit)(
  'in WebKit the composer grows, the thinking arrives live, a reload shows it again without an error, and the answer arrives',
  async () => {
    const held = gate()
    const script: Script = async (request, turn) => {
      if (turn === 1) await held.opened
      return seedFlow(request, turn)
    }
    const server = await startPageServer({ script })
    const page = await openWebkit()
    try {
      await page.goto(server.url)
      const height = () => page.evaluate('document.querySelector("#message").clientHeight')
      const oneLine = Number(await height())
      await page.type('#message', `What is open? ${'word '.repeat(60)}`)
      expect(Number(await height())).toBeGreaterThan(oneLine * 2)
      await page.type('#message', enterKey)
      await page.waitFor('.thinking li:nth-child(4)')
      expect(await height()).toBe(oneLine)
      await page.evaluate('void (console.error = (text) => { sessionStorage.error = text })')
      await page.evaluate('void (document.body.id = "before"), location.reload()')
      await page.waitFor('body:not(#before) .thinking li:nth-child(4)')
      const lines =
        '[...document.querySelectorAll(".thinking .lines li")].map((li) => li.textContent)'
      expect(await page.evaluate(lines)).toEqual(seedLines.slice(0, 4))
      expect(await page.evaluate('sessionStorage.error')).toBeNull()
      held.open()
      await page.waitFor('.answer')
      await page.click('.summary-link')
      await page.waitFor('#flyout:not([hidden]) .steps')
    } finally {
      await page.close()
      await server.stop()
    }
  },
  60_000,
)
