import { describe, expect, test } from 'bun:test'
import type { PipelineRun, PipelineStatus } from '../../src/tools/records.ts'
import { call, noon } from './sample-tools.ts'

type Statuses = { total: number; pipelines: PipelineStatus[] }
type Failed = { from: string; to: string; total: number; failed_runs: PipelineRun[] }
type Run = { run: PipelineRun }

describe('query_pipeline_status', () => {
  test('returns every pipeline: failed, in progress, succeeded; then the newest first', async () => {
    const { total, pipelines } = await call<Statuses>('query_pipeline_status')
    expect(total).toBe(12)
    const order = pipelines.map(({ latest_run: { status, started_at } }) => ({
      rank: ['failed', 'in_progress', 'succeeded'].indexOf(status),
      started: Date.parse(started_at),
    }))
    expect(order).toHaveLength(12)
    expect(order).toEqual(order.toSorted((a, b) => a.rank - b.rank || b.started - a.started))
    expect(new Set(order.map(({ rank }) => rank))).toEqual(new Set([0, 1, 2]))
  })

  test.each(['customer orders', 'Customer_Orders_Daily', 'customerorders', 'orders-daily'])(
    'finds customer-orders-daily as "%s"',
    async (pipeline) => {
      const { pipelines } = await call<Statuses>('query_pipeline_status', { pipeline })
      expect(pipelines.map((each) => each.pipeline)).toEqual(['customer-orders-daily'])
    },
  )

  test.each(['succeeded', 'failed', 'in_progress'] as const)(
    'keeps pipelines whose latest run has the status %s',
    async (status) => {
      const { pipelines } = await call<Statuses>('query_pipeline_status', { status })
      const all = await call<Statuses>('query_pipeline_status')
      const expected = all.pipelines.filter(({ latest_run }) => latest_run.status === status)
      expect(pipelines).toEqual(expected)
      expect(pipelines.length).toBeGreaterThan(0)
    },
  )

  test('several statuses keep the pipelines with any of them', async () => {
    const both = await call<Statuses>('query_pipeline_status', { status: ['failed', 'succeeded'] })
    const failed = await call<Statuses>('query_pipeline_status', { status: ['failed'] })
    const succeeded = await call<Statuses>('query_pipeline_status', { status: ['succeeded'] })
    expect(both.pipelines).toEqual([...failed.pipelines, ...succeeded.pipelines])
    expect(both.total).toBe(failed.total + succeeded.total)
  })

  test('an unknown name, or a name without letters, finds nothing', async () => {
    for (const pipeline of ['no-such-pipeline', '-']) {
      expect(await call<Statuses>('query_pipeline_status', { pipeline })).toEqual({
        total: 0,
        pipelines: [],
      })
    }
  })

  test('counts the runs of the last 7 days', async () => {
    const { pipelines } = await call<Statuses>('query_pipeline_status', { pipeline: 'finance' })
    const [finance] = pipelines
    const { succeeded = 0, failed = 0, in_progress = 0 } = finance?.runs_last_7_days ?? {}
    expect(succeeded + failed + in_progress).toBe(7 * 24)
    expect(finance?.last_success_at).toBe('2026-08-12T11:31:00Z')
  })
})

describe('get_pipeline_run_details', () => {
  test('a pipeline gives its newest run', async () => {
    const { run } = await call<Run>('get_pipeline_run_details', { pipeline: 'customer orders' })
    expect(run).toMatchObject({
      run_id: 'customer-orders-daily-20260811-2230',
      status: 'failed',
      error: { activity: 'copy_orders', code: 'AuthorizationFailure' },
      incident: 'INC0010038',
    })
    expect(run.activities.map(({ status }) => status)).toEqual([
      'failed',
      'skipped',
      'skipped',
      'skipped',
    ])
  })

  test('a run id takes precedence over a pipeline', async () => {
    const run_id = 'finance-ledger-hourly-20260803-1405'
    const { run } = await call<Run>('get_pipeline_run_details', { run_id, pipeline: 'customer' })
    expect(run).toMatchObject({ run_id, status: 'failed', incident: 'INC0010025' })
  })

  test('a run in progress shows its current activity and not its outcome', async () => {
    const now = Date.parse('2026-08-12T12:25:00Z')
    const pipeline = 'customer-profile-sync'
    const { run } = await call<Run>('get_pipeline_run_details', { pipeline }, { now })
    expect(run).toEqual({
      run_id: 'customer-profile-sync-20260812-1220',
      pipeline,
      status: 'in_progress',
      started_at: '2026-08-12T12:20:00Z',
      trigger: 'schedule',
      activities: [
        { name: 'read_crm', status: 'succeeded', duration_minutes: 2 },
        { name: 'match_profiles', status: 'in_progress' },
      ],
    })
    const ended = await call<Run>(
      'get_pipeline_run_details',
      { run_id: run.run_id },
      { now: now + 240_000 },
    )
    expect(ended.run).toMatchObject({ status: 'failed', incident: 'INC0010041' })
  })

  test('an unknown run or pipeline is reported as not found, under the given name', async () => {
    expect(await call<object>('get_pipeline_run_details', { run_id: 'nope-1' })).toEqual({
      not_found: 'nope-1',
    })
    expect(await call<object>('get_pipeline_run_details', { pipeline: 'nope' })).toEqual({
      not_found: 'nope',
    })
  })
})

describe('list_failed_pipelines', () => {
  test('covers the last 24 hours by default, newest first', async () => {
    const failed = await call<Failed>('list_failed_pipelines')
    expect(failed.from).toBe('2026-08-11T12:00:00.000Z')
    expect(failed.to).toBe(new Date(noon).toISOString())
    expect(failed.failed_runs.map(({ run_id }) => run_id)).toEqual([
      'product-catalog-refresh-20260812-0640',
      'fraud-features-refresh-20260812-0450',
      'supplier-invoices-intake-20260811-2357',
      'customer-orders-daily-20260811-2230',
      'fraud-features-refresh-20260811-2050',
      'clickstream-sessions-hourly-20260811-2030',
      'customer-profile-sync-20260811-1620',
    ])
    expect(failed.total).toBe(7)
    expect(Object.keys(failed.failed_runs[3] ?? {})).toEqual([
      'run_id',
      'pipeline',
      'started_at',
      'ended_at',
      'error',
      'incident',
    ])
  })

  test('from, to, pipeline and limit narrow the list', async () => {
    const two = await call<Failed>('list_failed_pipelines', { from: '2026-07-29', limit: 2 })
    expect(two.failed_runs).toHaveLength(2)
    expect(two.total).toBe(15)
    const args = { from: '2026-08-01', to: '2026-08-05', pipeline: 'finance_ledger' }
    const { failed_runs } = await call<Failed>('list_failed_pipelines', args)
    expect(failed_runs.map(({ incident }) => incident)).toEqual(['INC0010025'])
  })

  test('to without from covers the 24 hours before it', async () => {
    const failed = await call<Failed>('list_failed_pipelines', { to: '2026-08-09T06:00:00Z' })
    expect(failed.from).toBe('2026-08-08T06:00:00.000Z')
    expect(failed.failed_runs.map(({ incident }) => incident)).toEqual(['INC0010032', 'INC0010031'])
  })

  test.each(['00:00', '00:05', '06:30', '12:00', '21:00', '23:55'])(
    'the 24 hours before %s have failed runs, and one of them has an incident',
    async (time) => {
      const now = Date.parse(`2026-08-12T${time}:00Z`)
      const { failed_runs } = await call<Failed>('list_failed_pipelines', {}, { now })
      expect(failed_runs.length).toBeGreaterThan(1)
      expect(failed_runs.some(({ incident }) => incident !== undefined)).toBe(true)
    },
  )
})
