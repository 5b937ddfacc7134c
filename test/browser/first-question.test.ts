import { expect, test } from 'bun:test'
import { ask, openPage, scriptlessTest, useBrowser } from '../support/page-server.ts'
import { behind, gate, seedFlow } from '../support/scripts.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

const example = 'Which incidents of priority 1 or 2 are open right now?'

test.each(['typed', 'example'])(
  'the first question (%s) creates a conversation and is posted once',
  async (kind) => {
    const { page, url, posts, complaints, closeAll } = await openPage({ script: seedFlow })
    await page.goto(url)
    if (kind === 'typed') await ask(page, example)
    else await page.click(`text=${example}`)
    await page.waitForSelector('.answer')
    expect(page.url()).toMatch(/\/conversations\/[0-9a-f-]{36}$/)
    expect(posts).toEqual([
      ['conversations', { model: 'scripted' }],
      ['messages', { message: example, run: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
    ])
    expect(await page.textContent('.question')).toBe(example)
    expect(await page.locator('.conversation').count()).toBe(1)
    expect(complaints).toEqual([])
    await closeAll()
  },
  60_000,
)

test('the first question is the title while it is thinking', async () => {
  const held = gate()
  const { page, url, closeAll } = await openPage({ script: behind(held, seedFlow) })
  await page.goto(url)
  await ask(page, 'What is open?')
  await page.waitForSelector('.thinking')
  expect(await page.textContent('#chat-title')).toBe('What is open?')
  expect(await page.textContent('.conversation .title')).toBe('What is open?')
  expect(await page.title()).toBe('… What is open? · OpsAgent')
  held.open()
  await page.waitForSelector('.answer')
  expect(await page.textContent('#chat-title')).toBe('What is open?')
  await closeAll()
}, 60_000)

test('while the conversation is created, the question cannot be sent twice and typing goes on', async () => {
  const { page, url, posts, closeAll } = await openPage({ script: seedFlow })
  const held = gate()
  await page.route('**/conversations', async (route) => {
    await held.opened
    await route.continue()
  })
  await page.goto(url)
  await ask(page, 'First?')
  await page.keyboard.type('Second?')
  await page.press('#message', 'Enter')
  expect(await page.locator('.examples button:enabled').count()).toBe(0)
  held.open()
  await page.waitForSelector('.answer')
  expect(posts.map(([path]) => path)).toEqual(['conversations', 'messages'])
  expect(await page.inputValue('#message')).toBe('Second?')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('message')
  await page.press('#message', 'Enter')
  await page.waitForSelector('.turn:nth-of-type(2) .answer')
  await closeAll()
}, 60_000)

test.each([409, 429, 503])(
  'when the conversation cannot be created (%d), a note says why and the question is kept',
  async (status) => {
    const { page, url, closeAll } = await openPage({ script: seedFlow })
    let refused = true
    await page.route('**/conversations', (route) =>
      refused
        ? route.fulfill({
            status,
            contentType: 'text/html',
            body: '<div class="error-note" role="alert"><p>Please try again later.</p></div>',
          })
        : route.continue(),
    )
    await page.goto(url)
    await page.click(`text=${example}`)
    await page.waitForSelector('#composer-note .error-note:has-text("Please try again later.")')
    expect(await page.inputValue('#message')).toBe(example)
    expect(page.url()).toBe(`${url}/`)
    refused = false
    await page.press('#message', 'Enter')
    await page.waitForSelector('.answer')
    expect(await page.locator('.error-note').count()).toBe(0)
    await closeAll()
  },
  60_000,
)

test.each([
  ['the server is not reached', 'OpsAgent cannot be reached.'],
  ['a proxy answers', 'OpsAgent cannot be reached.'],
  ['the user is signed out', 'You are signed out.'],
])(
  'when %s, the first question is kept',
  async (cause, notice) => {
    const { page, url, closeAll } = await openPage({ script: seedFlow })
    await page.route('**/conversations', (route) => {
      if (cause === 'the server is not reached') return route.abort('connectionrefused')
      const status = cause === 'a proxy answers' ? 502 : 401
      return route.fulfill({ status, contentType: 'text/html', body: '<h1>Proxy</h1>' })
    })
    await page.goto(url)
    await ask(page, 'What is open?')
    await page.waitForSelector(`#notice .error-note:has-text("${notice}")`)
    expect(await page.inputValue('#message')).toBe('What is open?')
    expect(await page.isVisible('.welcome')).toBe(true)
    await page.unroute('**/conversations')
    await page.press('#message', 'Enter')
    await page.waitForSelector('.answer')
    await closeAll()
  },
  60_000,
)

test('a question that is refused goes back into the composer, before text typed since', async () => {
  const held = gate()
  const { page, url, closeAll } = await openPage({ script: seedFlow }, {}, { questionsPerHour: 1 })
  await page.goto(url)
  await ask(page, 'First?')
  await page.waitForSelector('.answer')
  await page.route('**/messages', async (route) => {
    await held.opened
    await route.continue()
  })
  await ask(page, 'Second?')
  await page.fill('#message', 'Third?')
  held.open()
  await page.waitForSelector('#turns .error-note')
  expect(await page.inputValue('#message')).toBe('Second?\nThird?')
  await closeAll()
}, 60_000)

scriptlessTest(
  'without JavaScript an example is asked in one request',
  async () => {
    const window = { javaScriptEnabled: false }
    const { page, url, posts, closeAll } = await openPage({ script: seedFlow }, window)
    await page.goto(url)
    await page.click(`text=${example}`)
    await page.waitForURL(/\/conversations\/[0-9a-f-]{36}#run-[0-9a-f-]{36}$/)
    expect(posts).toMatchObject([['conversations', { message: example }]])
    expect(await page.textContent('.question')).toBe(example)
    await closeAll()
  },
  60_000,
)
