import { exportPKCS8, generateKeyPair, jwtVerify } from 'jose'
import { type FakeReply, type FakeRequest, FakeSystem, Violation } from './fake-system.ts'

const account = 'acme-prod.west-europe.azure'
const user = 'ops_agent'

type Cells = (string | null)[]
type Table = { columns: string[]; rows: Cells[] }

/** What the account has. `tasks` are the last runs, with the columns of TASK_HISTORY that the statement selects. */
export type Account = {
  region: string
  warehouses: Table
  tasks: { database: string; schema: string; name: string; state: string; error?: string }[]
}

const keys = generateKeyPair('RS256', { extractable: true })

/** A Snowflake account. It verifies the tokens of its user, and runs the statements that the connector is known to send. */
export async function startSnowflake(now: () => number) {
  const { publicKey, privateKey } = await keys
  const pem = await exportPKCS8(privateKey)
  const spki = await crypto.subtle.exportKey('spki', publicKey)
  const fingerprint = `SHA256:${new Bun.CryptoHasher('sha256').update(spki).digest('base64')}`
  const data: Account = { region: 'AZURE_WESTEUROPE', warehouses: noWarehouses, tasks: [] }
  const state = { isAsync: false, isPaged: false, context: {} as Record<string, unknown> }
  const results = new Map<string, Table>()
  const statements: string[] = []

  async function isAuthorized({ headers }: FakeRequest): Promise<boolean> {
    if (headers['x-snowflake-authorization-token-type'] !== 'KEYPAIR_JWT') {
      throw new Violation('token type')
    }
    const name = 'ACME-PROD.OPS_AGENT'
    try {
      const { payload } = await jwtVerify(headers.authorization?.slice(7) ?? '', publicKey, {
        issuer: `${name}.${fingerprint}`,
        subject: name,
        algorithms: ['RS256'],
        currentDate: new Date(now()),
      })
      return (payload.exp ?? 0) - (payload.iat ?? 0) <= 3600
    } catch {
      return false
    }
  }

  const fake = new FakeSystem(async (request): Promise<FakeReply> => {
    if (!request.headers['user-agent']) throw new Violation('User-Agent')
    if (!(await isAuthorized(request))) {
      return { status: 401, json: { code: '390144', message: 'JWT token is invalid.' } }
    }
    const { path, method, query } = request
    if (path === '/api/v2/statements' && method === 'POST') {
      const body = JSON.parse(request.body) as StatementBody
      const handle = crypto.randomUUID()
      statements.push(body.statement)
      state.context = { role: body.role, warehouse: body.warehouse, database: body.database }
      results.set(handle, execute(body, data))
      if (!state.isAsync) return resultOf(handle, results.get(handle), state.isPaged)
      const statementStatusUrl = `/api/v2/statements/${handle}`
      const json = {
        code: '333334',
        statementHandle: handle,
        statementStatusUrl,
        message: 'running',
      }
      return { status: 202, json }
    }
    const handle = /^\/api\/v2\/statements\/([\w-]+)$/.exec(path)?.[1] ?? ''
    const table = results.get(handle)
    if (table === undefined || method !== 'GET') throw new Violation('path')
    const partition = query.get('partition')
    if (partition === null) return resultOf(handle, table, state.isPaged)
    return { json: { data: table.rows.slice(Number(partition), Number(partition) + 1) } }
  })
  return Object.assign(await fake.start(), {
    data,
    state,
    statements,
    settings: {
      snowflakeAccount: account,
      snowflakeUser: user,
      snowflakePrivateKey: pem,
      snowflakeUrl: fake.url,
    },
    privateKey: pem,
  })
}

type StatementBody = {
  statement: string
  timeout?: number
  role?: string
  warehouse?: string
  database?: string
  bindings?: Record<string, { type: string; value: string }>
}

const noWarehouses: Table = {
  columns: ['name', 'state', 'running', 'queued', 'auto_resume'],
  rows: [],
}

function execute({ statement, bindings = {}, timeout, ...context }: StatementBody, data: Account) {
  if (!(Number(timeout) > 0)) throw new Violation('timeout')
  const count = statement.split('?').length - 1
  if (Object.keys(bindings).length !== count) throw new Violation('number of bindings')
  if (statement === 'SHOW WAREHOUSES') return data.warehouses
  if (statement === 'SELECT CURRENT_REGION() AS REGION') {
    return { columns: ['REGION'], rows: [[data.region]] }
  }
  if (!/^SELECT [\s\S]+INFORMATION_SCHEMA\.TASK_HISTORY\(/.test(statement)) {
    throw new Violation(`unknown statement ${statement}`)
  }
  if (context.warehouse === undefined || context.database === undefined) {
    throw new Violation('the statement needs a warehouse and a database')
  }
  const { type, value } = bindings['1'] ?? {}
  if (type !== 'TEXT' || value === undefined) throw new Violation('binding')
  const states = /STATE IN \(([^)]*)\)/.exec(statement)?.[1] ?? ''
  const rows = data.tasks
    .filter(({ state }) => states.includes(`'${state}'`))
    .filter(({ database, schema, name }) =>
      `snowflaketasks:${database}.${schema}.${name}`
        .toLowerCase()
        .replace(/[ _-]+/g, '')
        .includes(value),
    )
    .map(({ database, schema, name, state, error = null }): Cells => {
      const code = error === null ? null : '100038'
      return [database, schema, name, state, code, error, '2026-11-22T12:00:00Z']
    })
  const columns =
    'DATABASE_NAME SCHEMA_NAME NAME STATE ERROR_CODE ERROR_MESSAGE COMPLETED_AT'.split(' ')
  return { columns, rows }
}

/** The reply to a statement. A paged result has one row in each partition. */
function resultOf(handle: string, table: Table | undefined, isPaged: boolean): FakeReply {
  if (table === undefined) throw new Violation('handle')
  const { columns, rows } = table
  const partitionInfo = isPaged ? rows.map(() => ({ rowCount: 1 })) : [{ rowCount: rows.length }]
  return {
    json: {
      code: '090001',
      statementHandle: handle,
      resultSetMetaData: {
        rowType: columns.map((name) => ({ name, type: 'text' })),
        partitionInfo,
      },
      data: isPaged ? rows.slice(0, 1) : rows,
    },
  }
}
