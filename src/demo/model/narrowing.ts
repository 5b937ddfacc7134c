import { type Ask, emptySlots, slotNames, type Want } from './ask.ts'
import type { Asked } from './asks.ts'
import { mayBeTeam } from './groups.ts'
import type { Context } from './history.ts'
import { leftOvers } from './names.ts'
import { say } from './say.ts'
import { allPlatforms, slotsOf, wantsOf } from './slots.ts'

/** The last ask with the values of the new question in place of its own, as a question that stands alone. */
export function narrowed({ reading, asks }: Asked, context: Context): string | undefined {
  const whole = { first: 0, last: reading.tokens.length - 1 }
  const { hits } = reading
  const own = asks[0]?.headed ? asks[0] : undefined
  const base = baseFor(
    hits.map(({ kind, value }) => `${kind}:${value}`),
    context,
    own?.about,
  )
  if (base === undefined) return undefined
  const about = own?.about ?? base.about
  const slots = slotsOf({
    reading,
    hits,
    left: leftOvers(reading, whole, hits),
    subject: { about, headed: true },
  })
  const time = reading.times[0]?.range('past') ?? base.time
  const merged: Ask = {
    ...base,
    ...kept(base, about),
    about,
    wants: wantsFor(base, wantsOf(hits)),
    ...(time && { time }),
  }
  for (const name of slotNames)
    if (slots[name].length > 0) Object.assign(merged, { [name]: slots[name] })
  if (others.test(reading.text) && about === 'health' && slots.platforms.length === 0) {
    merged.platforms = allPlatforms.filter((name) => !isLookedAt(base, name))
    merged.services = []
  }
  if (base.groups.length > 0 && slots.groups.length === 0) {
    const named = slots.services.map((name) => name.split('/').at(-1) ?? '')
    const teams = [...slots.texts, ...named.filter(mayBeTeam)]
    if (teams.length > 0) Object.assign(merged, { groups: teams, texts: [], services: [] })
  }
  if (slots.platforms.length > 0 && slots.services.length === 0) merged.services = []
  if (slots.services.length > 0 && slots.platforms.length === 0) merged.platforms = []
  if (slots.numbers.length === 0) merged.numbers = []
  return say(merged)
}

/** "And the other platforms?" */
const others = /\bothers?\b|\bthe rest\b|\bremaining\b|\belse\b/i

function isLookedAt({ platforms, services }: Ask, name: string): boolean {
  return platforms.includes(name) || services.some((service) => service.startsWith(`${name}/`))
}

function wantsFor(base: Ask, wants: Want[]): Want[] {
  return wants.length > 0 ? wants : base.wants.filter((want) => want !== 'details')
}

/** What still makes sense when the same is asked of something else: a time, a place, and "open". */
function kept(base: Ask, about: Ask['about']): Partial<Ask> {
  if (base.about === about) return {}
  const tickets =
    about !== 'health' &&
    about !== 'pipeline' &&
    base.about !== 'health' &&
    base.about !== 'pipeline'
  const { platforms, services, groups, texts } = base
  const states = base.states.filter(
    (state) => state === 'open' || state === 'closed' || state === 'new',
  )
  if (tickets) return { ...emptySlots(), platforms, services, groups, texts, states }
  return about === 'pipeline' ? emptySlots() : { ...emptySlots(), platforms, services }
}

/** Which of the last asks the new words fit best. */
function baseFor(
  hits: string[],
  { asks }: Context,
  about: Ask['about'] | undefined,
): Ask | undefined {
  const same = asks.find((ask) => ask.about === about)
  const isTicket = (other: Ask['about']) => other !== 'health' && other !== 'pipeline'
  const alike = about && isTicket(about) ? asks.find((ask) => isTicket(ask.about)) : undefined
  if (same || about !== undefined) return same ?? alike ?? asks.at(-1)
  const places = hits.some((hit) => /^(platform|service|region):/.test(hit))
  const runs = hits.some((hit) => /^state:(failed|succeeded|running)$/.test(hit))
  const tickets = hits.some((hit) => /^(state|priority|risk|type):/.test(hit))
  const wanted = runs
    ? ['pipeline']
    : tickets
      ? ['change', 'incident', 'ticket']
      : places
        ? ['health']
        : []
  return asks.find((ask) => wanted.includes(ask.about)) ?? asks.at(-1)
}
