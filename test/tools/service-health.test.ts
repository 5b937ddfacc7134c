import { describe, expect, test } from 'bun:test'
import type { ServiceHealthConnector } from '../../src/tools/connectors.ts'
import type { HealthStatus, ServiceHealth } from '../../src/tools/records.ts'
import { createServiceHealthTools } from '../../src/tools/service-health.ts'
import { call } from './sample-tools.ts'

type Health = { platform: string; overall: string; checked: number; services: ServiceHealth[] }

test.each([
  ['check_databricks_health', 'Databricks', 'degraded', ['Jobs']],
  ['check_snowflake_health', 'Snowflake', 'healthy', []],
  ['check_azure_service_health', 'Azure', 'degraded', ['Storage', 'Virtual Machines']],
])('%s lists the worst services first', async (name, platform, overall, unhealthy) => {
  const { services, ...rest } = await call<Health>(name)
  expect(rest).toEqual({ platform, overall, checked: services.length })
  const first = services.slice(0, unhealthy.length)
  expect(first.map(({ service }) => service)).toEqual(unhealthy)
  expect(first.every(({ advice, tracking_id }) => advice && tracking_id)).toBe(true)
  const others = services.slice(unhealthy.length)
  expect(others.every(({ status }) => status === 'healthy')).toBe(true)
})

test('announced maintenance is in planned_maintenance and leaves the status healthy', async () => {
  const health = await call<Health>('check_snowflake_health', { service: 'Snowpipe' })
  expect(health).toMatchObject({ overall: 'healthy', checked: 1 })
  expect(health.services).toMatchObject([
    {
      status: 'healthy',
      summary: 'No known problem.',
      planned_maintenance: {
        from: '2026-08-13T02:00:00Z',
        to: '2026-08-13T04:00:00Z',
        tracking_id: 'SNOW-4471',
      },
    },
  ])
})

describe('filters', () => {
  test.each([
    ['check_azure_service_health', { service: 'Azure Data Factory' }, 'Data Factory'],
    ['check_azure_service_health', { service: 'key-vault' }, 'Key Vault'],
    ['check_databricks_health', { service: 'sql warehouse' }, 'SQL Warehouses'],
    ['check_snowflake_health', { service: 'SNOWPIPE' }, 'Snowpipe'],
  ])('%s %j matches part of the name', async (name, args, service) => {
    const { services } = await call<Health>(name, args)
    expect(new Set(services.map((part) => part.service))).toEqual(new Set([service]))
  })

  test('a region keeps its services, and overall covers only these', async () => {
    const { overall, services } = await call<Health>('check_databricks_health', {
      region: 'northeurope',
    })
    expect(overall).toBe('healthy')
    expect(services.map(({ region }) => region)).toEqual(['North Europe', 'North Europe'])
  })

  test('the name of the platform matches all of its services', async () => {
    const all = await call<Health>('check_snowflake_health')
    expect(await call<Health>('check_snowflake_health', { service: 'Snowflake' })).toEqual(all)
  })

  test('without a matching service the health is unknown, not healthy', async () => {
    expect(await call<Health>('check_azure_service_health', { region: 'Mars' })).toEqual({
      platform: 'Azure',
      overall: 'unknown',
      checked: 0,
      services: [],
    })
  })

  test('a status narrows the list, and overall still covers every service', async () => {
    const tool = 'check_databricks_health'
    const all = await call<Health>(tool)
    const outages = await call<Health>(tool, { status: ['outage'] })
    expect(outages).toEqual({ ...all, services: [] })
    const degraded = await call<Health>(tool, { status: ['outage', 'degraded'] })
    expect(degraded.services.map(({ service }) => service)).toEqual(['Jobs'])
    expect(degraded.checked).toBe(9)
  })
})

test.each<[statuses: HealthStatus[], overall: HealthStatus]>([
  [['healthy', 'healthy'], 'healthy'],
  [['healthy', 'maintenance'], 'maintenance'],
  [['maintenance', 'degraded', 'healthy'], 'degraded'],
  [['degraded', 'outage', 'maintenance'], 'outage'],
])('services that are %j are together %s', async (statuses, overall) => {
  const since = '2026-08-12T00:00:00Z'
  const planned_maintenance = { from: '2026-08-13T02:00:00Z', summary: 'Announced.' }
  const check = async () =>
    statuses.map((status) => ({
      service: 'Part',
      status,
      since,
      summary: '',
      planned_maintenance,
    }))
  const connector: ServiceHealthConnector = { databricks: check, snowflake: check, azure: check }
  const [tool] = createServiceHealthTools(connector)
  const answer = await tool?.execute('{}', new AbortController().signal)
  expect(JSON.parse(answer ?? '')).toMatchObject({ overall })
})
