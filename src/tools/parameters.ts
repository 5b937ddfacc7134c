import { z } from 'zod'

/** Optional text of the model, 1 to 200 characters, that the source system matches loosely. */
export function text(description: string) {
  return z.string().trim().min(1).max(200).exactOptional().describe(description)
}

/**
 * An optional list of the given values. A single value is read as a list of one, because models
 * write `"priority": 1`; the JSON Schema shows the list only.
 */
export function anyOf<const Value extends string | number>(
  values: readonly Value[],
  description: string,
) {
  return z
    .preprocess(
      (given) => (Array.isArray(given) ? given : [given]),
      z.array(z.literal(values)).min(1),
    )
    .exactOptional()
    .describe(description)
}

/** How many records a list returns: 1 to 50, 20 by default. */
export const limit = z
  .int()
  .min(1)
  .max(50)
  .default(20)
  .describe('The most records to return, 1 to 50. `total` counts all that match. Example: 10')

/**
 * An optional date or time, read as ISO 8601 in UTC with milliseconds. A date alone is its first
 * moment as a `from` and its last as a `to`. A time without an offset is UTC.
 */
export function time(edge: 'from' | 'to', description: string) {
  return z
    .string()
    .transform((given, context) => {
      const written = given.trim()
      if (isoDate.safeParse(written).success) {
        return edge === 'from' ? `${written}T00:00:00.000Z` : `${written}T23:59:59.999Z`
      }
      if (isoTime.safeParse(written).success) {
        return new Date(/Z|[+-]\d\d:\d\d$/.test(written) ? written : `${written}Z`).toISOString()
      }
      context.addIssue(
        `"${written}" is not an ISO 8601 date or time. Write 2026-08-01 or 2026-08-01T06:00:00Z.`,
      )
      return z.NEVER
    })
    .exactOptional()
    .describe(`${description} ISO 8601 in UTC. Example: 2026-08-01 or 2026-08-01T06:00:00Z`)
}

const isoDate = z.iso.date()
const isoTime = z.iso.datetime({ offset: true, local: true })

/** A ticket number such as `CHG0030412`. Corrects lower case, spaces and a missing prefix. */
export function ticketNumber(prefix: 'CHG' | 'INC', example: string) {
  const shape = new RegExp(`^(?:${prefix})?0*(\\d{1,7})$`)
  return z.string().transform((given, context) => {
    const digits = shape.exec(given.toUpperCase().replace(/[\s#_-]/g, ''))?.[1]
    if (digits !== undefined) return prefix + digits.padStart(7, '0')
    context.addIssue(
      `"${given}" is not a ${prefix} number. Write ${prefix} and 7 digits: ${example}.`,
    )
    return z.NEVER
  })
}

/** The arguments of `refine` that refuse a range whose start is later than its end. */
export function inOrder(
  from: string,
  to: string,
): [check: (args: Record<string, unknown>) => boolean, issue: { message: string; path: string[] }] {
  return [
    ({ [from]: first, [to]: last }) =>
      first === undefined || last === undefined || String(first) <= String(last),
    { message: `${from} is later than ${to}: swap them or leave one out.`, path: [from] },
  ]
}
