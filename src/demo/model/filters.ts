import type { Ask } from './ask.ts'
import { enumerated, spaced, stateName } from './markdown.ts'
import type { Call } from './protocol.ts'

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
    enumerated(all('risk').map((risk) => `${risk}-risk`)),
    enumerated(all('type')),
  ]
  const behind = [
    phrase('for', all('service')),
    phrase('with', all('assignment_group')),
    phrase('mentioning', quoted(all('text')), 'or'),
    phrase('caused by', all('caused_by_change')),
    timeOf(calls, ask, timeVerb),
  ]
  return {
    before: before.filter(Boolean).join(' '),
    behind: behind.filter(Boolean).join(' '),
    state: enumerated(all('state').map(stateName), 'or'),
  }
}

function phrase(lead: string, values: string[], link = 'and'): string {
  return values.length === 0 ? '' : `${lead} ${enumerated(values, link)}`
}

function timeOf(calls: Call[], ask: Ask | undefined, verb: string): string {
  const used = calls.some(({ args }) =>
    Object.keys(args).some((name) => /(?:^|_)(?:from|to)$/.test(name)),
  )
  return used && ask?.time ? timePhrase(verb, timeWords(ask.time.words)) : ''
}

const properNames =
  /\b(?:january|february|april|june|july|august|september|october|november|december|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b/g

const whole = /^(?:yesterday|today|tomorrow|tonight|this|next|last|[A-Z][a-z]+day)\b/

/** "planned for tomorrow", "planned since Monday", "opened yesterday". */
export function timePhrase(verb: string, words: string): string {
  return verb === 'planned' && whole.test(words) ? `${verb} for ${words}` : `${verb} ${words}`
}

/** The words of a time, which are read in lower case, with the names of days and months as they are written. */
export function timeWords(words: string): string {
  return words.replace(properNames, (name) => name.charAt(0).toUpperCase() + name.slice(1))
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
