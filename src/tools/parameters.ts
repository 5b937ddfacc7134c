import { z } from 'zod'

/**
 * Words of the model that the source system matches loosely: part of a name, any case, hyphens or
 * spaces.
 */
export function words(description: string) {
  return z.string().trim().min(1).max(200).exactOptional().describe(description)
}

/** How many records a list may hold: 1 to 50, 20 unless told. */
export const limit = z
  .int()
  .min(1)
  .max(50)
  .default(20)
  .describe('How many to list at most, 1 to 50. `total` counts all that match. Example: 10')

/**
 * A date or a time, made a full time in UTC. A date alone is its first moment as a `from` and its
 * last as a `to`; a time without an offset is UTC.
 */
export function time(edge: 'from' | 'to', description: string) {
  return z
    .string()
    .transform((given, context) => {
      const text = given.trim()
      if (isoDate.safeParse(text).success) {
        return edge === 'from' ? `${text}T00:00:00.000Z` : `${text}T23:59:59.999Z`
      }
      if (isoTime.safeParse(text).success) {
        return new Date(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`).toISOString()
      }
      context.addIssue(
        `"${text}" is not an ISO 8601 date or time. Write 2026-08-01 or 2026-08-01T06:00:00Z.`,
      )
      return z.NEVER
    })
    .exactOptional()
    .describe(
      `${description} ISO 8601 in UTC, a date or a time: 2026-08-01 or 2026-08-01T06:00:00Z`,
    )
}

const isoDate = z.iso.date()
const isoTime = z.iso.datetime({ offset: true, local: true })

/** The number of a ticket, `CHG0030412`. Lower case, spaces and a missing prefix are put right. */
export function ticketNumber(prefix: 'CHG' | 'INC', example: string) {
  const shape = new RegExp(`^(?:${prefix})?0*(\\d{1,7})$`)
  return z.string().transform((given, context) => {
    const digits = shape.exec(given.toUpperCase().replace(/[\s#_-]/g, ''))?.[1]
    if (digits !== undefined) return prefix + digits.padStart(7, '0')
    context.addIssue(
      `"${given}" is not a number of this kind. Write ${prefix} and 7 digits: ${example}.`,
    )
    return z.NEVER
  })
}

/** Refuses a span that ends before it begins; the model has then swapped the two. */
export function inOrder(
  from: string,
  to: string,
): [check: (args: Record<string, unknown>) => boolean, told: { message: string; path: string[] }] {
  return [
    ({ [from]: first, [to]: last }) =>
      first === undefined || last === undefined || String(first) <= String(last),
    { message: `${from} is later than ${to}: swap them or leave one out.`, path: [from] },
  ]
}
