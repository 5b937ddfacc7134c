import { parseArgs } from 'node:util'
import { type Examination, examine } from '../doctor/examination.ts'
import { report } from '../doctor/report.ts'
import { expectedSeconds, longest, NotExamined, type Target } from '../doctor/target.ts'
import { askHttpVersion } from './http-version.ts'

const usage = `Usage: bun run doctor URL [options]

Examines the way to a running OpsAgent: whether its streams come through, and what to change if not.

  --seconds N           watch the stream for so long: 20, at most ${longest.seconds}
  --thorough            watch for ${longest.seconds} s, and find out how long a POST may wait
  --header 'NAME: VALUE'  send this as well, to get past a sign-on; may be repeated
  --json                the report as JSON
  --help                this

Exit code: 0 all is well, 1 something breaks the stream, 2 there could be no examination.
`

const exitCodes = { fine: 0, broken: 1, notExamined: 2 } as const

/** What was asked for on the command line. */
type Asked = { target: Target; json: boolean }

async function main(): Promise<number> {
  let asked: Asked
  try {
    const read = readArguments(process.argv.slice(2))
    if (read === 'help') {
      process.stdout.write(usage)
      return exitCodes.fine
    }
    asked = read
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`)
    return exitCodes.notExamined
  }
  const { target, json } = asked
  try {
    const examination = await examine(target)
    process.stdout.write(json ? asJson(examination) : report(examination))
    return exitCodes[examination.verdict]
  } catch (error) {
    if (!(error instanceof NotExamined)) throw error
    const { message } = error
    if (json) process.stdout.write(asJson({ url: target.origin, verdict: 'not_examined', message }))
    process.stderr.write(`✗ No examination. ${message}\n`)
    return exitCodes.notExamined
  }
}

function asJson(value: Examination | Record<string, string>): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

/** @throws Error with a sentence about what is wrong */
function readArguments(given: string[]): Asked | 'help' {
  const { values, positionals } = parseArgs({
    args: given,
    allowPositionals: true,
    options: {
      seconds: { type: 'string' },
      thorough: { type: 'boolean', default: false },
      header: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return 'help'
  const { thorough, json } = values
  const origin = readOrigin(positionals)
  const fallback = thorough ? longest.seconds : 20
  const seconds = values.seconds === undefined ? fallback : Number(values.seconds)
  if (!(seconds >= 0.1 && seconds <= longest.seconds)) {
    throw new Error(`--seconds must be a number up to ${longest.seconds}.`)
  }
  const postSeconds = thorough ? longest.postSeconds : undefined
  const target: Target = {
    ...{ origin, seconds, postSeconds },
    fetch: fetchWith(values.header.map(readHeader)),
    now: () => performance.timeOrigin + performance.now(),
    httpVersion: () => askHttpVersion(origin),
    tell: (step) => process.stderr.write(`${step} …\n`),
  }
  process.stderr.write(`Examining ${origin}: about ${expectedSeconds(target)} s\n`)
  return { target, json }
}

function readOrigin(positionals: string[]): string {
  const [url = ''] = positionals
  if (positionals.length !== 1) throw new Error('Please give one address.')
  const isWeb = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
  if (!isWeb) throw new Error(`${url} is no address such as https://ops.example.com.`)
  return new URL(url).origin
}

function readHeader(text: string): [string, string] {
  const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(text) ?? []
  if (name === undefined || value === undefined) {
    throw new Error("--header must be such as 'cookie: name=value'.")
  }
  return [name, value]
}

/** Each request over a connection of its own, so that a balancer may show all that it has. */
function fetchWith(headers: [string, string][]): Target['fetch'] {
  return function fetchOnce(url, init = {}) {
    const sent = new Headers(init.headers)
    for (const [name, value] of headers) sent.append(name, value)
    return fetch(url, { ...init, headers: sent, redirect: 'manual', keepalive: false })
  }
}

process.exitCode = await main()
