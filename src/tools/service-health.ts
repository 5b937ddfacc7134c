import { z } from 'zod'
import type { ServiceHealthConnector } from './connectors.ts'
import { anyOf, text } from './parameters.ts'
import { type HealthStatus, healthStatuses, type ServiceHealth } from './records.ts'
import { defineTool, type Tool } from './tool.ts'

/** The tools for the health pages of Databricks, Snowflake and Azure. */
export function createServiceHealthTools(connector: ServiceHealthConnector): Tool[] {
  return platforms.map((platform) => checkHealth(platform, connector))
}

type Platform = {
  tool: string
  platform: string
  method: keyof ServiceHealthConnector
  /** A service of the platform, for the description of the parameter. */
  example: string
}

const platforms: Platform[] = [
  {
    tool: 'check_databricks_health',
    platform: 'Databricks',
    method: 'databricks',
    example: 'SQL Warehouses',
  },
  {
    tool: 'check_snowflake_health',
    platform: 'Snowflake',
    method: 'snowflake',
    example: 'Snowpipe',
  },
  {
    tool: 'check_azure_service_health',
    platform: 'Azure',
    method: 'azure',
    example: 'Data Factory',
  },
]

function checkHealth(
  { tool, platform, method, example }: Platform,
  connector: ServiceHealthConnector,
): Tool {
  return defineTool({
    name: tool,
    description:
      `Checks the current health of ${platform}: each service with its region, status, problem ` +
      'and advice, the worst status first. `overall` is the worst status of the services that ' +
      'match service and region; `checked` counts them. Maintenance announced for later is in ' +
      '`planned_maintenance` and does not change a status. Without filters: every service.',
    parameters: z.object({
      service: text(`The service of ${platform}, or part of its name. Example: ${example}`),
      region: text('The region, or part of its name. Example: West Europe'),
      status: anyOf(
        healthStatuses,
        'List only services with these statuses now; `overall` still covers all of them. ' +
          'Example: ["degraded", "outage"]',
      ),
    }),
    async run({ status, ...filter }, signal) {
      const checked = (await connector[method](filter, signal)).toSorted(worstFirst)
      return {
        platform,
        // Without a matching service the health is unknown, not healthy.
        overall: checked[0]?.status ?? 'unknown',
        checked: checked.length,
        services: checked.filter((one) => status === undefined || status.includes(one.status)),
      }
    },
  })
}

function worstFirst(a: ServiceHealth, b: ServiceHealth): number {
  return severityOf(b.status) - severityOf(a.status)
}

function severityOf(status: HealthStatus): number {
  return healthStatuses.indexOf(status)
}
