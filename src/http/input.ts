import { zValidator } from '@hono/zod-validator'
import type { ValidationTargets } from 'hono'
import { createMiddleware } from 'hono/factory'
import { z } from 'zod'
import { maxCommentCharacters } from '../../views/turn-actions.tsx'
import { cleanText } from '../core/clean-text.ts'
import { OpsError } from '../core/errors.ts'

/** An id from a client: any UUID, converted to lower case. */
export const uuid = z.guid('must be a UUID').transform((id) => id.toLowerCase())

/** The run in a path. */
export const runPath = z.object({ run: uuid })

/** A tool call in a path, by its span. */
export const approvalPath = runPath.extend({ span: z.string().regex(/^\d{1,9}$/) })

/** The decision of a user about a tool call. */
export const decisionInput = z.object({ decision: z.enum(['approve', 'deny']) })

/** Marks a rule whose violation is a `413`. */
const tooLong = {}

/** A question, and the run id that the client chose for it. */
export function questionInput(maxBytes: number) {
  return z.object({ message: messageText(maxBytes), run: uuid.optional() })
}

/** A question: not empty, and at most so many bytes. NUL is removed, because not every database stores it. */
export function messageText(maxBytes: number) {
  return z
    .string()
    .transform((text) => text.toWellFormed().replaceAll('\0', '').replaceAll('\r\n', '\n').trim())
    .refine((text) => text !== '', 'must not be empty')
    .refine((text) => new TextEncoder().encode(text).length <= maxBytes, {
      message: `must not be longer than ${maxBytes} bytes`,
      params: tooLong,
    })
}

/** A title: one line, not empty, at most so many characters, none of which reorders the page around it. */
export function titleText(maxCharacters: number) {
  return z
    .string()
    .transform((text) => cleanText(text.replaceAll(/\0/g, ' ')).replaceAll(/\s+/g, ' ').trim())
    .refine((text) => text !== '', 'must not be empty')
    .refine((text) => text.length <= maxCharacters, {
      message: `must not be longer than ${maxCharacters} characters`,
      params: tooLong,
    })
}

/** What a user thinks of an answer; `none` takes it back. */
export const feedbackInput = z
  .object({
    rating: z.enum(['up', 'down', 'none']),
    comment: z
      .string()
      .transform((text) => cleanText(text.replaceAll('\0', '')).trim())
      .refine((text) => text.length <= maxCommentCharacters, {
        message: `must not be longer than ${maxCommentCharacters} characters`,
        params: tooLong,
      })
      .optional(),
  })
  .transform(({ rating, comment }) =>
    rating === 'none' ? undefined : { rating, ...(comment ? { comment } : {}) },
  )

/** The length of a search. */
export const maxSearchCharacters = 200

/** A search. NUL is removed, because SQLite ends a text there. */
export const searchText = z
  .string()
  .max(maxSearchCharacters, `must not be longer than ${maxSearchCharacters} characters`)
  .transform((text) => text.replaceAll('\0', '').trim())

/**
 * Validates one part of a request.
 * @throws OpsError `bad_input` with the field and what it accepts; `not_found` for a path; `too_large`
 */
export function valid<Target extends keyof ValidationTargets, Schema extends z.ZodType>(
  target: Target,
  schema: Schema,
) {
  return zValidator(target, schema, (result) => {
    if (result.success) return
    if (target === 'param') throw new OpsError('not_found')
    const [issue] = result.error.issues
    const field = issue?.path.join('.') ?? ''
    const problem = issue?.message ?? 'is not valid'
    const code = issue?.code === 'custom' && issue.params === tooLong ? 'too_large' : 'bad_input'
    throw new OpsError(code, { field, message: sentence(field, problem) })
  })
}

function sentence(field: string, problem: string): string {
  const text = field === '' ? problem : `${field}: ${problem}`
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** Accepts JSON bodies only. @throws OpsError `unsupported_media_type` */
export const jsonOnly = createMiddleware(async function requireJson(c, next) {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) {
    throw new OpsError('unsupported_media_type', { message: 'Please send application/json.' })
  }
  await next()
})
