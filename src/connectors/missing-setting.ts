import { OpsError } from '../core/errors.ts'

/** The error for a setting that another one needs. */
export function missingSetting(variable: string, needed: string): OpsError {
  return new OpsError('bad_setting', { message: `${needed} needs ${variable}, which is not set.` })
}
