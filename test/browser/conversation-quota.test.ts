import { expect, test } from 'bun:test'
import { ask, openPage, useBrowser } from '../support/page-server.ts'
import { seedFlow } from '../support/scripts.ts'
import { expectNothingLeft } from '../support/test-server.ts'

useBrowser()
expectNothingLeft()

test.each([1440, 390])(
  'at the quota of conversations a first question stays in the composer, with a note above it, at a width of %d',
  async (width) => {
    const window = { viewport: { width, height: 844 } }
    const settings = { conversationsPerHour: 1 }
    const { page, url, closeAll } = await openPage({ script: seedFlow }, window, settings)
    await page.goto(url)
    await ask(page, 'First?')
    await page.waitForSelector('.answer')
    await page.goto(url)
    await ask(page, 'Second?')
    await page.waitForSelector('#composer-note .error-note')
    expect(await page.textContent('#composer-note')).toContain(
      'You have reached the limit of new conversations, which is 1 per hour.',
    )
    expect(await page.inputValue('#message')).toBe('Second?')
    expect(await page.isVisible('.welcome')).toBe(true)
    await closeAll()
  },
  60_000,
)

test('without JavaScript the quota of conversations is an error page', async () => {
  const settings = { conversationsPerHour: 1 }
  const window = { javaScriptEnabled: false }
  const { page, url, closeAll } = await openPage({ script: seedFlow }, window, settings)
  for (const question of ['First?', 'Second?']) {
    await page.goto(url)
    await page.fill('#message', question)
    await page.click('.send')
    await page.waitForLoadState()
  }
  expect(await page.textContent('body')).toContain(
    'You have reached the limit of new conversations',
  )
  await closeAll()
}, 60_000)
