import { describe, expect, test } from 'bun:test'
import { createSampleConnectors } from '../../../src/demo/estate/connectors.ts'
import { createDay, createEstate, type Estate, estateAt } from '../../../src/demo/estate/estate.ts'
import { failures } from '../../../src/demo/estate/failures.ts'
import { pipelines } from '../../../src/demo/estate/pipelines.ts'

const minuteMs = 60_000
const moments = [
  '2026-08-12T00:00:00Z',
  '2026-08-12T00:05:00Z',
  '2026-08-12T12:00:00Z',
  '2026-08-12T12:28:59Z',
  '2026-08-12T12:29:00Z',
  '2026-08-12T23:55:00Z',
  '2026-08-12T23:59:59Z',
  '2026-01-31T23:55:00Z',
  '2026-03-01T00:05:00Z',
  '2026-12-31T23:59:59Z',
  '2027-01-01T00:00:00Z',
  '2028-02-29T00:05:00Z',
  '2028-02-29T12:00:00Z',
  '2028-03-01T12:00:00Z',
]

describe.each(moments)('the estate at %s', (moment) => {
  const now = Date.parse(moment)
  const estate = createEstate(now)
  const { changes, incidents, runs, services } = estate
  const unhealthy = Object.values(services)
    .flat()
    .filter(({ status }) => status !== 'healthy')
  const at = Date.parse

  test('is the same each time', () => {
    expect(createEstate(now)).toEqual(estate)
  })

  test('has the size that it promises, and no number twice', () => {
    expect(changes).toHaveLength(40)
    expect(incidents.length).toBeWithin(39, 42)
    expect(runs.length).toBeGreaterThan(900)
    for (const ids of [numbersOf(changes), numbersOf(incidents), runs.map((run) => run.run_id)]) {
      expect(new Set(ids).size).toBe(ids.length)
    }
    expect(changes.filter(({ state }) => !['closed', 'canceled'].includes(state))).toHaveLength(16)
    const open = incidents.filter(({ state }) => !['resolved', 'closed'].includes(state))
    expect(open.length).toBeWithin(12, 15)
    expect(open.filter(({ priority }) => priority === 1)).toHaveLength(2)
  })

  test('numbers tickets in the order in which they were opened', () => {
    for (const tickets of [changes, incidents]) {
      const byNumber = tickets.toSorted((a, b) => a.number.localeCompare(b.number))
      const opened = byNumber.map(({ opened_at }) => opened_at)
      expect(opened).toEqual(opened.toSorted())
    }
  })

  test('gives each change times that fit its state', () => {
    for (const change of changes) {
      const [start, end] = [at(change.planned_start), at(change.planned_end)]
      const facts = `${change.number} ${change.state}`
      expect(at(change.opened_at), facts).toBeLessThan(Math.min(start, now))
      expect(start, facts).toBeLessThan(end)
      if (['new', 'assess', 'authorize', 'scheduled'].includes(change.state)) {
        expect(start, facts).toBeGreaterThan(now)
      }
      if (change.state === 'implement') {
        expect(start, facts).toBeLessThanOrEqual(now)
        expect(end, facts).toBeGreaterThan(now)
      }
      if (change.state === 'review') expect(end, facts).toBeLessThanOrEqual(now)
      if (change.state === 'closed') expect(at(change.closed_at ?? ''), facts).toBeWithin(end, now)
      if (change.state === 'canceled') {
        expect(at(change.closed_at ?? ''), facts).toBeWithin(at(change.opened_at), now)
      }
      const isOver = ['closed', 'canceled'].includes(change.state)
      expect(change.closed_at !== undefined, facts).toBe(isOver)
      expect(change.close_notes !== undefined, facts).toBe(isOver)
    }
  })

  test('gives each incident times that fit its state', () => {
    for (const incident of incidents) {
      const isOver = ['resolved', 'closed'].includes(incident.state)
      expect(at(incident.opened_at), incident.number).toBeLessThanOrEqual(now)
      expect(incident.resolved_at !== undefined, incident.number).toBe(isOver)
      expect(incident.close_notes !== undefined, incident.number).toBe(isOver)
      if (incident.resolved_at) {
        expect(at(incident.resolved_at), incident.number).toBeWithin(at(incident.opened_at), now)
      }
      const notes = incident.work_notes.map((note) => note.at)
      expect(notes).toEqual(notes.toSorted())
      for (const note of notes) {
        expect(at(note), incident.number).toBeWithin(at(incident.opened_at), now)
      }
    }
  })

  test('lets incidents and the changes that caused them name each other', () => {
    const links = incidents.filter((incident) => incident.caused_by_change)
    expect(links.length).toBeGreaterThan(6)
    for (const incident of links) {
      const change = changes.find(({ number }) => number === incident.caused_by_change)
      expect(change?.caused_incidents, incident.number).toContain(incident.number)
      expect(at(incident.opened_at), incident.number).toBeGreaterThan(
        at(change?.planned_start ?? ''),
      )
    }
    expect(changes.flatMap((change) => change.caused_incidents).length).toBe(links.length)
  })

  test('lets failed runs and the incidents they raised name each other', () => {
    const raising = runs.filter(({ incident }) => incident !== undefined)
    expect(raising.length).toBeGreaterThan(8)
    for (const run of raising) {
      const incident = incidents.find(({ number }) => number === run.incident)
      expect(incident?.pipeline_run, run.run_id).toBe(run.run_id)
      expect(at(incident?.opened_at ?? ''), run.run_id).toBeGreaterThanOrEqual(
        at(run.ended_at ?? ''),
      )
    }
    const raised = incidents.filter((incident) => incident.pipeline_run)
    expect(raised).toHaveLength(raising.length)
  })

  test('names only tickets that exist', () => {
    const known = new Set([...numbersOf(changes), ...numbersOf(incidents)])
    const named = JSON.stringify([changes, incidents, services]).match(/(CHG|INC)\d{7}/g) ?? []
    expect(named.filter((number) => !known.has(number))).toEqual([])
  })

  test('lets each degraded service name an open incident, and announces what is to come', () => {
    expect(unhealthy.length).toBeGreaterThan(2)
    for (const part of unhealthy) {
      expect(at(part.since)).toBeLessThan(now)
      if (part.status === 'maintenance') {
        const announced = /\d{4}-\S+Z/.exec(part.summary)?.[0] ?? ''
        expect(at(announced)).toBeGreaterThan(now)
      } else {
        const incident = incidents.find(({ number }) => number === part.incident)
        expect(incident?.state, part.service).toBe('in_progress')
        expect(at(part.since)).toBeLessThan(at(incident?.opened_at ?? ''))
      }
    }
  })

  test('ends every run in time, or has it in progress for minutes', () => {
    for (const run of runs) {
      const started = at(run.started_at)
      expect(started, run.run_id).toBeWithin(now - 15 * 24 * 60 * minuteMs, now + 1)
      const states = run.activities.map(({ status }) => status)
      if (run.status === 'in_progress') {
        expect(now - started, run.run_id).toBeLessThan(60 * minuteMs)
        expect(run).not.toContainAnyKeys(['ended_at', 'error', 'incident', 'rows_written'])
        expect(states.indexOf('in_progress')).toBe(states.length - 1)
        continue
      }
      const minutes = (at(run.ended_at ?? '') - started) / minuteMs
      expect(at(run.ended_at ?? ''), run.run_id).toBeLessThanOrEqual(now)
      expect(run.duration_minutes, run.run_id).toBe(minutes)
      expect(minutes, run.run_id).toBeGreaterThan(0)
      const spent = run.activities.reduce((sum, each) => sum + (each.duration_minutes ?? 0), 0)
      expect(spent, run.run_id).toBe(minutes)
      expect(run.error !== undefined, run.run_id).toBe(run.status === 'failed')
      const failed = run.activities.find(({ status }) => status === 'failed')
      expect(failed?.name, run.run_id).toBe(run.error?.activity)
      expect(run.rows_written !== undefined, run.run_id).toBe(run.status === 'succeeded')
    }
  })

  test('shows every pipeline, one that runs and one whose latest run failed', () => {
    const latest = pipelines.map(({ name }) => runs.find(({ pipeline }) => pipeline === name))
    const statuses = latest.map((run) => run?.status)
    expect(statuses).not.toContain(undefined)
    expect(statuses).toContain('failed')
    expect(statuses).toContain('in_progress')
    expect(statuses).toContain('succeeded')
  })
})

test('at every minute of a day something is in progress and what failed has its incident', () => {
  const day = createDay(Date.parse('2026-08-12T00:00:00Z'))
  for (let minute = 0; minute < 1440; minute++) {
    const now = day.today + minute * minuteMs
    const { runs, incidents } = estateAt(day, now)
    const moment = new Date(now).toISOString()
    expect(
      runs.some(({ status }) => status === 'in_progress'),
      moment,
    ).toBe(true)
    const opened = new Set<string | undefined>(numbersOf(incidents))
    const raised = runs.filter(({ incident }) => incident !== undefined)
    expect(
      raised.filter(({ incident }) => !opened.has(incident)),
      moment,
    ).toEqual([])
  }
})

test('every failure of the table comes to pass', () => {
  const { runs } = createEstate(Date.parse('2026-08-12T23:59:59Z'))
  expect(runs.filter(({ status }) => status === 'failed')).toHaveLength(failures.length)
})

test('a paused pipeline does not start, so that its failed run stays the newest', () => {
  const { runs } = createEstate(Date.parse('2026-08-12T23:55:00Z'))
  const newest = runs.find(({ pipeline }) => pipeline === 'customer-orders-daily')
  expect(newest).toMatchObject({ status: 'failed', incident: 'INC0010038' })
})

test('tickets stay as they are through the day, and runs come up', () => {
  const morning = createEstate(Date.parse('2026-08-12T00:05:00Z'))
  const evening = createEstate(Date.parse('2026-08-12T23:55:00Z'))
  expect(evening.changes).toEqual(morning.changes)
  expect(evening.services).toEqual(morning.services)
  expect(evening.incidents.slice(0, morning.incidents.length)).toEqual(morning.incidents)
  expect(evening.runs.length).toBeGreaterThan(morning.runs.length)
})

test('the connectors follow the clock over midnight', async () => {
  const clock = { now: Date.parse('2026-08-12T23:59:00Z') }
  const { serviceNow } = createSampleConnectors(() => clock.now)
  const { signal } = new AbortController()
  const start = async () => (await serviceNow.findChange('CHG0030412', signal))?.planned_start
  expect(await start()).toBe('2026-08-11T17:00:00Z')
  clock.now += 2 * minuteMs
  expect(await start()).toBe('2026-08-12T17:00:00Z')
})

function numbersOf(tickets: Estate['changes'] | Estate['incidents']): string[] {
  return tickets.map(({ number }) => number)
}
