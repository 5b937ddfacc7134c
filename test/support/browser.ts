import { existsSync } from 'node:fs'
import sparticuz from '@sparticuz/chromium'
import { type Browser, chromium, firefox } from 'playwright-core'

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

/** The Chromium of the system, or else the one in `@sparticuz/chromium`. */
async function openChromium(): Promise<Browser> {
  const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  const executablePath =
    process.env.CHROMIUM_PATH ?? system.find(existsSync) ?? (await sparticuz.executablePath())
  return await chromium.launch({ executablePath, args: chromiumArguments, headless: true })
}
