import type { Config } from '../../config.ts'
import type { HealthFilter, ServiceHealthConnector } from '../../tools/connectors.ts'
import { partOfName } from '../../tools/name-match.ts'
import { type Authorization, bearerAuthorization, fixedHeaders } from '../authorization.ts'
import { type ConnectorServices, JsonClient } from '../json-client.ts'
import { missingSetting } from '../missing-setting.ts'
import { oauthTokens } from '../oauth.ts'
import type { OpenedSystem } from '../opened-system.ts'
import { clusterHealthOf, jobsHealthOf, warehouseHealthOf } from './health.ts'
import { readClusters, readEndedRuns, readWarehouses } from './lists.ts'

const system = 'Databricks'
const runHours = 24

/**
 * Opens a Databricks workspace at `url`.
 * @throws OpsError `bad_setting` if a setting is missing
 */
export function openDatabricks(
  config: Config,
  url: string,
  services: ConnectorServices,
): OpenedSystem<ServiceHealthConnector['databricks']> {
  const authorization = authorizationOf(config, url, services)
  const client = new JsonClient(
    { system, url, authorization, secrets: secretsOf(config) },
    services,
  )
  const readRuns = (signal: AbortSignal) =>
    readEndedRuns(client, services.now() - runHours * 3_600_000, signal)
  const { databricksRegion: region } = config

  async function connector(filter: HealthFilter, signal: AbortSignal) {
    const [warehouses, clusters, runs] = await Promise.all([
      readWarehouses(client, signal),
      readClusters(client, signal),
      readRuns(signal),
    ])
    const isService = partOfName(filter.service)
    const isRegion = partOfName(filter.region)
    return [
      jobsHealthOf(runs, runHours),
      ...warehouses.map(warehouseHealthOf),
      ...clusters.flatMap(clusterHealthOf),
    ]
      .map((one) => ({ ...one, ...(region !== undefined && { region }) }))
      .filter((one) => isService(`databricks${one.service}`) && isRegion(one.region ?? ''))
  }

  return {
    connector,
    checks: [
      {
        name: `${system} SQL warehouses`,
        run: async (signal) => `${(await readWarehouses(client, signal)).length} warehouses`,
      },
      {
        name: `${system} clusters`,
        run: async (signal) => `${(await readClusters(client, signal)).length} clusters`,
      },
      {
        name: `${system} jobs`,
        run: async (signal) => `${(await readRuns(signal)).length} runs of ${runHours} hours`,
      },
    ],
  }
}

function authorizationOf(config: Config, url: string, services: ConnectorServices): Authorization {
  const { databricksToken: token, databricksClientId: id, databricksClientSecret: secret } = config
  if (id === undefined) {
    if (token === undefined) throw missing('DATABRICKS_TOKEN or DATABRICKS_CLIENT_ID')
    return fixedHeaders({ authorization: `Bearer ${token}` })
  }
  if (secret === undefined) throw missing('DATABRICKS_CLIENT_SECRET')
  // https://docs.databricks.com/dev-tools/auth/oauth-m2m
  const tokens = oauthTokens(
    {
      system,
      url,
      path: '/oidc/v1/token',
      form: { grant_type: 'client_credentials', scope: 'all-apis' },
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
      secrets: [secret, btoa(`${id}:${secret}`)],
    },
    services,
  )
  return bearerAuthorization(tokens)
}

function secretsOf({ databricksToken, databricksClientSecret }: Config): string[] {
  return [databricksToken, databricksClientSecret].flatMap((secret) => secret ?? [])
}

function missing(variable: string) {
  return missingSetting(variable, 'DATABRICKS_HOST')
}
