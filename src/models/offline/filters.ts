import type { Ask } from './ask.ts'
import { spaced } from './marks.ts'
import type { Call } from './protocol.ts'
import { enumerated } from './tables.ts'

/** Words for the filters of some calls that belong together: what comes before the noun, and what behind it. */
export type FilterWords = { before: string; behind: string; state: string }

/** Puts the arguments of calls into words, so that the reader sees how the question was understood. */
export function filterWords(calls: Call[], ask: Ask | undefined, timeVerb: string): FilterWords {
  const all = (name: string) => [
    ...new Set(calls.flatMap(({ args }) => (args[name] === undefined ? [] : [String(args[name])]))),
  ]
  const quoted = (values: string[]) => values.map((value) => `“${value}”`)
  const before = [
    ...(ask?.wants.includes('unassigned') ? ['unassigned'] : []),
    enumerated(all('priority').map((priority) => `P${priority}`)),
    ...all('risk').map((risk) => `${risk}-risk`),
    ...all('type'),
  ]
  const behind = [
    phrase('for', all('service')),
    phrase('with', all('assignment_group')),
    phrase('mentioning', quoted(all('text'))),
    phrase('caused by', all('caused_by_change')),
    timeOf(calls, ask, timeVerb),
  ]
  return {
    before: before.filter(Boolean).join(' '),
    behind: behind.filter(Boolean).join(' '),
    state: enumerated(all('state').map(spaced), 'or'),
  }
}

function phrase(lead: string, values: string[]): string {
  return values.length === 0 ? '' : `${lead} ${enumerated(values)}`
}

function timeOf(calls: Call[], ask: Ask | undefined, verb: string): string {
  const used = calls.some(({ args }) =>
    Object.keys(args).some((name) => /(?:^|_)(?:from|to)$/.test(name)),
  )
  return used && ask?.time ? `${verb} ${ask.time.words}` : ''
}

/** The filters of a search that found nothing: "state closed, service Snowflake, planned this week". */
export function filterList(calls: Call[], ask: Ask, timeVerb: string): string {
  const names: Record<string, string> = {
    state: 'state',
    priority: 'priority',
    risk: 'risk',
    type: 'type',
    service: 'service',
    assignment_group: 'assignment group',
    text: 'text',
    caused_by_change: 'caused by',
    pipeline: 'pipeline',
  }
  const given = Object.entries(names).flatMap(([name, label]) => {
    const values = [
      ...new Set(
        calls.flatMap(({ args }) => (args[name] === undefined ? [] : [spaced(args[name])])),
      ),
    ]
    return values.length > 0 ? [`${label} ${enumerated(values, 'or')}`] : []
  })
  return [...given, timeOf(calls, ask, timeVerb)].filter(Boolean).join(', ')
}
