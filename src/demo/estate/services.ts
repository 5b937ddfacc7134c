import type { ServiceHealth } from '../../tools/records.ts'
import { isoOf, type When } from './day.ts'

/** The parts of the platforms and how they are, on the day that began at `today`. */
export function servicesOf(
  today: number,
): Record<'databricks' | 'snowflake' | 'azure', ServiceHealth[]> {
  const healthy = (service: string, region: string, since: When): ServiceHealth => ({
    service,
    region,
    status: 'healthy',
    since: isoOf(today, since),
    summary: 'No known problem.',
  })
  return {
    databricks: [
      {
        service: 'Jobs',
        region: 'West Europe',
        status: 'degraded',
        since: isoOf(today, '-1 20:15'),
        summary: 'Job clusters start late or time out, because virtual machines are short.',
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
        service: 'Snowpipe',
        region: 'West Europe',
        status: 'maintenance',
        since: isoOf(today, '-1 09:00'),
        summary: `Works. Maintenance is announced for ${isoOf(today, '1 02:00')}, for 2 hours.`,
        advice:
          'Files that arrive in that time are loaded afterwards; nothing needs to be sent again.',
        tracking_id: 'SNOW-4471',
      },
      healthy('Tasks and Streams', 'West Europe', '-15 02:40'),
      healthy('Snowsight', 'Global', '-22 12:15'),
      healthy('Data Sharing', 'Global', '-50 10:00'),
    ],
    azure: [
      healthy('Data Factory', 'West Europe', '-25 05:15'),
      healthy('Data Factory', 'North Europe', '-48 07:00'),
      {
        service: 'Storage',
        region: 'West Europe',
        status: 'degraded',
        since: isoOf(today, '-1 12:50'),
        summary: 'Reads from some storage units are slow; a part of the requests ends with 503.',
        advice: 'Retry with growing pauses, or read from the secondary region where there is one.',
        tracking_id: '7KQ2-M9T',
        incident: 'INC0010035',
      },
      healthy('Storage', 'North Europe', '-62 13:00'),
      {
        service: 'Virtual Machines',
        region: 'West Europe',
        status: 'degraded',
        since: isoOf(today, '-1 20:05'),
        summary: 'New machines of the Edsv5 series cannot always be had in two of three zones.',
        advice: 'Use another series, or another region, until capacity is back.',
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
