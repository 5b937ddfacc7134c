import { expect, test } from 'bun:test'
import { ask, openPage, scriptlessTest, useBrowser } from '../support/page-server.ts'
import { isTriage, lastQuestion, resultText, type Script } from '../support/scripted-model.ts'
import { gate } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

const settings = { serviceNowWorkNotes: 'on' } as const
const note = { number: 'INC0010038', text: 'The cause is <b>schema drift</b>.' }
const waiting = '.approval:has-text("add_work_note waits for approval")'

/** The specialist writes one note, and answers with its result after `opened`. */
function noteScript(opened: Promise<void>): Script {
  return async (request, turn) => {
    if (isTriage(request)) {
      return { decide: [{ agent: 'ServiceNow', question: lastQuestion(request) }] }
    }
    if (turn === 0) return { call: [{ tool: 'add_work_note', arguments: note }] }
    await opened
    return { text: resultText(request.messages.findLast(({ role }) => role === 'tool')?.content) }
  }
}

test('a call that waits is shown in full in every tab and after a reload, and approved by keyboard', async () => {
  const { opened, open } = gate()
  const script = noteScript(opened)
  const { page, context, url, complaints, closeAll } = await openPage({ script }, {}, settings)
  await page.goto(url)
  await ask(page, 'Add a note')
  await page.waitForSelector(waiting)
  await page.reload()
  const other = await context.newPage()
  await other.goto(page.url())
  for (const tab of [page, other]) {
    await tab.waitForSelector(waiting)
    const shown = await tab.textContent('.approval')
    expect(shown).toContain(note.number)
    expect(shown).toContain(note.text)
  }
  await page.getByRole('button', { name: 'Approve add_work_note' }).press('Enter')
  for (const tab of [page, other]) {
    await tab.waitForSelector('.approval:has-text("add_work_note approved by")')
    expect(await tab.getByRole('button', { name: /add_work_note/ }).count()).toBe(0)
  }
  open()
  for (const tab of [page, other]) await tab.waitForSelector('.answer:has-text("added_to")')
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

scriptlessTest(
  'without JavaScript a call is denied with the form',
  async () => {
    const script = noteScript(Promise.resolve())
    const withoutScript = { javaScriptEnabled: false }
    const opened = await openPage({ script }, withoutScript, settings)
    const { page, url, complaints, open, post, get, closeAll } = opened
    const path = `/conversations/${await open()}`
    const run = crypto.randomUUID()
    const inBackground = { prefer: 'respond-async' }
    await post(`/api${path}/messages`, { message: 'Add a note', run }, inBackground)
    const events = async () => (await get(`/api${path}/runs/${run}`)).text()
    await until(async () => (await events()).includes('approval.requested'), 'the request')
    await page.goto(url + path)
    await page.waitForSelector(waiting)
    expect(await page.textContent('.approval')).toContain(note.text)
    await page.getByRole('button', { name: 'Deny add_work_note' }).click()
    await page.waitForSelector('.answer:has-text("the user denied the call")')
    expect(complaints).toEqual([])
    await closeAll()
  },
  60_000,
)
