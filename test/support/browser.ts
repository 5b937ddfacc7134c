import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress } from 'node:zlib'
import { type Browser, chromium, firefox } from 'playwright-core'
import packageFile from '../../package.json' with { type: 'json' }

type BrowserName = 'chromium' | 'firefox'

/** The browser of the tests: `chromium`, or `firefox` with `BROWSER=firefox`. */
export const browserName: BrowserName = process.env.BROWSER === 'firefox' ? 'firefox' : 'chromium'

/** Turns off requests to the network, and the sandbox, which does not work for root in a container. */
const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A machine without a mouse and a display gets those of a desktop, and no animations. */
const firefoxUserPrefs = {
  'ui.primaryPointerCapabilities': 6,
  'ui.allPointerCapabilities': 6,
  'ui.prefersReducedMotion': 1,
}

/** Opens a headless browser. */
export function openBrowser(name: BrowserName = browserName): Promise<Browser> {
  return name === 'firefox' ? openFirefox() : openChromium()
}

/** Where Debian installs Firefox. */
export const firefoxPath = '/usr/bin/firefox-esr'

/** An installed Firefox. Later versions of Playwright than 1.64 cannot open a page in it. */
function openFirefox(): Promise<Browser> {
  return firefox.launch({
    channel: 'moz-firefox',
    executablePath: firefoxPath,
    headless: true,
    firefoxUserPrefs,
  })
}

/**
 * Opens the browser at CHROMIUM_PATH, or the headless shell of `@sparticuz/chromium`, which opens a page with a third of the
 * CPU time of an installed Chromium. Where it cannot run, for example without its libraries, opens the Chromium of the system.
 */
async function openChromium(): Promise<Browser> {
  const { CHROMIUM_PATH } = process.env
  if (CHROMIUM_PATH !== undefined) return await launchChromium(CHROMIUM_PATH)
  try {
    return await launchChromium(await unpackHeadlessShell())
  } catch (error) {
    const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
    const installed = system.find(existsSync)
    if (installed === undefined) throw error
    return await launchChromium(installed)
  }
}

function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: chromiumArguments, headless: true })
}

/** The path of the headless shell. The package itself unpacks it in place, where another process finds half of a file. */
async function unpackHeadlessShell(): Promise<string> {
  const modules = join(import.meta.dir, '../../node_modules')
  const version = packageFile.devDependencies['@sparticuz/chromium']
  const folder = join(modules, '.cache', `chromium-${version}`)
  const path = join(folder, 'chromium')
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  const unfinished = `${path}-${process.pid}`
  await pipeline(
    createReadStream(join(modules, '@sparticuz/chromium/bin/chromium.br')),
    createBrotliDecompress(),
    createWriteStream(unfinished, { mode: 0o755 }),
  )
  renameSync(unfinished, path)
  return path
}
