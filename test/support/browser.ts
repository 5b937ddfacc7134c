import { existsSync } from 'node:fs'
import sparticuz from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/** What keeps a browser from looking for the network, and lets it run as root in a container. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Opens a headless Chromium: the system's, or else the one that comes in a package. */
export async function openBrowser(): Promise<Browser> {
  const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  const executablePath =
    process.env.CHROMIUM_PATH ?? system.find(existsSync) ?? (await sparticuz.executablePath())
  return await chromium.launch({ executablePath, args: quiet, headless: true })
}
