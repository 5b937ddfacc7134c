import { afterAll, beforeAll, expect, test } from 'bun:test'
import { buildEdge } from '../../src/entry/edge-build.ts'
import { startWorkerd } from '../../src/entry/workerd.ts'
import { ask, openContext, thinkingLines, useBrowser } from '../support/page-server.ts'
import { type Script, startScriptedModel } from '../support/scripted-model.ts'
import { behind, gate, seedFlow, seedLines, seedRows } from '../support/scripts.ts'
import { makeDataDir } from '../support/server-process.ts'

useBrowser()

const { path: folder, remove } = makeDataDir()
let script: Script = seedFlow
const model = startScriptedModel((request, turn) => script(request, turn))
let worker: Awaited<ReturnType<typeof startWorkerd>>
beforeAll(async () => {
  await buildEdge(folder)
  const bindings = { OPENAI_BASE_URL: model.url, OPENAI_MODEL: 'scripted' }
  worker = await startWorkerd({ folder, bindings, onLog() {} })
}, 60_000)
afterAll(async () => {
  await worker.stop()
  model.stop()
  remove()
})

/** Opens a page of the Worker, whose model replies by `given` from now on. */
async function openEdgePage(given: Script) {
  script = given
  const { page, context, complaints } = await openContext()
  return { page, url: worker.url, complaints, closeAll: () => context.close() }
}

/** Calls the tool, and answers when the gate is open. */
const answersBehind =
  (held: ReturnType<typeof gate>): Script =>
  async (request, turn) => {
    if (turn > 0) await held.opened
    return seedFlow(request, turn)
  }

test('a question is asked, its lines arrive live, and the answer replaces them', async () => {
  const held = gate()
  const { page, url, complaints, closeAll } = await openEdgePage(answersBehind(held))
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector(`.thinking .words:text-is("${seedLines[3]}")`)
  expect(await thinkingLines(page)).toEqual(seedRows)
  held.open()
  await page.waitForSelector('.answer')
  expect(await page.textContent('.answer')).toContain('change requests are open')
  expect(await page.title()).toBe('What is open? · OpsAgent')
  await page.click('.summary-link')
  await page.waitForSelector('#flyout:has-text("Calling list_change_requests...")')
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('a reload in the middle shows every line, and the answer arrives', async () => {
  const held = gate()
  const { page, url, closeAll } = await openEdgePage(answersBehind(held))
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector(`.thinking .words:text-is("${seedLines[3]}")`)
  await page.reload()
  await page.waitForSelector(`.thinking .words:text-is("${seedLines[3]}")`)
  expect(await thinkingLines(page)).toEqual(seedRows)
  held.open()
  await page.waitForSelector('.answer')
  await closeAll()
}, 60_000)

test('Stop ends a run', async () => {
  const held = gate()
  const { page, url, closeAll } = await openEdgePage(behind(held, seedFlow))
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.thinking .row')
  await page.click('.stop')
  await page.waitForSelector('.summary.stopped')
  held.open()
  await closeAll()
}, 60_000)
