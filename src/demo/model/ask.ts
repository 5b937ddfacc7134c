import type { Span } from './calendar.ts'
import type { Call } from './protocol.ts'

/** What a question can be about. `ticket` is a change or an incident, whichever there is. */
export type About = 'change' | 'incident' | 'ticket' | 'pipeline' | 'health'

/** What somebody wants to know of it, beside the thing itself. */
export type Want =
  | 'count'
  | 'who'
  | 'why'
  | 'cause'
  | 'details'
  | 'when'
  | 'duration'
  | 'latest'
  | 'steps'
  | 'history'
  | 'unassigned'
  | 'mine'
  | 'compare'

/** The values that narrow a question. Several values of one field mean "any of them". */
export type Slots = {
  numbers: string[]
  runs: string[]
  pipelines: string[]
  states: string[]
  priorities: string[]
  risks: string[]
  types: string[]
  platforms: string[]
  /** Parts of platforms, as `Azure/Key Vault`. */
  services: string[]
  regions: string[]
  /** Teams or people: a question does not tell which. */
  groups: string[]
  texts: string[]
}

/** What things can be counted by. */
export type Dimension =
  | 'priority'
  | 'service'
  | 'team'
  | 'person'
  | 'state'
  | 'risk'
  | 'type'
  | 'day'
  | 'pipeline'
  | 'error'

/** In which order, or which end of it, somebody wants to see. */
export type Order = 'oldest' | 'longest' | 'most' | 'fewest'

/** One thing that is asked for. */
export type Ask = Slots & {
  about: About
  /** A noun says what it is about, not only the look of the rest. */
  headed: boolean
  /** The part of the question that asks it, as the user wrote it. */
  text: string
  wants: Want[]
  time?: { words: string; span: Span }
  /** How many, where the question says so: "the last 5 incidents". */
  limit?: number
  /** Counted by what: "per priority", "which team has the most". */
  per?: Dimension
  order?: Order
  /** Something that narrows it stands in another part of the question. */
  completed: boolean
  /** It only tells something; others may ask about it. */
  statement: boolean
  /** It hangs on the ask before by "and" and has no verb of its own: what narrows one narrows both. */
  joined: boolean
}

/** An ask that nothing narrows. */
export function emptySlots(): Slots {
  return {
    numbers: [],
    runs: [],
    pipelines: [],
    states: [],
    priorities: [],
    risks: [],
    types: [],
    platforms: [],
    services: [],
    regions: [],
    groups: [],
    texts: [],
  }
}

export const slotNames = Object.keys(emptySlots()) as (keyof Slots)[]

/** Whether anything narrows an ask. */
export function isNarrowed(ask: Ask): boolean {
  return ask.time !== undefined || slotNames.some((name) => ask[name].length > 0)
}

/** A call and the ask that it serves. */
export type PlannedCall = Call & { ask: Ask }
