import type { Config } from '../config.ts'
import type { Log, LogFields } from '../core/log.ts'
import { createRedact } from '../core/redact.ts'

type Level = keyof Log
type Value = string | number | boolean
type LoggedError = { message: string; code?: string; stack?: string }
type Entry = {
  time: string
  level: Level
  message: string
  fields: Record<string, Value>
  /** The cause, then its own cause, and so on. */
  errors: LoggedError[]
}

/** The settings of a log. */
export type LogSettings = Pick<Config, 'logFormat' | 'logLevel'> &
  Partial<Pick<Config, 'redactPatterns'>>

/**
 * Makes the log of a process. It writes to standard error by default. `secrets` are values, such as API keys, that it
 * redacts wherever they occur: model servers repeat a wrong key in their error message. It redacts other secrets as well.
 */
export function createLog(
  { logFormat, logLevel, redactPatterns }: LogSettings,
  secrets: readonly string[] = [],
  write: (text: string) => void = (text) => void process.stderr.write(text),
): Log {
  const redact = createRedact(redactPatterns, secrets)
  const clean = (text: string) => redact(text.slice(0, maxRedactedLength)).slice(0, maxLength)
  const format = logFormat === 'json' ? asJson : asText
  const writeEntry = (level: Level, message: string, fields: LogFields = {}) => {
    if (severity[level] > severity[logLevel]) return
    write(`${format(readEntry(level, message, fields, clean))}\n`)
  }
  return {
    error: (message, fields) => writeEntry('error', message, fields),
    warn: (message, fields) => writeEntry('warn', message, fields),
    info: (message, fields) => writeEntry('info', message, fields),
  }
}

const severity = { error: 0, warn: 1, info: 2 } as const satisfies Record<Level, number>

/** Characters of one value. A stack of Bun has about 1,000. */
const maxLength = 8000
/** Bounds the work for one value. It is longer than what is written, so that no secret is cut before it is recognized. */
const maxRedactedLength = 65_536

/** An error and its causes. The bound also ends a chain that contains itself. */
const maxErrors = 6

type Clean = (text: string) => string

function readEntry(level: Level, message: string, given: LogFields, clean: Clean): Entry {
  const { cause, ...rest } = given
  const fields: Entry['fields'] = {}
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined) continue
    const isPlain = typeof value === 'number' || typeof value === 'boolean'
    fields[name] = isPlain ? value : clean(textOf(value))
  }
  const errors: LoggedError[] = []
  for (let next = cause; next !== undefined && errors.length < maxErrors; ) {
    errors.push(readError(next, clean))
    next = next instanceof Error ? next.cause : undefined
  }
  return { time: new Date().toISOString(), level, message: clean(message), fields, errors }
}

function readError(thrown: unknown, clean: Clean): LoggedError {
  if (!(thrown instanceof Error)) return { message: clean(textOf(thrown)) }
  return {
    message: clean(thrown.message),
    ...('code' in thrown && { code: clean(textOf(thrown.code)) }),
    ...(thrown.stack !== undefined && { stack: clean(thrown.stack) }),
  }
}

/** Values come from anywhere, and `String` throws for an object without a prototype. */
function textOf(value: unknown): string {
  try {
    return String(typeof value === 'object' ? JSON.stringify(value) : value)
  } catch {
    return '[unreadable]'
  }
}

function asJson({ time, level, message, fields, errors: [error, ...causes] }: Entry): string {
  const fixed = { time, level, message }
  // First for their place in the line, last because a field must not replace them.
  return JSON.stringify({ ...fixed, ...fields, ...fixed, error: error && { ...error, causes } })
}

function asText({ time, level, message, fields, errors }: Entry): string {
  const details = Object.entries(fields).map(([name, value]) => ` ${name}=${quoted(value)}`)
  const stacks = errors.map(({ message, code, stack = message }, index) => {
    const text = code === undefined ? stack : `${stack}\n(code ${code})`
    return `\n${index === 0 ? '' : 'caused by '}${text}`.replaceAll('\n', '\n  ')
  })
  const line = `${time} ${level} ${message.replace(/\s+/g, ' ')}${details.join('')}`
  return withoutControls(line + stacks.join(''))
}

/** Quotes what would look like several fields. */
function quoted(value: Value): string {
  const text = String(value)
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)
}

/** Text from elsewhere must not send escape sequences to a terminal. */
function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '')
}
