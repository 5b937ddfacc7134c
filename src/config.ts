import type { z } from 'zod'
import { settingsSchema } from './config/settings.ts'
import { infoOf } from './config/values.ts'
import { OpsError } from './core/errors.ts'

/** All settings. Names carry their unit. A setting without a default is undefined while it is not set. */
export type Config = z.output<typeof settingsSchema>

/**
 * Reads the settings from environment variables. An empty variable counts as not set.
 * @throws OpsError `bad_setting` with one sentence: the variable, its value unless it is secret, and what is valid
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const given: Record<string, string | undefined> = {}
  for (const [field, schema] of Object.entries(settingsSchema.shape)) {
    given[field] = environment[infoOf(schema).variable]?.trim() || undefined
  }
  const read = settingsSchema.safeParse(given)
  if (read.success) return read.data
  throw new OpsError('bad_setting', { message: `${problemOf(read.error, given)}.` })
}

/** The environment variables of all settings. */
export const settingVariables: readonly string[] = Object.values(settingsSchema.shape).map(
  (schema) => infoOf(schema).variable,
)

/** The values of all secret settings, for the log to leave out. */
export function secretsOf(config: Config): string[] {
  const secret = Object.entries(settingsSchema.shape).filter(([, schema]) => infoOf(schema).secret)
  const values = new Map<string, unknown>(Object.entries(config))
  return secret.flatMap(([field]) => values.get(field)).filter((value) => typeof value === 'string')
}

/** Describes the first problem. The other ones appear one by one as the user corrects them. */
function problemOf({ issues: [issue] }: z.ZodError, given: Record<string, string | undefined>) {
  const field = String(issue?.path[0])
  const schema = Object.entries(settingsSchema.shape).find(([name]) => name === field)?.[1]
  const { variable, secret } = schema === undefined ? { variable: field } : infoOf(schema)
  return `${secret ? variable : `${variable}=${given[field]}`} is not valid: ${issue?.message}`
}
