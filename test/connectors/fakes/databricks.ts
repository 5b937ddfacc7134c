import { type FakeReply, type FakeRequest, FakeSystem, Violation } from './fake-system.ts'

const token = 'dapi-token-6Hn3'
const clientId = 'databricks-client'
const clientSecret = 'dose-secret-8Jb1'

/** The settings for a personal access token. */
export const databricksToken = { databricksToken: token }

/** The settings for a service principal. */
export const databricksPrincipal = {
  databricksClientId: clientId,
  databricksClientSecret: clientSecret,
}

/** What the workspace has. */
export type Workspace = { warehouses: object[]; clusters: object[]; runs: object[] }

/** A Databricks workspace. */
export async function startDatabricks(now: () => number) {
  const tokens = new Set([token])
  const workspace: Workspace = { warehouses: [], clusters: [], runs: [] }
  const fake = new FakeSystem((request) => {
    const { path, headers } = request
    if (path === '/oidc/v1/token') return oauth(request, tokens)
    if (request.method !== 'GET') throw new Violation('method')
    if (!tokens.has(headers.authorization?.replace('Bearer ', '') ?? '')) {
      return { status: 401, json: { error_code: '401', message: 'Credential was not sent' } }
    }
    if (path === '/api/2.0/sql/warehouses') return { json: { warehouses: workspace.warehouses } }
    if (path === '/api/2.1/clusters/list') {
      return page('clusters', workspace.clusters, request, 'page_size', 100)
    }
    if (path === '/api/2.2/jobs/runs/list') return listRuns(workspace.runs, request, now())
    throw new Violation('path')
  })
  return Object.assign(await fake.start(), { workspace, revokeTokens: () => tokens.clear() })
}

function oauth({ method, headers, body }: FakeRequest, tokens: Set<string>): FakeReply {
  const form = new URLSearchParams(body)
  if (method !== 'POST' || form.get('grant_type') !== 'client_credentials') {
    throw new Violation('grant')
  }
  if (form.get('scope') !== 'all-apis') throw new Violation('scope')
  if (headers.authorization !== `Basic ${btoa(`${clientId}:${clientSecret}`)}`) {
    return { status: 401, json: { error: 'invalid_client' } }
  }
  const given = `databricks-token-${tokens.size}`
  tokens.add(given)
  return { json: { access_token: given, token_type: 'Bearer', expires_in: 3600 } }
}

function listRuns(runs: object[], request: FakeRequest, nowMs: number): FakeReply {
  const { query } = request
  if (query.get('completed_only') !== 'true') throw new Violation('completed_only')
  const sinceMs = Number(query.get('start_time_from'))
  if (!(sinceMs > nowMs - 25 * 3_600_000)) throw new Violation('start_time_from')
  return page('runs', runs, request, 'limit', 25)
}

function page(
  name: string,
  items: object[],
  { query }: FakeRequest,
  sizeName: string,
  most: number,
): FakeReply {
  const size = Number(query.get(sizeName))
  if (!(size >= 1 && size <= most)) throw new Violation(sizeName)
  const start = Number(query.get('page_token') ?? 0)
  const end = start + size
  // An empty list has no field.
  return {
    json: {
      ...(items.length > 0 && { [name]: items.slice(start, end) }),
      ...(end < items.length && { next_page_token: String(end) }),
    },
  }
}
