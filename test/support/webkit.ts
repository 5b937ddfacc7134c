import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Glob } from 'bun'
import { findProgram, freePorts } from './proxy-process.ts'
import { until } from './socket-server.ts'

/** The browser of WebKitGTK, which Debian installs outside the PATH. */
const [miniBrowser] = new Glob('usr/lib/*/webkit2gtk-4*/MiniBrowser').scanSync({
  cwd: '/',
  absolute: true,
})

/** Whether the Debian packages `webkit2gtk-driver` and `xvfb` are installed. */
export const hasWebkit = ['WebKitWebDriver', 'Xvfb'].every(findProgram) && miniBrowser !== undefined

/** A page in WebKit. Playwright cannot drive an installed WebKit, so this speaks WebDriver. */
export type WebkitPage = {
  goto: (url: string) => Promise<void>
  /** Waits until an element matches the selector. */
  waitFor: (selector: string) => Promise<void>
  click: (selector: string) => Promise<void>
  /** Types into an element. */
  type: (selector: string, text: string) => Promise<void>
  /** The value of a JavaScript expression in the page, which must be JSON. */
  evaluate: (expression: string) => Promise<unknown>
  close: () => Promise<void>
}

/** The code of WebDriver for the key Enter. */
export const enterKey = '\uE007'

/** Starts a display, the WebDriver server and the browser. */
export async function openWebkit(): Promise<WebkitPage> {
  const home = mkdtempSync(join(tmpdir(), 'opsagent-webkit-'))
  const xvfb = Bun.spawn(['Xvfb', '-displayfd', '1', '-screen', '0', '1440x900x24'], {
    stdout: 'pipe',
    stderr: 'ignore',
  })
  const display = await firstLine(xvfb.stdout)
  const [port = 0] = freePorts(1)
  const driver = Bun.spawn(['WebKitWebDriver', `--port=${port}`], {
    env: { PATH: process.env.PATH ?? '', HOME: home, DISPLAY: `:${display}` },
    stdout: 'ignore',
    stderr: 'ignore',
    // A new process group, so that `stop` can end its browser.
    detached: true,
  })
  const stop = async () => {
    process.kill(-driver.pid, 'SIGKILL')
    await driver.exited
    xvfb.kill()
    await xvfb.exited
    rmSync(home, { recursive: true, force: true })
  }
  try {
    return await openSession(`http://127.0.0.1:${port}`, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function openSession(driver: string, stop: () => Promise<void>): Promise<WebkitPage> {
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(driver + path, {
      method,
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    })
    const { value } = (await response.json()) as { value: unknown }
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`)
    return value
  }
  const isUp = () =>
    call('GET', '/status').then(
      () => true,
      () => false,
    )
  await until(isUp, 'the WebDriver server answers')
  const browserOptions = { binary: miniBrowser, args: ['--automation'] }
  const { sessionId } = (await call('POST', '/session', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': browserOptions } },
  })) as { sessionId: string }
  const send = (path: string, body: object) => call('POST', `/session/${sessionId}/${path}`, body)
  const evaluate = (expression: string) =>
    send('execute/sync', { script: `return ${expression}`, args: [] })
  const waitFor = (selector: string) =>
    until(
      async () =>
        (await evaluate(`!!document.querySelector(${JSON.stringify(selector)})`)) === true,
      `the page has ${selector}`,
    )
  /** The path of an element that is in the page by then. */
  const elementPath = async (selector: string) => {
    await waitFor(selector)
    const found = await send('element', { using: 'css selector', value: selector })
    return `element/${Object.values(found as Record<string, string>)[0]}`
  }
  return {
    evaluate,
    waitFor,
    goto: async (url) => void (await send('url', { url })),
    click: async (selector) => void (await send(`${await elementPath(selector)}/click`, {})),
    type: async (selector, text) =>
      void (await send(`${await elementPath(selector)}/value`, { text })),
    close: async () => {
      try {
        await call('DELETE', `/session/${sessionId}`)
      } finally {
        await stop()
      }
    },
  }
}

async function firstLine(output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of output) {
    text += decoder.decode(chunk, { stream: true })
    if (text.includes('\n')) break
  }
  return text.trim()
}
