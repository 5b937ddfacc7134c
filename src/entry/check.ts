import { readConfig, secretsOf } from '../config.ts'
import { openConnectors } from '../connectors/connectors.ts'
import { type CheckResult, runChecks } from '../core/check.ts'
import { asOpsError } from '../core/errors.ts'
import { wait } from '../core/wait.ts'

/** Longer than three tries of a request and of its token. */
const limitMs = 120_000

/** Tries every system of the settings, and writes what works. The exit code is 1 if something does not. */
async function check(): Promise<boolean> {
  const config = readConfig(process.env)
  const secrets = secretsOf(config)
  const write = (line: string) => {
    const text = secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, '[secret]'), line)
    process.stdout.write(`${text}\n`)
  }
  const { systems, checks } = openConnectors(config, { now: Date.now, wait })
  for (const { name, isLive } of systems) {
    if (!isLive) write(`-      ${name}: not set, so its data is sample data.`)
  }
  let works = true
  for await (const result of runChecks(checks, limitMs)) {
    works &&= result.works
    for (const line of linesOf(result)) write(line)
  }
  return works
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
