import { describe, expect, test } from 'bun:test'
import { createSampleConnectors } from '../../../src/demo/estate/connectors.ts'
import { estateAt } from '../../../src/demo/estate/estate.ts'
import { failures, pipelines } from '../../../src/demo/estate/pipelines.ts'
import { openChangeStates, openIncidentStates } from '../../../src/tools/records.ts'

const minuteMs = 60_000
const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'))
const moments = [
  ...hours.map((hour) => `2026-08-12T${hour}:00:00Z`),
  '2026-08-12T00:05:00Z',
  '2026-08-12T12:28:59Z',
  '2026-08-12T12:29:00Z',
  '2026-08-12T23:59:59Z',
  '2026-01-31T23:55:00Z',
  '2026-03-01T00:05:00Z',
  '2026-12-31T23:59:59Z',
  '2027-01-01T00:00:00Z',
  '2028-02-29T00:05:00Z',
  '2028-03-01T12:00:00Z',
]

/** The records of the estate, without their times in ms. */
function recordsAt(now: number) {
  const { changes, incidents, runs, services } = estateAt(now)
  return {
    changes: changes.map(({ item }) => item),
    incidents: incidents.map(({ item }) => item),
    runs: runs.map(({ item }) => item),
    services,
  }
}

describe.each(moments)('the estate at %s', (moment) => {
  const now = Date.parse(moment)
  const { changes, incidents, runs, services } = recordsAt(now)
  const at = Date.parse

  test('is the same after another day was read', () => {
    estateAt(now + 3 * 24 * 60 * minuteMs)
    expect(recordsAt(now)).toEqual({ changes, incidents, runs, services })
  })

  test('has the promised size, and each id once', () => {
    expect(changes).toHaveLength(30)
    expect(incidents.length).toBeWithin(26, 29)
    expect(runs.length).toBeGreaterThan(900)
    for (const ids of [numbersOf(changes), numbersOf(incidents), runs.map((run) => run.run_id)]) {
      expect(new Set(ids).size).toBe(ids.length)
    }
    const open: readonly string[] = [...openChangeStates, ...openIncidentStates]
    expect(changes.filter(({ state }) => open.includes(state))).toHaveLength(16)
    const openIncidents = incidents.filter(({ state }) => open.includes(state))
    expect(openIncidents.length).toBeWithin(12, 15)
    expect(openIncidents.filter(({ priority }) => priority === 1)).toHaveLength(2)
  })

  test('has times in ms that equal the ISO times', () => {
    const estate = estateAt(now)
    for (const { item, startMs, endMs } of estate.changes) {
      expect([startMs, endMs]).toEqual([at(item.planned_start), at(item.planned_end)])
    }
    for (const { item, startMs, endMs } of estate.incidents) {
      expect([startMs, endMs]).toEqual([at(item.opened_at), at(item.opened_at)])
    }
    for (const { item, startMs, endMs } of estate.runs) {
      expect(startMs).toBe(at(item.started_at))
      if (item.ended_at) expect(endMs).toBe(at(item.ended_at))
      else expect(endMs).toBeGreaterThan(now)
    }
  })

  test('numbers tickets in the order in which they were opened', () => {
    for (const tickets of [changes, incidents]) {
      const byNumber = tickets.toSorted((a, b) => a.number.localeCompare(b.number))
      const opened = byNumber.map(({ opened_at }) => opened_at)
      expect(opened).toEqual(opened.toSorted())
    }
  })

  test('gives each change times that match its state', () => {
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

  test('gives each incident times that match its state', () => {
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

  test('links incidents and the changes that caused them both ways', () => {
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

  test('links failed runs and the incidents they raised both ways', () => {
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

  test('links each degraded service to an open incident', () => {
    const degraded = Object.values(services)
      .flat()
      .filter(({ status }) => status !== 'healthy')
    expect(degraded.map(({ service }) => service)).toEqual(['Jobs', 'Storage', 'Virtual Machines'])
    for (const { service, since, incident: number } of degraded) {
      const incident = incidents.find((each) => each.number === number)
      expect(incident?.state, service).toBe('in_progress')
      expect(at(since ?? ''), service).toBeLessThan(at(incident?.opened_at ?? ''))
    }
  })

  test('announces maintenance for a healthy service on the next day', () => {
    const announced = Object.values(services)
      .flat()
      .filter(({ planned_maintenance }) => planned_maintenance !== undefined)
    expect(announced.map(({ service, status }) => [service, status])).toEqual([
      ['Snowpipe', 'healthy'],
    ])
    const { from, to } = announced[0]?.planned_maintenance ?? {}
    expect(at(from ?? '')).toBeWithin(now, now + 27 * 60 * minuteMs)
    expect(at(to ?? '')).toBeGreaterThan(at(from ?? ''))
  })

  test('has a failed run with an incident in the last 24 hours', () => {
    const recent = runs.filter(
      ({ status, ended_at }) =>
        status === 'failed' && at(ended_at ?? '') >= now - 24 * 60 * minuteMs,
    )
    expect(recent.length).toBeGreaterThan(1)
    expect(recent.some(({ incident }) => incident !== undefined)).toBe(true)
  })

  test('shows a run as ended, or as in progress for less than an hour', () => {
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

  test('has pipelines whose latest run failed, succeeded and is in progress', () => {
    const latest = pipelines.map(({ name }) => runs.find(({ pipeline }) => pipeline === name))
    const statuses = latest.map((run) => run?.status)
    expect(statuses).not.toContain(undefined)
    expect(statuses).toContain('failed')
    expect(statuses).toContain('in_progress')
    expect(statuses).toContain('succeeded')
  })
})

test('at every minute of a day a run is in progress and each failure has its incident', () => {
  const midnight = Date.parse('2026-08-12T00:00:00Z')
  for (let minute = 0; minute < 1440; minute++) {
    const now = midnight + minute * minuteMs
    const { runs, incidents } = recordsAt(now)
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

test('every failure of the table is a failed run, and no other run fails', () => {
  const { runs } = recordsAt(Date.parse('2026-08-12T23:59:59Z'))
  const failed = runs.filter(({ status }) => status === 'failed')
  const namesOf = (names: string[]) => names.toSorted()
  expect(namesOf(failed.map(({ pipeline }) => pipeline))).toEqual(
    namesOf(failures.map(([[pipeline]]) => pipeline)),
  )
})

test('a paused pipeline does not start, so its failed run stays the newest', () => {
  const { runs } = recordsAt(Date.parse('2026-08-12T23:55:00Z'))
  const newest = runs.find(({ pipeline }) => pipeline === 'customer-orders-daily')
  expect(newest).toMatchObject({ status: 'failed', incident: 'INC0010038' })
})

test('tickets and services stay the same during a day; runs and incidents are added', () => {
  const morning = recordsAt(Date.parse('2026-08-12T00:05:00Z'))
  const evening = recordsAt(Date.parse('2026-08-12T23:55:00Z'))
  expect(evening.changes).toEqual(morning.changes)
  expect(evening.services).toEqual(morning.services)
  const later = evening.incidents.filter(({ opened_at }) => opened_at > '2026-08-12T00:05')
  expect(numbersOf(later)).toEqual(['INC0010041', 'INC0010040'])
  expect(evening.incidents.filter((incident) => !later.includes(incident))).toEqual(
    morning.incidents,
  )
  expect(evening.runs.length).toBeGreaterThan(morning.runs.length)
})

test('the connectors change the day at midnight UTC', async () => {
  const clock = { now: Date.parse('2026-08-12T23:59:00Z') }
  const { serviceNow } = createSampleConnectors(() => clock.now)
  const { signal } = new AbortController()
  const start = async () => (await serviceNow.findChange('CHG0030412', signal))?.planned_start
  expect(await start()).toBe('2026-08-11T17:00:00Z')
  clock.now += 2 * minuteMs
  expect(await start()).toBe('2026-08-12T17:00:00Z')
})

test('the tables have no unused rows: every cause and extra run appears', () => {
  const { changes, runs } = recordsAt(Date.parse('2026-08-12T23:59:59Z'))
  expect(changes.flatMap(({ caused_incidents }) => caused_incidents)).toHaveLength(10)
  expect(runs.filter(({ trigger }) => trigger !== 'schedule')).toHaveLength(14)
})

function numbersOf(tickets: readonly { number: string }[]): string[] {
  return tickets.map(({ number }) => number)
}
