import { throwIfAborted } from '../../core/errors.ts'
import type { HealthFilter, ServiceHealth, ServiceHealthConnector } from '../../tools/records.ts'
import type { Estate } from './estate.ts'
import { isPartOf } from './match.ts'

/** The health pages of the sample estate, as they are at the moment of the call. */
export function createSampleServiceHealth(estate: () => Estate): ServiceHealthConnector {
  const check =
    (platform: keyof Estate['services']) =>
    async (filter: HealthFilter, signal: AbortSignal): Promise<ServiceHealth[]> => {
      throwIfAborted(signal)
      return estate().services[platform].filter((part) => partFits(platform, part, filter))
    }
  return { databricks: check('databricks'), snowflake: check('snowflake'), azure: check('azure') }
}

/**
 * People say "Azure Data Factory" as well as "Data Factory", and the name of a platform for all of
 * it.
 */
function partFits(platform: string, part: ServiceHealth, filter: HealthFilter): boolean {
  return (
    (filter.service === undefined || isPartOf(filter.service, platform + part.service)) &&
    (filter.region === undefined || isPartOf(filter.region, part.region ?? ''))
  )
}
