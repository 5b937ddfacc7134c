import type {
  LogAnalyticsConnector,
  ServiceHealthConnector,
  ServiceNowConnector,
} from '../../tools/records.ts'
import { startOfDay } from './day.ts'
import { createDay, type Estate, estateAt } from './estate.ts'
import { createSampleLogAnalytics } from './log-analytics.ts'
import { createSampleServiceHealth } from './service-health.ts'
import { createSampleServiceNow } from './servicenow.ts'

/**
 * The connectors to the sample estate; no account, no network. They follow the clock `now` (ms)
 * over midnight.
 */
export function createSampleConnectors(now: () => number): {
  serviceNow: ServiceNowConnector
  logAnalytics: LogAnalyticsConnector
  serviceHealth: ServiceHealthConnector
} {
  let day = createDay(startOfDay(now()))
  function estate(): Estate {
    const at = now()
    if (startOfDay(at) !== day.today) day = createDay(startOfDay(at))
    return estateAt(day, at)
  }
  return {
    serviceNow: createSampleServiceNow(estate),
    logAnalytics: createSampleLogAnalytics(estate),
    serviceHealth: createSampleServiceHealth(estate),
  }
}
