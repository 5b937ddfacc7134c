import { version } from '../../package.json' with { type: 'json' }
import { Model } from '../agents/model.ts'
import { modelChecks } from '../agents/model-checks.ts'
import { createBuiltIn } from '../build.ts'
import { type Config, readConfig, secretsOf } from '../config.ts'
import { openModelTokens } from '../connectors/azure/model-tokens.ts'
import { openConnectors } from '../connectors/connectors.ts'
import { type Check, type CheckResult, runChecks } from '../core/check.ts'
import { asOpsError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { createRedact } from '../core/redact.ts'
import { wait } from '../core/wait.ts'
import { openModel } from '../models/client.ts'
import { openSpecialists } from '../specialists.ts'
import { loadAgentsFile } from './agents.ts'
import { createLog } from './log.ts'
import { openMcpProcess } from './mcp-process.ts'
import { openRunbooks } from './runbooks.ts'

/** Longer than three tries of a request and of its token. */
const limitMs = 120_000

/**
 * Tries the model, every system of the settings, and the MCP servers and APIs of the agents file. It writes what works. The
 * exit code is 1 if something does not.
 */
async function check(): Promise<boolean> {
  const config = readConfig(process.env)
  const agentsFile = await loadAgentsFile(config, process.env)
  const secrets = [...secretsOf(config), ...(agentsFile?.secrets ?? [])]
  const redact = createRedact(config.redactPatterns, secrets)
  const write = (line: string) => process.stdout.write(`${redact(line)}\n`)
  // The results say everything that it would say.
  const log: Log = { ...createLog(config, secrets), warn: () => {} }
  const opened = openConnectors(config, { now: Date.now, wait })
  const { systems, checks } = opened
  const { sources } = await openSpecialists(createBuiltIn(config, { now: Date.now }, opened), {
    version,
    openProcess: openMcpProcess,
    log,
    monotonicMs: () => performance.now(),
    ...(agentsFile && { agentsFile }),
    ...(config.runbooksDir && { runbooks: await openRunbooks(config.runbooksDir, log) }),
  })
  for (const { name, isLive } of systems) {
    if (!isLive) write(`-      ${name}: not set, so its data is sample data.`)
  }
  const own = agentsFile?.specialists.flatMap(({ model }) => model ?? []) ?? []
  const models = checksOfModel(config, own, log)
  if (models.length === 0) write('-      model: not set, so the offline model answers.')
  let works = true
  for await (const result of runChecks([...models, ...checks, ...sources.checks], limitMs)) {
    works &&= result.works
    for (const line of linesOf(result)) write(line)
  }
  await sources.close()
  return works
}

/** The models of the settings and of the specialists of the agents file, each without its fallback. */
function checksOfModel(config: Config, own: readonly string[], log: Log): Check[] {
  const offlineFetch = () => Promise.reject(new Error('the offline model is not checked'))
  const entra = openModelTokens(config, { now: Date.now, wait })
  const access = openModel(config, { offlineFetch, entra })
  if (access.offline) return []
  const { client, models, fallback, entra: way } = access
  const modelOf = (one: typeof client) => {
    return new Model({ client: one, log, monotonicMs: () => performance.now() })
  }
  const checks = modelChecks(modelOf(client), [...models, ...own], way && ` with ${way}`)
  if (fallback === undefined) return checks
  const isChecked = fallback.client === client && [...models, ...own].includes(fallback.model)
  if (isChecked) return checks
  const others = modelChecks(modelOf(fallback.client), [fallback.model], ' (fallback)')
  return [...checks, ...others]
}

function linesOf({ name, works, text, hint }: CheckResult): string[] {
  // The reader is the operator whom the sentence for users names.
  const own = text.replace(/ Ask the operator of this server .*$/, '')
  const head = `${works ? 'works ' : 'FAILS '} ${name}: ${own}`
  return hint === undefined ? [head] : [head, `       ${hint}`]
}

try {
  process.exitCode = (await check()) ? 0 : 1
} catch (error) {
  process.stderr.write(`The check cannot start. ${asOpsError(error).message}\n`)
  process.exitCode = 1
}
