import { describe, expect, test } from 'bun:test'
import type { ServiceHealth, ServiceHealthConnector } from '../../src/tools/records.ts'
import { createServiceHealthTools } from '../../src/tools/service-health.ts'
import { call } from './sample-tools.ts'

type Health = { platform: string; overall: string; services: ServiceHealth[] }

test.each([
  ['check_databricks_health', 'Databricks', 'degraded', ['Jobs']],
  ['check_snowflake_health', 'Snowflake', 'maintenance', ['Snowpipe']],
  ['check_azure_service_health', 'Azure', 'degraded', ['Storage', 'Virtual Machines']],
])('%s is as bad as its worst part', async (name, platform, overall, unhealthy) => {
  const health = await call<Health>(name)
  expect(health).toMatchObject({ platform, overall })
  const parts = health.services.filter(({ status }) => status !== 'healthy')
  expect(parts.map(({ service }) => service)).toEqual(unhealthy)
  expect(parts.every(({ advice, tracking_id }) => advice && tracking_id)).toBe(true)
})

describe('filters', () => {
  test.each([
    ['check_azure_service_health', { service: 'Azure Data Factory' }, 'Data Factory'],
    ['check_azure_service_health', { service: 'key-vault' }, 'Key Vault'],
    ['check_databricks_health', { service: 'sql warehouse' }, 'SQL Warehouses'],
    ['check_snowflake_health', { service: 'SNOWPIPE' }, 'Snowpipe'],
  ])('%s %j', async (name, args, service) => {
    const { services } = await call<Health>(name, args)
    expect(new Set(services.map((part) => part.service))).toEqual(new Set([service]))
  })

  test('a region keeps only its parts, and overall speaks of these', async () => {
    const { overall, services } = await call<Health>('check_databricks_health', {
      region: 'northeurope',
    })
    expect(overall).toBe('healthy')
    expect(services.map(({ region }) => region)).toEqual(['North Europe', 'North Europe'])
  })

  test('the name of the platform stands for all of its parts', async () => {
    const all = await call<Health>('check_snowflake_health')
    expect(await call<Health>('check_snowflake_health', { service: 'Snowflake' })).toEqual(all)
  })

  test('where nothing is found, nothing is called healthy', async () => {
    expect(await call<Health>('check_azure_service_health', { region: 'Mars' })).toEqual({
      platform: 'Azure',
      overall: 'unknown',
      services: [],
    })
  })
})

test.each([
  [['healthy', 'maintenance'], 'maintenance'],
  [['maintenance', 'degraded', 'healthy'], 'degraded'],
  [['degraded', 'outage', 'maintenance'], 'outage'],
] as const)('%j together are %s', async (statuses, overall) => {
  const since = '2026-08-12T00:00:00Z'
  const parts = statuses.map((status) => ({ service: 'Part', status, since, summary: '' }))
  const check = async () => parts
  const connector: ServiceHealthConnector = { databricks: check, snowflake: check, azure: check }
  const [tool] = createServiceHealthTools(connector)
  const answer = await tool?.execute('{}', new AbortController().signal)
  expect(JSON.parse(answer ?? '')).toMatchObject({ overall })
})
