import type { ServiceHealthConnector } from '../../tools/connectors.ts'
import type { ServiceHealth } from '../../tools/records.ts'
import { iso, momentOf, type When } from './day.ts'

/** The services of the three platforms. */
export type Services = Record<keyof ServiceHealthConnector, ServiceHealth[]>

/** The services of each platform, on the day that starts at `todayMs`. */
export function servicesOf(todayMs: number): Services {
  const at = (when: When) => iso(momentOf(todayMs, when))
  const healthy = (service: string, region: string, since: When): ServiceHealth => ({
    service,
    region,
    status: 'healthy',
    since: at(since),
    summary: 'No known problem.',
  })
  return {
    databricks: [
      {
        ...healthy('Jobs', 'West Europe', '-1 20:15'),
        status: 'degraded',
        summary: 'Job clusters start late or time out because virtual machines are short.',
        advice: 'Use another machine type or a warm pool; retry jobs that timed out.',
        tracking_id: 'DB-22917',
        incident: 'INC0010037',
      },
      healthy('Jobs', 'North Europe', '-31 09:40'),
      healthy('SQL Warehouses', 'West Europe', '-19 14:05'),
      healthy('SQL Warehouses', 'North Europe', '-19 14:05'),
      healthy('Notebooks and Workspace', 'West Europe', '-26 06:30'),
      healthy('Unity Catalog', 'West Europe', '-44 11:00'),
      healthy('Lakeflow Pipelines', 'West Europe', '-12 17:20'),
      healthy('Model Serving', 'West Europe', '-8 03:50'),
      healthy('Authentication', 'Global', '-60 08:00'),
    ],
    snowflake: [
      healthy('Virtual Warehouses', 'West Europe', '-27 05:10'),
      healthy('Virtual Warehouses', 'East US 2', '-35 21:30'),
      healthy('Database and Queries', 'West Europe', '-27 05:10'),
      {
        ...healthy('Snowpipe', 'West Europe', '-41 08:25'),
        planned_maintenance: {
          from: at('1 02:00'),
          to: at('1 04:00'),
          summary: 'Files that arrive in this window are loaded after it. No file is lost.',
          tracking_id: 'SNOW-4471',
        },
      },
      healthy('Tasks and Streams', 'West Europe', '-15 02:40'),
      healthy('Snowsight', 'Global', '-22 12:15'),
      healthy('Data Sharing', 'Global', '-50 10:00'),
    ],
    azure: [
      healthy('Data Factory', 'West Europe', '-25 05:15'),
      healthy('Data Factory', 'North Europe', '-48 07:00'),
      {
        ...healthy('Storage', 'West Europe', '-1 12:50'),
        status: 'degraded',
        summary: 'Reads from some storage units are slow; some requests fail with 503.',
        advice: 'Retry with increasing delays, or read from the secondary region if there is one.',
        tracking_id: '7KQ2-M9T',
        incident: 'INC0010035',
      },
      healthy('Storage', 'North Europe', '-62 13:00'),
      {
        ...healthy('Virtual Machines', 'West Europe', '-1 20:05'),
        status: 'degraded',
        summary: 'New machines of the Edsv5 series are not always available in two of three zones.',
        advice: 'Use another series or another region until capacity is back.',
        tracking_id: '9VBX-D3R',
        incident: 'INC0010037',
      },
      healthy('Virtual Machines', 'North Europe', '-18 22:45'),
      healthy('Key Vault', 'West Europe', '-55 04:20'),
      healthy('Event Hubs', 'West Europe', '-33 07:40'),
      healthy('Networking', 'West Europe', '-36 07:35'),
      healthy('Monitor', 'West Europe', '-15 15:45'),
      healthy('Microsoft Entra ID', 'Global', '-40 16:00'),
    ],
  }
}
