import { expect, test } from 'bun:test'
import { startPageServer } from '../support/page-server.ts'
import type { Script } from '../support/scripted-model.ts'
import { gate, seedFlow, seedRows } from '../support/scripts.ts'
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
      await page.waitFor('.thinking .tool:not(.running)')
      expect(await height()).toBe(oneLine)
      await page.evaluate('void (console.error = (text) => { sessionStorage.error = text })')
      await page.evaluate('void (document.body.id = "before"), location.reload()')
      await page.waitFor('body:not(#before) .thinking .tool:not(.running)')
      const lines = '[...document.querySelectorAll(".thinking .words")].map((li) => li.textContent)'
      expect(await page.evaluate(lines)).toEqual(seedRows)
      expect(await page.evaluate('sessionStorage.error')).toBeNull()
      held.open()
      await page.waitFor('.answer')
      await page.click('.summary-link')
      await page.waitFor('#flyout:not([hidden]) .rows')
    } finally {
      await page.close()
      await server.stop()
    }
  },
  60_000,
)
