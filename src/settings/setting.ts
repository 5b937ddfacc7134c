import { z } from 'zod'

/** One setting: its environment variable, what holds without it, how it is read and what it means. */
export type Setting<Schema extends z.ZodType> = {
  name: string
  fallback: string
  schema: Schema
  meaning: string
}

/** Describes a setting. */
export function setting<Schema extends z.ZodType>(
  name: string,
  fallback: string,
  schema: Schema,
  meaning: string,
): Setting<Schema> {
  return { name, fallback, schema, meaning }
}

/** A whole number in a range. */
export const integer = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error })
}

/** Any text, without the space around it. */
export const text = z.string().trim()

/** Several texts with commas between them. */
export const names = text.transform((list) =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== ''),
)

/** A text, or undefined where there is none. */
export const optional = text.transform((value) => (value === '' ? undefined : value))

/** An address of the web, or undefined where there is none. */
export const optionalUrl = z
  .union([z.literal(''), z.url({ protocol: /^https?$/, error: 'must be a http(s) address' })])
  .transform((value) => (value === '' ? undefined : value))
