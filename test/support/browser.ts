import { existsSync } from 'node:fs'
import sparticuz from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/** Turns off requests to the network, and the sandbox, which does not work for root in a container. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Opens a headless Chromium: the one of the system, or else the one in `@sparticuz/chromium`. */
export async function openBrowser(): Promise<Browser> {
  const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  const executablePath =
    process.env.CHROMIUM_PATH ?? system.find(existsSync) ?? (await sparticuz.executablePath())
  return await chromium.launch({ executablePath, args, headless: true })
}
