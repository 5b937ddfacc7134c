import { describe, expect, test } from 'bun:test'
import type { ChangeRequest, Incident } from '../../src/tools/records.ts'
import { call, noon } from './sample-tools.ts'

type Changes = { total: number; change_requests: ChangeRequest[] }
type Incidents = { total: number; incidents: Incident[] }

const changes = (args: object = {}) => call<Changes>('list_change_requests', { limit: 50, ...args })
const incidents = (args: object = {}) => call<Incidents>('list_incidents', { limit: 50, ...args })

describe('list_change_requests', () => {
  test('returns exactly the fields of the short form', async () => {
    const { change_requests } = await changes({ limit: 1 })
    expect(Object.keys(change_requests[0] ?? {})).toEqual([
      'number',
      'short_description',
      'state',
      'type',
      'risk',
      'service',
      'assignment_group',
      'assigned_to',
      'planned_start',
      'planned_end',
    ])
  })

  test('returns 20 by default, and counts all that match', async () => {
    const unlimited = await call<Changes>('list_change_requests')
    expect(unlimited.change_requests).toHaveLength(20)
    expect(unlimited.total).toBe(30)
    const { total, change_requests } = await changes({ limit: 3 })
    expect(change_requests).toHaveLength(3)
    expect(total).toBe(30)
  })

  test('open changes are neither closed nor canceled, and the next planned is first', async () => {
    const { total, change_requests } = await changes({ state: 'open' })
    expect(new Set(change_requests.map(({ state }) => state))).toEqual(
      new Set(['assess', 'authorize', 'implement', 'new', 'review', 'scheduled']),
    )
    const starts = change_requests.map(({ planned_start }) => planned_start)
    expect(starts).toEqual(starts.toSorted())
    expect(total).toBe(16)
  })

  test('closed changes come after the open ones, the latest first', async () => {
    const closed = (await changes({ state: 'closed' })).change_requests
    const starts = closed.map(({ planned_start }) => planned_start)
    expect(starts).toEqual(starts.toSorted().reverse())
    const all = (await changes()).change_requests.map(({ state }) => state)
    expect(all.slice(0, 16)).not.toContain('closed')
    expect(all.slice(16)).not.toContain('new')
  })

  test.each([
    ['state', 'canceled'],
    ['type', 'emergency'],
    ['risk', 'high'],
  ] as const)('%s keeps only %s changes', async (field, value) => {
    const all = (await changes()).change_requests
    const { total, change_requests } = await changes({ [field]: value })
    expect(total).toBe(all.filter((change) => change[field] === value).length)
    expect(total).toBeGreaterThan(0)
    expect(change_requests.every((change) => change[field] === value)).toBe(true)
  })

  test('several values of a filter match any of them, and filters narrow together', async () => {
    const all = (await changes()).change_requests
    const { change_requests } = await changes({
      state: ['scheduled', 'closed'],
      risk: ['moderate', 'high'],
    })
    const expected = all.filter(
      ({ state, risk }) => ['scheduled', 'closed'].includes(state) && risk !== 'low',
    )
    expect(change_requests).toEqual(expected)
    expect(new Set(change_requests.map(({ state }) => state)).size).toBe(2)
    expect(new Set(change_requests.map(({ risk }) => risk)).size).toBe(2)
  })

  test('"open" combines with other states', async () => {
    const open = await changes({ state: ['open'] })
    const canceled = await changes({ state: ['canceled'] })
    const both = await changes({ state: ['canceled', 'open', 'new'] })
    expect(both.total).toBe(open.total + canceled.total)
    expect(both.change_requests).toEqual([...open.change_requests, ...canceled.change_requests])
  })

  test.each([
    [{ service: 'databricks' }, { service: 'Databricks' }],
    [{ service: 'keyvault' }, { service: 'Azure Key Vault' }],
    [{ service: 'azure-storage' }, { service: 'Azure Storage' }],
    [{ assignment_group: 'data_platform' }, { assignment_group: 'Data Platform' }],
    [{ assignment_group: 'ANALYTICS' }, { assignment_group: 'Analytics Engineering' }],
  ])('%j matches part of the name', async (filter, expected) => {
    const { change_requests } = await changes(filter)
    expect(change_requests.length).toBeGreaterThan(0)
    for (const change of change_requests) expect(change).toMatchObject(expected)
  })

  test('text needs every word, in any case, and includes the number', async () => {
    const numbers = async (text: string) =>
      (await changes({ text })).change_requests.map(({ number }) => number)
    expect(await numbers('CLEAN-UP role')).toEqual(['CHG0030403', 'CHG0030397'])
    expect(await numbers('chg0030412')).toEqual(['CHG0030412'])
    expect(await numbers('runtime banana')).toEqual([])
  })

  test('planned_from and planned_to keep planned windows that overlap the range', async () => {
    const today = new Date(noon).toISOString().slice(0, 10)
    const { change_requests } = await changes({ planned_from: today, planned_to: today })
    expect(change_requests.map(({ number }) => number)).toEqual([
      'CHG0030413',
      'CHG0030411',
      'CHG0030412',
    ])
    const later = await changes({ planned_from: '2026-08-13T08:00:00+02:00' })
    const all = (await changes()).change_requests
    expect(later.total).toBe(
      all.filter(({ planned_end }) => planned_end >= '2026-08-13T06:00:00Z').length,
    )
    expect((await changes({ planned_to: '2020-01-01' })).total).toBe(0)
  })
})

describe('list_incidents', () => {
  test('open incidents are new, in progress or on hold', async () => {
    const { incidents: open } = await incidents({ state: 'open' })
    expect(new Set(open.map(({ state }) => state))).toEqual(
      new Set(['in_progress', 'new', 'on_hold']),
    )
  })

  test.each([{}, { state: ['open'] }, { priority: [2, 3] }])(
    '%j are sorted by priority, critical first, then newest first',
    async (args) => {
      const order = (await incidents(args)).incidents.map(({ priority, opened_at }) => ({
        priority,
        opened: Date.parse(opened_at),
      }))
      expect(order).toEqual(
        order.toSorted((a, b) => a.priority - b.priority || b.opened - a.opened),
      )
      expect(new Set(order.map(({ priority }) => priority)).size).toBeGreaterThan(1)
    },
  )

  test('limit keeps the most severe', async () => {
    const { total, incidents: first } = await incidents({ state: ['open'], limit: 3 })
    expect(total).toBe(13)
    expect(first.map(({ priority }) => priority)).toEqual([1, 1, 2])
  })

  test('returns no descriptions or work notes', async () => {
    for (const incident of (await incidents()).incidents) {
      expect(incident).not.toHaveProperty('description')
      expect(incident).not.toHaveProperty('work_notes')
    }
  })

  test('two open incidents are critical', async () => {
    const { total, incidents: critical } = await incidents({ state: 'open', priority: 1 })
    expect(total).toBe(2)
    expect(critical.map(({ number }) => number)).toEqual(['INC0010038', 'INC0010037'])
  })

  test('several priorities and "open" with another state match any of them', async () => {
    const { incidents: found } = await incidents({ priority: [1, 2], state: ['open', 'resolved'] })
    const all = (await incidents()).incidents
    expect(found).toEqual(all.filter(({ priority, state }) => priority <= 2 && state !== 'closed'))
    expect(new Set(found.map(({ priority }) => priority))).toEqual(new Set([1, 2]))
    expect(found.some(({ state }) => state === 'resolved')).toBe(true)
  })

  test('caused_by_change keeps the incidents that a change caused', async () => {
    const { incidents: caused } = await incidents({ caused_by_change: 'chg 30409' })
    expect(caused.map(({ number }) => number)).toEqual(['INC0010038'])
  })

  test('opened_from and opened_to limit when it was opened', async () => {
    const bounds = { opened_from: '2026-08-11T20:00', opened_to: '2026-08-11' }
    const { incidents: lastNight } = await incidents(bounds)
    expect(lastNight.map(({ number }) => number)).toEqual([
      'INC0010038',
      'INC0010037',
      'INC0010039',
    ])
  })

  test('service, group, state and text narrow together', async () => {
    const found = await incidents({
      service: 'snow flake',
      assignment_group: 'data platform',
      state: 'resolved',
      text: 'LOAD_WH suspended',
    })
    expect(found.incidents.map(({ number }) => number)).toEqual(['INC0010023'])
  })
})

describe('one ticket', () => {
  test.each(['CHG0030412', 'chg0030412', ' CHG 30412 ', '30412', 'chg-0030412', '#30412'])(
    'a change is found as "%s"',
    async (number) => {
      const answer = await call('get_change_request', { number })
      expect(answer).toMatchObject({ change_request: { number: 'CHG0030412' } })
    },
  )

  test.each(['INC0010023', 'inc 10023', '10023', 'Inc0010023'])(
    'an incident is found as "%s"',
    async (number) => {
      const answer = await call('get_incident', { number })
      expect(answer).toMatchObject({ incident: { number: 'INC0010023' } })
    },
  )

  test('a change has its close notes and the incidents that it caused', async () => {
    const answer = await call('get_change_request', { number: 'CHG0030396' })
    expect(answer).toMatchObject({
      change_request: {
        state: 'closed',
        caused_incidents: ['INC0010023'],
        close_notes: expect.stringContaining('LOAD_WH'),
      },
    })
  })

  test('an unknown number is reported as not found', async () => {
    expect(await call<object>('get_change_request', { number: '39999' })).toEqual({
      not_found: 'CHG0039999',
    })
    expect(await call<object>('get_incident', { number: '1' })).toEqual({ not_found: 'INC0000001' })
  })
})
