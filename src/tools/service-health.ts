import { z } from 'zod'
import { words } from './parameters.ts'
import type { ServiceHealth, ServiceHealthConnector } from './records.ts'
import { defineTool, type Tool } from './tool.ts'

/** The tools over the health pages of Databricks, Snowflake and Azure. */
export function createServiceHealthTools(connector: ServiceHealthConnector): Tool[] {
  return platforms.map((platform) => checkHealth(platform, connector))
}

type Platform = {
  tool: string
  platform: string
  door: keyof ServiceHealthConnector
  example: string
}

const platforms: Platform[] = [
  {
    tool: 'check_databricks_health',
    platform: 'Databricks',
    door: 'databricks',
    example: 'SQL Warehouses',
  },
  {
    tool: 'check_snowflake_health',
    platform: 'Snowflake',
    door: 'snowflake',
    example: 'Snowpipe',
  },
  {
    tool: 'check_azure_service_health',
    platform: 'Azure',
    door: 'azure',
    example: 'Data Factory',
  },
]

/** From best to worst; the whole is as bad as its worst part. */
const severities = ['healthy', 'maintenance', 'degraded', 'outage'] as const

function checkHealth(
  { tool, platform, door, example }: Platform,
  connector: ServiceHealthConnector,
): Tool {
  return defineTool({
    name: tool,
    description:
      `Tells how ${platform} is: every part with its region, status, what is wrong and what the ` +
      'provider advises, and the worst status as `overall`. Without filters: every part.',
    parameters: z.object({
      service: words(`The part of ${platform}, or a piece of its name. Example: ${example}`),
      region: words('The region, or a piece of its name. Example: West Europe'),
    }),
    async run(filter, signal) {
      const services = await connector[door](filter, signal)
      return { platform, overall: worst(services), services }
    },
  })
}

/** Nothing found says nothing about health: calling it healthy would be invented. */
function worst(services: ServiceHealth[]): ServiceHealth['status'] | 'unknown' {
  const found = severities.filter((status) => services.some((part) => part.status === status))
  return found.at(-1) ?? 'unknown'
}
