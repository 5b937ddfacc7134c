import { estateAt } from '../../../src/demo/estate/estate.ts'
import type { PipelineRun } from '../../../src/tools/records.ts'
import { type FakeReply, type FakeRequest, FakeSystem, Violation } from './fake-system.ts'
import { type Row, runKql, type Tables } from './kql.ts'
import { pipelineRunId } from './servicenow.ts'

const tenant = 'contoso.example'
const clientId = '11111111-2222-3333-4444-555555555555'
const secret = 'entra~secret-4Kq8'
const identityKey = 'identity-header-2Wm5'
export const workspace = '0a0a0a0a-0b0b-0c0c-0d0d-0e0e0e0e0e0e'
export const subscription = '9a9a9a9a-9b9b-9c9c-9d9d-9e9e9e9e9e9e'

/** The secrets of all ways to get a token. */
export const azureSecrets = [secret, identityKey, 'entra-token-']

/**
 * Entra ID, the endpoints of managed identities, Log Analytics and Azure Resource Manager on one port. Log Analytics has the
 * runs of the sample estate.
 */
export async function startAzure(now: () => number) {
  const tokens = new Map<string, string>()
  const state = { tokenRequests: 0, isPartial: false }
  const health: Health = { events: [], resources: [], pageSize: 2 }
  const give = (audience: string, seconds: number, form: 'numbers' | 'texts'): FakeReply => {
    state.tokenRequests += 1
    const token = `entra-token-${state.tokenRequests}`
    tokens.set(token, audience)
    const until = Math.floor(now() / 1000) + seconds
    const numbers = { token_type: 'Bearer', expires_in: seconds, ext_expires_in: seconds }
    const texts = { token_type: 'Bearer', expires_on: String(until), resource: audience }
    return { json: { access_token: token, ...(form === 'numbers' ? numbers : texts) } }
  }
  const fake = new FakeSystem((request) => {
    const { path, query, headers } = request
    if (path === `/${tenant}/oauth2/v2.0/token`) return clientCredentials(request, give)
    if (path === '/msi/token') {
      if (query.get('api-version') !== '2019-08-01') throw new Violation('api-version')
      if (headers['x-identity-header'] !== identityKey) return { status: 401, json: {} }
      return give(query.get('resource') ?? '', 86_400, 'texts')
    }
    if (path === '/metadata/identity/oauth2/token') {
      if (query.get('api-version') !== '2018-02-01') throw new Violation('api-version')
      if (headers.metadata !== 'true') throw new Violation('Metadata')
      return give(query.get('resource') ?? '', 86_400, 'texts')
    }
    const token = headers.authorization?.replace('Bearer ', '') ?? ''
    if (tokens.get(token) !== fake.url) return invalidToken
    if (path === `/v1/workspaces/${workspace}/query`) {
      const { query: kql } = JSON.parse(request.body) as { query: string }
      const reply = tableOf(runKql(kql, entriesOf(now())))
      return { json: state.isPartial ? { ...reply, error: { code: 'PartialError' } } : reply }
    }
    return resourceManager(request, health, fake.url)
  })
  return Object.assign(await fake.start(), {
    state,
    health,
    revokeTokens: () => tokens.clear(),
    /** The settings for each way to get a token. */
    settings: {
      secret: { azureTenant: tenant, azureClientId: clientId, azureClientSecret: secret },
      appService: {
        azureIdentityEndpoint: `${fake.url}/msi/token`,
        azureIdentityHeader: identityKey,
      },
      metadata: { azureMetadataUrl: fake.url },
    },
    urls: {
      azureAuthority: fake.url,
      logAnalyticsUrl: fake.url,
      azureManagementUrl: fake.url,
    },
  })
}

/** What Azure Resource Manager knows. */
type Health = { events: unknown[]; resources: unknown[]; pageSize: number }

const invalidToken = {
  status: 401,
  json: {
    error: { code: 'InvalidTokenError', message: 'The provided authentication is not valid' },
  },
}

function clientCredentials(
  { body, method, headers }: FakeRequest,
  give: (audience: string, seconds: number, form: 'numbers') => FakeReply,
): FakeReply {
  const form = new URLSearchParams(body)
  if (method !== 'POST') throw new Violation('method')
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    throw new Violation('content-type')
  }
  if (form.get('grant_type') !== 'client_credentials') throw new Violation('grant_type')
  if (form.get('client_id') !== clientId || form.get('client_secret') !== secret) {
    const error_description = `AADSTS7000215: Invalid client secret provided (${form.get('client_secret')}).`
    return { status: 401, json: { error: 'invalid_client', error_description } }
  }
  const audience = /^(.+)\/\.default$/.exec(form.get('scope') ?? '')?.[1]
  if (audience === undefined) throw new Violation('scope')
  return give(audience, 3599, 'numbers')
}

function resourceManager({ path, query }: FakeRequest, health: Health, url: string): FakeReply {
  const base = `/subscriptions/${subscription}/providers/Microsoft.ResourceHealth`
  const [, list] = new RegExp(`^${base}/(events|availabilityStatuses)$`).exec(path) ?? []
  if (list === undefined) throw new Violation('path')
  if (query.get('api-version') !== '2025-05-01') throw new Violation('api-version')
  const isEvents = list === 'events'
  if (isEvents && !/^\d+\/\d+\/\d{4}$/.test(query.get('queryStartTime') ?? '')) {
    throw new Violation('queryStartTime')
  }
  const all = isEvents ? health.events : health.resources
  const skip = Number(query.get('$skipToken') ?? 0)
  const next = skip + health.pageSize
  query.set('$skipToken', String(next))
  return {
    json: {
      value: all.slice(skip, next),
      ...(next < all.length && { nextLink: `${url}${path}?${query}` }),
    },
  }
}

/** The result of a query as Log Analytics sends it. */
function tableOf(rows: Row[]) {
  const columns = Object.keys(rows[0] ?? {}).map((name) => ({ name, type: 'string' }))
  return {
    tables: [{ name: 'PrimaryResult', columns, rows: rows.map((row) => Object.values(row)) }],
  }
}

let made: { nowMs: number; entries: Tables } | undefined

/** The entries of the runs of the sample estate: one for the start of a run, and one for its end. */
function entriesOf(nowMs: number): Tables {
  if (made?.nowMs === nowMs) return made.entries
  const runs = estateAt(nowMs).runs.map(({ item }) => item)
  const entries = {
    ADFPipelineRun: runs.flatMap(pipelineEntries),
    ADFActivityRun: runs.flatMap(activityEntries),
  }
  made = { nowMs, entries }
  return entries
}

const invokedBy = { schedule: 'ScheduleTrigger', manual: 'Manual', event: 'BlobEventsTrigger' }
const statuses = { failed: 'Failed', in_progress: 'InProgress', succeeded: 'Succeeded' }

function pipelineEntries(run: PipelineRun): Row[] {
  const start = new Date(run.started_at)
  const common = {
    RunId: pipelineRunId(run.run_id),
    PipelineName: run.pipeline,
    Start: start,
    Predecessors: JSON.stringify([{ Name: 'x', InvokedByType: invokedBy[run.trigger] }]),
    _ResourceId: '/subscriptions/x/resourcegroups/x/providers/microsoft.datafactory/factories/f',
    ErrorCode: null,
    ErrorMessage: null,
  }
  const started = { ...common, TimeGenerated: start, Status: 'InProgress', End: null }
  if (run.ended_at === undefined) return [started]
  const end = new Date(run.ended_at)
  return [started, { ...common, TimeGenerated: end, Status: statuses[run.status], End: end }]
}

function activityEntries(run: PipelineRun): Row[] {
  let startMs = Date.parse(run.started_at)
  const ran = run.activities.filter(({ status }) => status !== 'skipped')
  return ran.map((activity, index): Row => {
    const start = new Date(startMs)
    startMs += (activity.duration_minutes ?? 0) * 60_000
    const isFailed = activity.status === 'failed'
    const isLast = index === ran.length - 1
    return {
      TimeGenerated: new Date(startMs),
      PipelineRunId: pipelineRunId(run.run_id),
      ActivityRunId: pipelineRunId(`${run.run_id}/${activity.name}`),
      ActivityName: activity.name,
      Status: activity.status === 'skipped' ? 'Skipped' : statuses[activity.status],
      Start: start,
      End: activity.duration_minutes === undefined ? null : new Date(startMs),
      ErrorCode: isFailed ? (run.error?.code ?? null) : null,
      ErrorMessage: isFailed ? (run.error?.message ?? null) : null,
      Output: isLast && run.rows_written ? JSON.stringify({ rowsCopied: run.rows_written }) : '{}',
    }
  })
}
