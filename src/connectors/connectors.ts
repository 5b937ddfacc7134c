import type { Config } from '../config.ts'
import type { Check } from '../core/check.ts'
import type { SourceSystem } from '../core/source-system.ts'
import type {
  Connectors,
  LogAnalyticsConnector,
  ServiceHealthConnector,
  ServiceNowConnector,
} from '../tools/connectors.ts'
import { openLogAnalytics } from './azure/log-analytics.ts'
import { openAzureHealth } from './azure/service-health.ts'
import { openDatabricks } from './databricks/connector.ts'
import type { ConnectorServices } from './json-client.ts'
import type { OpenedSystem } from './opened-system.ts'
import { openServiceNow } from './servicenow/connector.ts'
import { openSnowflake } from './snowflake/connector.ts'

/** The connectors that the settings name, and how to check them. */
export type OpenedConnectors = Partial<ServiceHealthConnector> & {
  serviceNow?: ServiceNowConnector
  logAnalytics?: LogAnalyticsConnector
  systems: SourceSystem[]
  checks: Check[]
}

/**
 * Opens the systems that the settings name. It sends no request.
 * @throws OpsError `bad_setting` if the settings of a system are not complete
 */
export function openConnectors(
  config: Config,
  services: Omit<ConnectorServices, 'limits'>,
): OpenedConnectors {
  const all = { ...services, limits: config }
  const serviceNow = opened(config.serviceNowUrl, (url) => openServiceNow(config, url, all))
  const logAnalytics = opened(config.logAnalyticsWorkspace, (workspace) =>
    openLogAnalytics(config, workspace, all),
  )
  const databricks = opened(config.databricksHost, (url) => openDatabricks(config, url, all))
  const snowflake = opened(config.snowflakeAccount, (account) =>
    openSnowflake(config, account, all),
  )
  const azure = opened(config.azureSubscription, (subscription) =>
    openAzureHealth(config, subscription, all),
  )
  const inOrder = [serviceNow, logAnalytics, databricks, snowflake, azure]
  return {
    ...(serviceNow && { serviceNow: serviceNow.connector }),
    ...(logAnalytics && { logAnalytics: logAnalytics.connector }),
    ...(databricks && { databricks: databricks.connector }),
    ...(snowflake && { snowflake: snowflake.connector }),
    ...(azure && { azure: azure.connector }),
    systems: systemsOf((index) => inOrder[index] !== undefined),
    checks: inOrder.flatMap((one) => one?.checks ?? []),
  }
}

/** The connectors that are open, and those of the sample estate for the other systems. */
export function withSample(open: OpenedConnectors, sample: Connectors): Connectors {
  return {
    serviceNow: open.serviceNow ?? sample.serviceNow,
    logAnalytics: open.logAnalytics ?? sample.logAnalytics,
    serviceHealth: {
      databricks: open.databricks ?? sample.serviceHealth.databricks,
      snowflake: open.snowflake ?? sample.serviceHealth.snowflake,
      azure: open.azure ?? sample.serviceHealth.azure,
    },
  }
}

/** Connectors that the operator has written. */
export function ownConnectors(connectors: Connectors): OpenedConnectors {
  const { serviceHealth, ...others } = connectors
  return { ...others, ...serviceHealth, systems: systemsOf(() => true), checks: [] }
}

function opened<Connector>(
  key: string | undefined,
  open: (key: string) => OpenedSystem<Connector>,
): OpenedSystem<Connector> | undefined {
  return key === undefined ? undefined : open(key)
}

function systemsOf(isLive: (index: number) => boolean): SourceSystem[] {
  return systemNames.map(([id, name], index) => ({ id, name, isLive: isLive(index) }))
}

/** In the order in which they are opened. */
const systemNames: [SourceSystem['id'], string][] = [
  ['servicenow', 'ServiceNow'],
  ['log_analytics', 'Log Analytics'],
  ['databricks', 'Databricks'],
  ['snowflake', 'Snowflake'],
  ['azure', 'Azure'],
]
