import { estateAt } from '../../../src/demo/estate/estate.ts'
import type { ChangeRequest, Incident } from '../../../src/tools/records.ts'
import { type FakeReply, type FakeRequest, FakeSystem, Violation } from './fake-system.ts'

type Cell = { value: string; display_value: string }
type Row = Record<string, Cell>

const user = 'opsagent'
const password = 'pässword-7F3kQ'
const clientId = 'client-1'
const clientSecret = 'oauth-secret-9Zt2'

/** The settings for basic authentication. */
export const basicSettings = { serviceNowUser: user, serviceNowPassword: password }

/** The settings for OAuth. */
export const oauthSettings = { serviceNowClientId: clientId, serviceNowClientSecret: clientSecret }

/**
 * A ServiceNow instance with the changes and incidents of the sample estate, so that a question has the same answer in both.
 * It parses encoded queries, and refuses what it cannot: a real instance ignores a wrong part of a query.
 */
export async function startServiceNow(now: () => number) {
  const tokens = new Set<string>()
  const hidden = new Set<string>()
  const notes: { table: string; id: string; text: string }[] = []
  const state = { tokenRequests: 0, lifetimeSeconds: 1800 }
  const fake = new FakeSystem((request) => {
    if (request.path === '/oauth_token.do') {
      const form = new URLSearchParams(request.body)
      const isKnown =
        form.get('client_id') === clientId && form.get('client_secret') === clientSecret
      if (form.get('grant_type') !== 'client_credentials') throw new Violation('grant_type')
      if (!isKnown) return { status: 401, json: { error: 'access_denied' } }
      state.tokenRequests += 1
      const token = `servicenow-token-${state.tokenRequests}`
      tokens.add(token)
      const expires_in = state.lifetimeSeconds
      return {
        json: { access_token: token, scope: 'useraccount', token_type: 'Bearer', expires_in },
      }
    }
    const [, patched, id] = /^\/api\/now\/table\/(\w+)\/([\w-]+)$/.exec(request.path) ?? []
    if (patched !== undefined && id !== undefined) {
      if (request.method !== 'PATCH') throw new Violation('method')
      if (!isAuthorized(request, tokens)) return notAuthenticated
      const { work_notes: text, ...others } = JSON.parse(request.body) as Record<string, string>
      if (text === undefined || Object.keys(others).length > 0) throw new Violation('body')
      notes.push({ table: patched, id, text })
      return { json: { result: { number: id.slice(3) } } }
    }
    const [, table] = /^\/api\/now\/table\/(change_request|incident)$/.exec(request.path) ?? []
    if (table === undefined) throw new Violation('path')
    if (request.method !== 'GET') throw new Violation('method')
    if (!isAuthorized(request, tokens)) return notAuthenticated
    const { changes, incidents } = estateAt(now())
    const rows =
      table === 'incident'
        ? incidents.map(({ item }) => incidentRow(item))
        : changes.map(({ item }) => changeRow(item))
    return select(rows, request, hidden)
  })
  return Object.assign(await fake.start(), {
    tokens: state,
    /** The work notes that were written. */
    notes,
    /** Refuses all tokens that were given. */
    revokeTokens: () => tokens.clear(),
    /** Rows that the user may not read: they count, but are not in a page. */
    hide: (number: string) => hidden.add(number),
  })
}

const notAuthenticated = {
  status: 401,
  headers: { 'www-authenticate': 'BASIC realm="Service-now"' },
  json: {
    error: {
      message: 'User Not Authenticated',
      detail: 'Required to provide Auth information',
    },
    status: 'failure',
  },
}

function isAuthorized({ headers }: FakeRequest, tokens: ReadonlySet<string>): boolean {
  const [, scheme = '', value = ''] = /^(\w+) (.+)$/.exec(headers.authorization ?? '') ?? []
  if (scheme === 'Bearer') return tokens.has(value)
  return Buffer.from(value, 'base64').toString() === `${user}:${password}`
}

function select(rows: Row[], { query }: FakeRequest, hidden: ReadonlySet<string>): FakeReply {
  const need = (name: string) => {
    const value = query.get(name)
    if (value === null) throw new Violation(`${name} is missing`)
    return value
  }
  if (need('sysparm_display_value') !== 'all') throw new Violation('sysparm_display_value')
  if (need('sysparm_exclude_reference_link') !== 'true') throw new Violation('links')
  const fields = need('sysparm_fields').split(',')
  const [limit, offset] = [Number(need('sysparm_limit')), Number(need('sysparm_offset'))]
  const { matches, compare } = parseQuery(need('sysparm_query'), Object.keys(rows[0] ?? {}))
  const found = rows.filter(matches).sort(compare)
  const page = found
    .slice(offset, offset + limit)
    .filter((row) => !hidden.has(row.number?.value ?? ''))
    .map((row) => Object.fromEntries(fields.map((name) => [name, cellOf(row, name)])))
  return { headers: { 'x-total-count': String(found.length) }, json: { result: page } }
}

/** `cmdb_ci.name` and `caused_by.number` are the display values of the references. */
function cellOf(row: Row, path: string): Cell {
  const [name = '', inner] = path.split('.')
  const cell = row[name]
  if (cell === undefined) throw new Violation(`the field ${path} does not exist`)
  return inner === undefined
    ? cell
    : { value: cell.display_value, display_value: cell.display_value }
}

const operators = ['>=', '<=', 'LIKE', 'IN', '=']

function parseQuery(query: string, fields: readonly string[]) {
  const parts = query === '' ? [] : query.split('^')
  const groups: ((row: Row) => boolean)[][] = []
  const orders: { field: string; sign: number }[] = []
  for (const part of parts) {
    const order = /^ORDERBY(DESC)?(\w+)$/.exec(part)
    if (order) orders.push({ field: order[2] ?? '', sign: order[1] ? -1 : 1 })
    else if (part.startsWith('OR')) groups.at(-1)?.push(condition(part.slice(2), fields))
    else groups.push([condition(part, fields)])
  }
  return {
    matches: (row: Row) => groups.every((group) => group.some((matches) => matches(row))),
    compare(a: Row, b: Row) {
      for (const { field, sign } of orders) {
        const [one, other] = [cellOf(a, field).value, cellOf(b, field).value]
        if (one !== other) return one < other ? -sign : sign
      }
      return 0
    },
  }
}

function condition(text: string, fields: readonly string[]): (row: Row) => boolean {
  const [path = ''] = /^[a-z_]+(?:\.[a-z]+)?/.exec(text) ?? []
  const operator = operators.find((one) => text.slice(path.length).startsWith(one))
  if (operator === undefined) throw new Violation(`no operator in ${text}`)
  if (!fields.includes(path.split('.')[0] ?? '')) throw new Violation(`no field ${path}`)
  const value = text.slice(path.length + operator.length)
  if (value === '') throw new Violation(`no value in ${text}`)
  if (value.startsWith('javascript:')) throw new Violation('a script')
  const cell = (row: Row) => cellOf(row, path).value
  if (operator === '=') return (row) => cell(row) === value
  if (operator === 'IN') return (row) => value.split(',').includes(cell(row))
  if (operator === 'LIKE') return (row) => cell(row).toLowerCase().includes(value.toLowerCase())
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value)) throw new Violation(`no time: ${value}`)
  return operator === '>=' ? (row) => cell(row) >= value : (row) => cell(row) <= value
}

const plain = (value: string): Cell => ({ value, display_value: value })
const reference = (name = ''): Cell => ({ value: name && `sysid-of-${name}`, display_value: name })
const time = (iso = '') => plain(iso.replace('T', ' ').replace('Z', ''))

const changeStates = {
  new: '-5',
  assess: '-4',
  authorize: '-3',
  scheduled: '-2',
  implement: '-1',
  review: '0',
  closed: '3',
  canceled: '4',
}
const incidentStates = { new: '1', in_progress: '2', on_hold: '3', resolved: '6', closed: '7' }
const risks = { high: '2', moderate: '3', low: '4' }

function changeRow(change: ChangeRequest): Row {
  const isActive = change.state !== 'closed' && change.state !== 'canceled'
  return {
    number: plain(change.number),
    short_description: plain(change.short_description),
    description: plain(change.description),
    state: { value: changeStates[change.state], display_value: change.state },
    active: plain(String(isActive)),
    type: plain(change.type),
    risk: { value: risks[change.risk], display_value: change.risk },
    business_service: reference(change.service),
    cmdb_ci: reference(),
    assignment_group: reference(change.assignment_group),
    assigned_to: reference(change.assigned_to),
    opened_at: time(change.opened_at),
    start_date: time(change.planned_start),
    end_date: time(change.planned_end),
    closed_at: time(change.closed_at),
    close_notes: plain(change.close_notes ?? ''),
  }
}

function incidentRow(incident: Incident): Row {
  const isActive = incident.state !== 'closed' && incident.state !== 'resolved'
  const notes = incident.work_notes
    .toReversed()
    .map(({ at, by, text }) => `${time(at).value} - ${by} (Work notes)\n${text}\n\n`)
  return {
    sys_id: plain(`id-${incident.number}`),
    number: plain(incident.number),
    short_description: plain(incident.short_description),
    description: plain(incident.description),
    state: { value: incidentStates[incident.state], display_value: incident.state },
    active: plain(String(isActive)),
    priority: { value: String(incident.priority), display_value: `${incident.priority} - x` },
    business_service: reference(),
    cmdb_ci: reference(incident.service),
    assignment_group: reference(incident.assignment_group),
    assigned_to: reference(incident.assigned_to),
    opened_at: time(incident.opened_at),
    resolved_at: time(incident.resolved_at),
    close_notes: plain(incident.close_notes ?? ''),
    caused_by: reference(incident.caused_by_change),
    correlation_id: plain(incident.pipeline_run ? pipelineRunId(incident.pipeline_run) : ''),
    work_notes: { value: '', display_value: notes.join('') },
  }
}

/** A run id as Data Factory makes it, for a run of the sample estate. */
export function pipelineRunId(sampleId: string): string {
  const hex = new Bun.CryptoHasher('md5').update(sampleId).digest('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
