import type { z } from 'zod'
import type { Config } from '../../config.ts'
import type { Check } from '../../core/check.ts'
import type { ServiceNowConnector } from '../../tools/connectors.ts'
import { type Authorization, basicAuthorization, bearerAuthorization } from '../authorization.ts'
import { type ConnectorServices, JsonClient } from '../json-client.ts'
import { missingSetting } from '../missing-setting.ts'
import { oauthTokens } from '../oauth.ts'
import type { OpenedSystem } from '../opened-system.ts'
import { encodedQuery, is } from './encoded-query.ts'
import { changeConditions, incidentConditions, openAndOver } from './filters.ts'
import { addNote, readRows, rowKey } from './table.ts'
import {
  changeOf,
  changeRow,
  changeSummaryOf,
  changeSummaryRow,
  incidentOf,
  incidentRow,
  incidentSummaryOf,
  incidentSummaryRow,
} from './tickets.ts'

const system = 'ServiceNow'
const maxCaused = 100

/**
 * Opens the ServiceNow instance at `url` over its Table API.
 * @throws OpsError `bad_setting` if a setting is missing
 */
export function openServiceNow(
  config: Config,
  url: string,
  services: ConnectorServices,
): OpenedSystem<ServiceNowConnector> {
  const authorization = authorizationOf(config, url, services)
  const secrets = secretsOf(config)
  const client = new JsonClient({ system, url, authorization, secrets }, services)
  return { connector: connectorOf(client), checks: checksOf(client) }
}

function connectorOf(client: JsonClient): ServiceNowConnector {
  return {
    async listChanges({ limit, ...filter }, signal) {
      const conditions = changeConditions(filter)
      // Two requests, because the order of open changes is not that of the others.
      const pages = await Promise.all(
        openAndOver(filter.state).map(({ condition, order }) => {
          const query = encodedQuery([...conditions, condition], order)
          return readRows(client, 'change_request', changeSummaryRow, { query, limit }, signal)
        }),
      )
      const rows = pages.flatMap((page) => page.rows).slice(0, limit)
      const total = pages.reduce((sum, page) => sum + page.total, 0)
      return { total, items: rows.map(changeSummaryOf) }
    },
    async findChange(number, signal) {
      const cause = { query: encodedQuery([is('caused_by.number', number)]), limit: maxCaused }
      const [{ rows }, caused] = await Promise.all([
        readRows(client, 'change_request', changeRow, one(number), signal),
        readRows(client, 'incident', incidentSummaryRow, cause, signal),
      ])
      // An instance without the field `caused_by` ignores the condition.
      const own = caused.rows.filter((incident) => incident.caused_by.shown === number)
      const numbers = own.map((incident) => incident.number.value)
      return rows[0] && changeOf(rows[0], numbers)
    },
    async listIncidents({ limit, ...filter }, signal) {
      const order = ['ORDERBYpriority', 'ORDERBYDESCopened_at']
      const query = encodedQuery(incidentConditions(filter), ...order)
      const page = { query, limit }
      const { total, rows } = await readRows(client, 'incident', incidentSummaryRow, page, signal)
      return { total, items: rows.map(incidentSummaryOf) }
    },
    async findIncident(number, signal) {
      const { rows } = await readRows(client, 'incident', incidentRow, one(number), signal)
      return rows[0] && incidentOf(rows[0])
    },
    async addWorkNote(number, text, signal) {
      const table = number.startsWith('CHG') ? 'change_request' : 'incident'
      const { rows } = await readRows(client, table, rowKey, one(number), signal)
      // An instance ignores a condition that it does not understand, and a note must not reach another ticket.
      const row = rows.find((found) => found.number.value === number)
      if (row === undefined) return false
      await addNote(client, table, row.sys_id.value, text, signal)
      return true
    },
  }
}

function one(number: string): { query: string; limit: number } {
  return { query: encodedQuery([is('number', number)]), limit: 1 }
}

function checksOf(client: JsonClient): Check[] {
  const check = <Shape extends z.ZodRawShape>(
    table: 'change_request' | 'incident',
    row: z.ZodObject<Shape>,
    names: string,
  ): Check => ({
    name: `${system} ${names}`,
    async run(signal) {
      const { total } = await readRows(client, table, row, { query: '', limit: 1 }, signal)
      return `${total} ${names}`
    },
  })
  return [
    check('change_request', changeSummaryRow, 'change requests'),
    check('incident', incidentSummaryRow, 'incidents'),
  ]
}

function authorizationOf(config: Config, url: string, services: ConnectorServices): Authorization {
  const { serviceNowUser: user, serviceNowPassword: password } = config
  const { serviceNowClientId: client_id, serviceNowClientSecret: client_secret } = config
  if (client_id !== undefined) {
    if (client_secret === undefined) throw missing('SERVICENOW_CLIENT_SECRET')
    const form = { grant_type: 'client_credentials', client_id, client_secret }
    const secrets = secretsOf(config)
    const tokens = oauthTokens({ system, url, path: '/oauth_token.do', form, secrets }, services)
    return bearerAuthorization(tokens)
  }
  if (user === undefined) throw missing('SERVICENOW_USER or SERVICENOW_CLIENT_ID')
  if (password === undefined) throw missing('SERVICENOW_PASSWORD')
  return basicAuthorization(user, password)
}

function secretsOf({ serviceNowPassword, serviceNowClientSecret }: Config): string[] {
  return [serviceNowPassword, serviceNowClientSecret].flatMap((secret) => secret ?? [])
}

function missing(variable: string) {
  return missingSetting(variable, 'SERVICENOW_URL')
}
