import { describe, expect, test } from 'bun:test'
import { OpsError } from '../../src/core/errors.ts'
import {
  changeRisks,
  changeStates,
  changeTypes,
  healthStatuses,
  incidentStates,
  priorities,
  runStatuses,
} from '../../src/tools/records.ts'
import { cpuTimeMs } from '../support/longest-stall.ts'
import { call, createSampleTools } from './sample-tools.ts'

const tools = createSampleTools()

test('the ten tools keep their names', () => {
  expect(tools.map((tool) => tool.name)).toEqual([
    'list_change_requests',
    'get_change_request',
    'list_incidents',
    'get_incident',
    'query_pipeline_status',
    'get_pipeline_run_details',
    'list_failed_pipelines',
    'check_databricks_health',
    'check_snowflake_health',
    'check_azure_service_health',
  ])
})

test.each(tools)('$name has a description, and so has each of its parameters', (tool) => {
  expect(tool.description.length).toBeGreaterThan(40)
  const properties = Object.entries(tool.parameters.properties as Record<string, unknown>)
  expect(properties.length).toBeGreaterThan(0)
  for (const [name, schema] of properties) {
    expect(schema, name).toHaveProperty('description', expect.stringMatching(/.{10,}/))
  }
})

test('only the number of a ticket is a required parameter', () => {
  const required = tools.filter((tool) => tool.parameters.required !== undefined)
  expect(required.map(({ name, parameters }) => [name, parameters.required])).toEqual([
    ['get_change_request', ['number']],
    ['get_incident', ['number']],
  ])
})

describe('invalid arguments are refused with a message that names the problem', () => {
  test.each([
    ['list_change_requests', '{"state":', 'not valid JSON'],
    ['list_change_requests', '[]', 'expected object'],
    ['list_change_requests', { colour: 'red' }, 'colour'],
    ['list_change_requests', { state: 'opened' }, 'at state'],
    ['list_change_requests', { state: 'opened' }, '"open"|"new"'],
    ['list_change_requests', { type: 'urgent' }, 'at type'],
    ['list_change_requests', { risk: 1 }, 'at risk'],
    ['list_change_requests', { service: 7 }, 'at service'],
    ['list_change_requests', { limit: 0 }, 'at limit'],
    ['list_change_requests', { limit: 51 }, 'at limit'],
    ['list_change_requests', { limit: 2.5 }, 'at limit'],
    ['list_change_requests', { limit: '5' }, 'at limit'],
    ['list_change_requests', { planned_from: 'tomorrow' }, '"tomorrow" is not an ISO 8601'],
    ['list_change_requests', { planned_from: '2026-02-30' }, 'at planned_from'],
    ['list_change_requests', { planned_to: '2026-08-01T25:00:00Z' }, 'at planned_to'],
    [
      'list_change_requests',
      { planned_from: '2026-08-02', planned_to: '2026-08-01' },
      'planned_from is later than planned_to',
    ],
    ['get_change_request', {}, 'at number'],
    ['get_change_request', { number: 'INC0010023' }, 'Write CHG and 7 digits'],
    ['get_change_request', { number: 'CHG123456789' }, 'at number'],
    ['get_change_request', { number: 'the last one' }, 'at number'],
    ['list_incidents', { priority: 5 }, 'at priority'],
    ['list_incidents', { priority: '1' }, 'at priority'],
    ['list_incidents', { priority: [1, 5] }, 'expected one of 1|2|3|4'],
    ['list_incidents', { priority: [1, 5] }, 'at priority[1]'],
    ['list_incidents', { priority: [] }, 'at priority'],
    ['list_incidents', { state: ['open', null] }, 'at state[1]'],
    ['list_incidents', { state: [['open']] }, 'at state[0]'],
    ['list_incidents', { state: { is: 'open' } }, 'at state'],
    ['list_incidents', { opened_from: 20260801 }, 'at opened_from'],
    ['list_incidents', { caused_by_change: 'INC0010023' }, 'at caused_by_change'],
    ['get_incident', { number: 'CHG0030412' }, 'INC0010023'],
    ['query_pipeline_status', { status: 'running' }, 'at status'],
    ['get_pipeline_run_details', {}, 'Give run_id or pipeline'],
    ['list_failed_pipelines', { from: '01.08.2026' }, 'at from'],
    ['list_failed_pipelines', { from: '2026-08-02', to: '2026-08-01' }, 'from is later than to'],
    ['list_failed_pipelines', { from: '2026-08-13' }, 'The range is in the future'],
    ['list_failed_pipelines', { to: '2026-09-01' }, 'The range is in the future'],
    ['check_azure_service_health', { status: ['broken'] }, '"healthy"|"maintenance"'],
    ['check_databricks_health', { regions: 'West Europe' }, 'regions'],
  ])('%s %j', async (name, args, message) => {
    const refusal = await call(name, args).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(OpsError)
    expect(refusal).toMatchObject({
      code: 'tool_arguments',
      message: expect.stringContaining(message),
    })
  })
})

test.each(tools)('$name reads null and "" as a parameter that is not given', async (tool) => {
  const optional = Object.keys(tool.parameters.properties as object)
  const given = tool.name.startsWith('get_') ? { number: '1', run_id: 'x' } : {}
  const empty = optional.map((name, i) => [name, i % 2 === 0 ? null : ''])
  const known = Object.entries(given).filter(([name]) => optional.includes(name))
  await call(tool.name, Object.fromEntries([...empty, ...known]))
})

test.each(tools)('$name throws `stopped` after the run was stopped', async (tool) => {
  const given = { number: '1', run_id: 'x' }
  const names = Object.keys(tool.parameters.properties as object)
  const args = Object.entries(given).filter(([name]) => names.includes(name))
  const stopped = call(tool.name, Object.fromEntries(args), { signal: AbortSignal.abort() })
  expect(await stopped.catch((error: unknown) => error)).toMatchObject({ code: 'stopped' })
})

describe('list-valued filters', () => {
  const listValued: [tool: string, parameter: string, values: (string | number)[]][] = [
    ['list_change_requests', 'state', ['open', ...changeStates]],
    ['list_change_requests', 'type', [...changeTypes]],
    ['list_change_requests', 'risk', [...changeRisks]],
    ['list_incidents', 'state', ['open', ...incidentStates]],
    ['list_incidents', 'priority', [...priorities]],
    ['query_pipeline_status', 'status', [...runStatuses]],
    ['check_databricks_health', 'status', [...healthStatuses]],
    ['check_snowflake_health', 'status', [...healthStatuses]],
    ['check_azure_service_health', 'status', [...healthStatuses]],
  ]

  test.each(listValued)('%s offers %s to the model as a list only', (name, parameter, values) => {
    const tool = tools.find((each) => each.name === name)
    const properties = tool?.parameters.properties as Record<string, unknown>
    expect(properties[parameter]).toEqual({
      description: expect.stringMatching(/Example: \[.+\]/),
      type: 'array',
      minItems: 1,
      items: { type: typeof values[0], enum: values },
    })
  })

  test.each(listValued)(
    '%s reads a single value of %s as a list',
    async (name, parameter, values) => {
      for (const value of values) {
        const single = await call<object>(name, { [parameter]: value })
        expect(single).toEqual(await call<object>(name, { [parameter]: [value] }))
      }
    },
  )

  test.each(listValued)(
    '%s returns the same with every value of %s as without the filter',
    async (name, parameter, values) => {
      expect(await call<object>(name, { [parameter]: values })).toEqual(await call<object>(name))
    },
  )
})

test.each(tools)('$name says in its schema that it takes no other parameters', ({ parameters }) => {
  expect(parameters.additionalProperties).toBe(false)
})

test('a call takes less than 0.3 ms of CPU after the first', async () => {
  const { signal } = new AbortController()
  const rounds = 200
  for (const tool of tools) {
    const args = callable(tool.name)
    for (let round = 0; round < rounds; round++) await tool.execute(args, signal)
    const before = cpuTimeMs()
    for (let round = 0; round < rounds; round++) await tool.execute(args, signal)
    expect((cpuTimeMs() - before) / rounds, tool.name).toBeLessThan(0.3)
  }
})

/** Arguments that the tool accepts. */
function callable(name: string): string {
  if (name === 'get_pipeline_run_details') return '{"pipeline": "customer orders"}'
  return name.startsWith('get_') ? '{"number": "10038"}' : '{}'
}
