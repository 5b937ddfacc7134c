import { z } from 'zod'
import type { ServiceHealthConnector } from './connectors.ts'
import { anyOf, text } from './parameters.ts'
import { healthStatuses, type ServiceHealth } from './records.ts'
import { defineTool, type Tool } from './tool.ts'

type Platform = keyof ServiceHealthConnector

/** The tools for the health pages of Databricks, Snowflake and Azure. */
export function createServiceHealthTools(connector: ServiceHealthConnector): Tool[] {
  const platforms: Platform[] = ['databricks', 'snowflake', 'azure']
  return platforms.map((platform) => checkHealth(connector, platform))
}

/** The tool and the name of each platform, and an example of its services. */
const texts: Record<Platform, { tool: string; name: string; example: string }> = {
  databricks: { tool: 'check_databricks_health', name: 'Databricks', example: 'SQL Warehouses' },
  snowflake: { tool: 'check_snowflake_health', name: 'Snowflake', example: 'Snowpipe' },
  azure: { tool: 'check_azure_service_health', name: 'Azure', example: 'Data Factory' },
}

function checkHealth(connector: ServiceHealthConnector, platform: Platform): Tool {
  const { tool, name, example } = texts[platform]
  return defineTool({
    name: tool,
    description:
      `Checks the current health of ${name}: each service with its region, status, problem ` +
      'and advice, the worst status first. `overall` is the worst status of the services that ' +
      'match service and region; `checked` counts them. Maintenance announced for later is in ' +
      '`planned_maintenance` and does not change a status. Without filters: every service.',
    followUp: { question: `Is ${name} healthy?`, about: new RegExp(name, 'i') },
    parameters: z.object({
      service: text(`The service of ${name}, or part of its name. Example: ${example}`),
      region: text('The region, or part of its name. Example: West Europe'),
      status: anyOf(
        healthStatuses,
        'List only services with these statuses now; `overall` still covers all of them. ' +
          'Example: ["degraded", "outage"]',
      ),
    }),
    async run({ status, ...filter }, signal) {
      const checked = (await connector[platform](filter, signal)).toSorted(worstFirst)
      return {
        platform: name,
        // Without a matching service the health is unknown, not healthy.
        overall: checked[0]?.status ?? 'unknown',
        checked: checked.length,
        services: checked.filter((one) => status === undefined || status.includes(one.status)),
      }
    },
  })
}

function worstFirst(a: ServiceHealth, b: ServiceHealth): number {
  return healthStatuses.indexOf(b.status) - healthStatuses.indexOf(a.status)
}
