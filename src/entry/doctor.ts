import { parseArgs } from 'node:util'
import { examine, expectedSeconds, longest, type Target } from '../doctor/examination.ts'
import { type Examination, report } from '../doctor/report.ts'
import { NotExamined } from '../doctor/server-probe.ts'
import { readHttpVersion } from './http-version.ts'

const usage = `Usage: bun run doctor URL [options]

Examines the path to a running OpsAgent: whether event streams work, and what to change if not.

  --seconds N             read the stream for N seconds (default 20, at most ${longest.seconds})
  --thorough              read the stream for ${longest.seconds} s, and measure how long a POST may wait
  --header 'NAME: VALUE'  add a header to each request, such as a session cookie; repeatable
  --json                  print the report as JSON
  --help                  print this text

Exit codes: 0 streams work, 1 something disturbs streams, 2 no examination was possible.
`

const exitCodes = { fine: 0, broken: 1, notExamined: 2 } as const

type Options = { target: Target; json: boolean }

async function main(): Promise<number> {
  let options: Options
  try {
    const parsed = parseOptions()
    if (parsed === 'help') {
      process.stdout.write(usage)
      return exitCodes.fine
    }
    options = parsed
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    process.stderr.write(`${message}\n\n${usage}`)
    return exitCodes.notExamined
  }
  const { target, json } = options
  process.stderr.write(`Examining ${target.origin} for about ${expectedSeconds(target)} s\n`)
  try {
    const examination = await examine(target)
    process.stdout.write(json ? toJson(examination) : report(examination))
    return exitCodes[examination.verdict]
  } catch (error) {
    if (!(error instanceof NotExamined)) throw error
    const { message } = error
    if (json) process.stdout.write(toJson({ url: target.origin, verdict: 'not_examined', message }))
    process.stderr.write(`✗ No examination. ${message}\n`)
    return exitCodes.notExamined
  }
}

function toJson(value: Examination | Record<string, string>): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

/** @throws Error with a message for the user */
function parseOptions(): Options | 'help' {
  const { values, positionals } = parseArgs({
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
  const origin = parseOrigin(positionals)
  const headers = values.header.map(parseHeader)
  const seconds = Number(values.seconds ?? (thorough ? longest.seconds : 20))
  if (!(seconds >= 0.1 && seconds <= longest.seconds)) {
    throw new Error(`--seconds must be a number from 0.1 to ${longest.seconds}.`)
  }
  const target: Target = {
    origin,
    seconds,
    postSeconds: thorough ? longest.postSeconds : undefined,
    fetch: (url, init) =>
      fetch(url, {
        ...init,
        headers: [...headers, ...new Headers(init?.headers)],
        redirect: 'manual',
        // Opens a connection per request, so that a load balancer can choose another process each time.
        keepalive: false,
      }),
    now: () => performance.timeOrigin + performance.now(),
    httpVersion: () => readHttpVersion(origin),
    onStep: (step) => process.stderr.write(`${step} …\n`),
  }
  return { target, json }
}

function parseOrigin(positionals: string[]): string {
  const [text = ''] = positionals
  if (positionals.length !== 1) throw new Error('Give exactly one URL.')
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error(`${text} is not a URL such as https://ops.example.com.`)
  }
  return url.origin
}

function parseHeader(text: string): [string, string] {
  const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(text) ?? []
  if (name === undefined || value === undefined) {
    throw new Error("--header must look like 'cookie: name=value'.")
  }
  return [name, value]
}

process.exitCode = await main()
