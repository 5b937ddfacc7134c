import { expect, test } from 'bun:test'
import { axeFindings } from '../support/axe.ts'
import { ask, openPage, useBrowser } from '../support/page-server.ts'
import { isTriage, type Script } from '../support/scripted-model.ts'
import { seedFlow, seedLines } from '../support/scripts.ts'
import { until } from '../support/socket-server.ts'
import { expectNothingLeft } from '../support/test-server.ts'
import { advanceTo, useClock } from './page-clock.ts'

useBrowser()
expectNothingLeft()

const windows = {
  'wide and light': { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  'wide and dark': { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
  'narrow and light': { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  'narrow and dark': { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
} as const

/** Without animations, so that no element is examined while it fades in. */
const withoutMotion = { reducedMotion: 'reduce' } as const

test.each(Object.entries(windows))(
  'in a %s window no state of the page overflows or violates an axe rule',
  async (_, window) => {
    let hang = false
    const script: Script = (request, turn) =>
      hang && !isTriage(request) ? 'hang' : seedFlow(request, turn)
    const { page, url, complaints, closeAll } = await openPage(
      { script },
      { ...window, ...withoutMotion },
    )
    const check = async (state: string) => {
      expect([state, await axeFindings(page)]).toEqual([state, []])
      const overflows = await page.evaluate(
        () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
      )
      expect([state, overflows]).toEqual([state, false])
    }
    await page.goto(url)
    await check('welcome')
    await ask(page, `What is open? ${'x'.repeat(500)}`)
    await page.waitForSelector('.answer')
    await page.getByRole('button', { name: 'Bad answer' }).click()
    await page.waitForSelector('.comment')
    await check('answered and rated')
    if (window.viewport.width < 500) await page.click('.sidebar-open')
    const item = page.locator('.conversation')
    await item.hover()
    await item.getByRole('button', { name: /^Options/ }).click()
    await item.getByRole('button', { name: 'Delete' }).click()
    await page.waitForSelector('#undo button:focus')
    await check('deleted, with undo')
    await page.click('#undo button')
    await page.keyboard.press('Escape')
    await page.evaluate(() => document.querySelector<HTMLElement>(':focus')?.blur())
    await page.keyboard.press('?')
    await page.waitForSelector('#shortcuts[open]')
    await check('shortcuts')
    await page.keyboard.press('Escape')
    await page.click('.summary-link')
    await page.waitForSelector('#flyout:not([hidden]) .rows')
    await page.locator('#flyout details').evaluateAll((all) => {
      for (const one of all) one.setAttribute('open', '')
    })
    await check('flyout')
    await page.keyboard.press('Escape')
    hang = true
    await ask(page, 'And now?')
    await page.waitForSelector(`.thinking .words:text-is("${seedLines[1]}")`)
    await check('thinking')
    await page.click('.stop')
    await page.waitForSelector('.summary.stopped')
    await check('stopped')
    expect(complaints).toEqual([])
    await closeAll()
  },
  60_000,
)

test('the flyout shows the run beside the chat, and ✕ and Escape close it', async () => {
  const { page, url, closeAll } = await openPage({ script: seedFlow })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.answer')
  const widthOfChat = async () => (await page.locator('#chat').boundingBox())?.width ?? 0
  const wide = await widthOfChat()
  await page.click('.summary-link')
  await page.waitForSelector('#flyout:not([hidden])')
  expect(await widthOfChat()).toBeLessThan(wide - 200)
  const flyout = await page.textContent('#flyout')
  for (const line of seedLines) expect(flyout).toContain(line)
  const box = await page.locator('#flyout').boundingBox()
  expect(box).toMatchObject({ y: 0, height: 900 })
  await page.click('.flyout-close')
  expect(await page.isVisible('#flyout')).toBe(false)
  expect(await widthOfChat()).toBe(wide)
  await page.click('.summary-link')
  await page.waitForSelector('#flyout:not([hidden]) .rows')
  await page.keyboard.press('Escape')
  expect(await page.isVisible('#flyout')).toBe(false)
  const focused = await page.evaluate(() => document.activeElement?.className)
  expect(focused).toContain('summary-link')
  await closeAll()
}, 60_000)

test('a conversation can be renamed, found and deleted', async () => {
  const { page, url, store, complaints, closeAll } = await openPage({ script: seedFlow })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.answer')
  const item = page.locator('.conversation')
  await item.getByRole('button', { name: /^Options/ }).click()
  await item.getByRole('button', { name: 'Rename' }).click()
  await item.getByRole('textbox').fill('Night <b>shift</b>')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.conversation .title:text-is("Night <b>shift</b>")')
  expect(await page.textContent('#chat-title')).toBe('Night <b>shift</b>')
  await page.goto(url)
  await ask(page, 'Something else?')
  await page.waitForSelector('.answer')
  await page.fill('input[type=search]', 'night')
  await page.waitForFunction(() => document.querySelectorAll('.conversation').length === 1)
  expect(await page.textContent('.conversation .title')).toBe('Night <b>shift</b>')
  await page.fill('input[type=search]', '')
  await page.waitForFunction(() => document.querySelectorAll('.conversation').length === 2)
  const second = page.locator('.conversation', { hasText: 'Something else?' })
  const remove = async () => {
    await second.getByRole('button', { name: /^Options/ }).click()
    await second.getByRole('button', { name: 'Delete' }).click()
    await page.waitForSelector('#undo:has-text("Deleted: Something else?")')
    expect(await second.isVisible()).toBe(false)
  }
  await remove()
  await page.click('#undo button')
  expect(await second.isVisible()).toBe(true)
  expect(await page.isVisible('#undo')).toBe(false)
  await remove()
  // A page that is left deletes at once.
  await page.goto(url)
  const kept = async () =>
    (await store.forOwner('local').listConversations({ limit: 9 })).conversations
  await until(async () => (await kept()).length === 1, 'the conversation is deleted')
  expect(complaints).toEqual([])
  await closeAll()
}, 60_000)

test('the field for a new title does not make the sidebar scroll sideways', async () => {
  const { page, url, closeAll } = await openPage({ script: seedFlow })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.answer')
  const item = page.locator('.conversation')
  await item.getByRole('button', { name: /^Options/ }).click()
  await item.getByRole('button', { name: 'Rename' }).click()
  await item.getByRole('textbox').waitFor()
  const list = page.locator('#conversations')
  const overflow = await list.evaluate((box) => box.scrollWidth - box.clientWidth)
  expect(overflow).toBe(0)
  await closeAll()
}, 60_000)

test('a deleted conversation goes when the time for undo is over, and the one next to it has the focus', async () => {
  const { page, url, store, closeAll } = await openPage()
  const own = store.forOwner('local')
  for (const [updatedAt, title] of ['Third?', 'Second?', 'First?'].entries()) {
    const id = crypto.randomUUID()
    await own.createConversation({ id, title, model: 'offline', createdAt: 0, updatedAt })
  }
  await useClock(page)
  await page.goto(url)
  const remove = async (title: string) => {
    const item = page.locator('.conversation', { hasText: title })
    await item.getByRole('button', { name: /^Options/ }).click()
    await item.getByRole('button', { name: 'Delete' }).click()
    await page.waitForSelector('#undo button:focus')
    await advanceTo(page, `body:not(:has(.conversation :text-is("${title}")))`)
    return await page.evaluate(() => document.activeElement?.textContent)
  }
  expect(await remove('Second?')).toStartWith('Third?')
  expect(await remove('Third?')).toStartWith('First?')
  expect(await remove('First?')).toEndWith('New conversation')
  expect((await own.listConversations({ limit: 9 })).conversations).toEqual([])
  await closeAll()
}, 60_000)

test('the chosen model is stored', async () => {
  const { default: OpenAI } = await import('openai')
  const client = new OpenAI({ apiKey: 'x', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0 })
  const models = ['small', 'large'] as [string, ...string[]]
  const model = { client, models, description: 'two', offline: false }
  const { page, url, get, closeAll } = await openPage({ model })
  await page.goto(url)
  await page.selectOption('#model', 'large')
  await ask(page, 'What is open?')
  await page.waitForSelector('.summary.failed')
  expect(await page.textContent('.failure p')).toStartWith('The model cannot be reached.')
  const id = page.url().split('/').pop()
  const kept = async () => (await (await get(`/api/conversations/${id}`)).json()) as object
  expect(await kept()).toMatchObject({ model: 'large' })
  const saved = page.waitForResponse((response) => response.request().method() === 'PUT')
  await page.selectOption('#model', 'small')
  await saved
  expect(await kept()).toMatchObject({ model: 'small' })
  await closeAll()
}, 60_000)

test('HTML in questions, tasks and answers is shown as text', async () => {
  const hostile = '<img src=x onerror=alert(1)><script>alert(2)</script> [x](javascript:alert(3))'
  const script: Script = (request) =>
    isTriage(request)
      ? { decide: [{ agent: 'ServiceNow', question: hostile }] }
      : { text: `${hostile}\n\n![pixel](https://evil.example/p.png)` }
  const { page, url, complaints, closeAll } = await openPage({ script })
  let dialogs = 0
  page.on('dialog', (dialog) => {
    dialogs += 1
    void dialog.dismiss()
  })
  await page.goto(url)
  await ask(page, hostile)
  await page.waitForSelector('.answer')
  await page.click('.summary-link')
  await page.waitForSelector('#flyout:not([hidden]) .rows')
  expect(await page.textContent('.question')).toBe(hostile)
  expect(await page.locator('#chat img, #chat script, #flyout img, #flyout script').count()).toBe(0)
  expect(await page.locator('a[href^="javascript"]').count()).toBe(0)
  expect([dialogs, complaints]).toEqual([0, []])
  await closeAll()
}, 60_000)

test('the first load transfers at most 60 KB, from this server only', async () => {
  const { page, url, closeAll } = await openPage({ script: seedFlow })
  let bytes = 0
  const hosts = new Set<string>()
  const sizes: Promise<void>[] = []
  page.on('requestfinished', (request) => {
    hosts.add(new URL(request.url()).origin)
    sizes.push(
      request.sizes().then(({ responseBodySize }) => {
        bytes += responseBodySize
      }),
    )
  })
  await page.goto(url, { waitUntil: 'networkidle' })
  await Promise.all(sizes)
  expect([...hosts]).toEqual([url])
  expect(bytes).toBeGreaterThan(10_000)
  expect(bytes).toBeLessThan(60_000)
  await closeAll()
}, 60_000)

test('the page shows that the model is offline and the data is a sample', async () => {
  const { page, url, closeAll } = await openPage()
  await page.goto(url)
  expect(await page.textContent('.badges')).toBe('Offline modelSample data')
  await page.click('text=Which incidents of priority 1 or 2 are open right now?')
  await page.waitForSelector('.answer')
  expect(await page.textContent('.answer')).toContain('This is sample data, not your systems.')
  await closeAll()
}, 60_000)
