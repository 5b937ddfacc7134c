import { z } from 'zod'
import { problemOfPatterns } from './redact-patterns.ts'

/**
 * What a setting has besides its zod type and default: the environment variable, one line for the documentation, and
 * whether the value must stay out of errors and logs.
 */
export const settingInfo = z.registry<{ variable: string; meaning: string; secret?: true }>()

/** @throws TypeError for a schema that is not a setting */
export function infoOf(schema: z.ZodType) {
  const info = settingInfo.get(schema)
  if (info === undefined) throw new TypeError('a setting without a variable')
  return info
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error })
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` })
}

/** Any text. */
export const text = z.string()

/** A value that is undefined while the variable is not set. */
export function optional<Output>(schema: z.ZodType<Output, string>) {
  // The transform keeps the key of the output required: `z.object` makes the key of a plain optional() optional.
  return schema.optional().transform((value) => value)
}

/** An API key. A line break or a space from copying it would make the request header invalid. */
export const apiKey = text.regex(/^[!-~]+$/, { error: 'must not contain spaces or line breaks' })

/** An HTTP or HTTPS URL. */
export const url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })

/** An HTTPS URL, or an HTTP URL of this machine: requests to it carry credentials. */
export const safeUrl = url.refine(
  (value) => /^https:|^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$)/i.test(value),
  { error: 'must be an https URL' },
)

/** A password or a key, without control characters. */
export const secret = text.regex(/^\P{Cc}+$/u, { error: 'must not contain control characters' })

/** A private key in PEM. Line breaks may be written as a backslash and an n, because many tools allow one line only. */
export const pem = text
  .regex(/^-----BEGIN PRIVATE KEY-----[\s\\\w+/=]+-----END PRIVATE KEY-----\s*$/, {
    error: 'must be a private key in PEM that begins with -----BEGIN PRIVATE KEY-----',
  })
  .transform((value) => value.replaceAll('\\n', '\n'))

/** The URL of a Postgres database. */
export const postgresUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'must be a URL such as postgres://user:password@host:5432/name',
})

/** The name of an HTTP header, in lower case. */
export const headerName = text
  .regex(/^[\w-]+$/, { error: 'must be the name of an HTTP header' })
  .transform((name) => name.toLowerCase())

/** A comma-separated list. Empty entries are dropped. */
export const list = text.transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
)

/** A list of entries such as `gpt-5-mini=0.25/2`: US dollars per million tokens, read and written. */
export const prices = list.transform((entries, context) => {
  const read = entries.map((entry) => /^(.+)=(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/.exec(entry))
  if (!read.every((match) => match !== null)) {
    context.addIssue({ code: 'custom', message: 'must be entries such as gpt-5-mini=0.25/2' })
    return z.NEVER
  }
  const named = read.map(([, model = '', input, output]) => {
    return [model, { input: Number(input), output: Number(output) }] as const
  })
  return Object.fromEntries(named)
})

/** A list of host names, in lower case. */
export const hostNames = list.transform((names) => names.map((name) => name.toLowerCase()))

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])

/** A list of IP addresses and networks. */
export const networks = list.refine(
  (entries) => entries.every((entry) => network.safeParse(entry).success),
  { error: 'must be addresses or networks such as 10.0.0.0/8, comma-separated' },
)

/** Regular expressions, separated by spaces, whose work is bounded. */
export const patterns = text.transform((value, context) => {
  const read = value.split(/\s+/).filter((pattern) => pattern !== '')
  const problem = problemOfPatterns(read)
  if (problem === undefined) return read
  context.addIssue({ code: 'custom', message: problem })
  return z.NEVER
})
