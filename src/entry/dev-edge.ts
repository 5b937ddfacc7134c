import { join, resolve } from 'node:path'
import { readConfig, settingVariables } from '../config.ts'
import { buildEdge } from './edge-build.ts'
import { startWorkerd } from './workerd.ts'

/**
 * `bun run dev:edge`: runs the Worker in workerd on this machine, without an account and without a network. The settings are
 * environment variables, as for `bun start`. The objects are stored in DATA_DIR.
 */
async function devEdge(environment: Record<string, string | undefined>): Promise<void> {
  const { dataDir, host, port, runbooksDir } = readConfig(environment)
  const folder = resolve(dataDir, 'edge')
  await buildEdge(folder, runbooksDir)
  const bindings: Record<string, string> = {}
  for (const name of settingVariables) {
    const value = environment[name]
    if (value !== undefined && !localSettings.includes(name)) bindings[name] = value
  }
  const objects = join(folder, 'objects')
  const { url } = await startWorkerd({ folder, bindings, host, port, objects })
  // Miniflare stops workerd at SIGINT and SIGTERM.
  process.stdout.write(`OpsAgent runs in workerd on ${url}. Stop it with Ctrl-C.\n`)
}

/** Settings of this command, which have no effect in a Worker. */
const localSettings = ['DATA_DIR', 'HOST', 'PORT', 'RUNBOOKS_DIR']

await devEdge(process.env)
