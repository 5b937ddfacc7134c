import type { AgentCall } from '../core/call.ts'
import { maxEarlierTurns } from '../core/message.ts'
import { cutResult, type ModelMessage } from './model-message.ts'

/** What a model call must fit into. */
export type Context = {
  maxTokens: number
  /** Called for each request that is trimmed. */
  onTrimmed: (trimmed: Trimmed) => void
}

/** How many earlier turns are left, if some were left out, and how many results of tools are shortened. */
export type Trimmed = { turns?: number; results?: number }

/** The context of the model calls of an agent. A request that is trimmed is an event. */
export function contextOf({ agent, span, scope }: AgentCall, maxTokens: number): Context {
  return {
    maxTokens,
    onTrimmed: (trimmed) => {
      scope.emit({ type: 'context.trimmed', parent: span, agent, ...trimmed })
    },
  }
}

/** The parts of a request that have a size. `schemas` are sent with each request and cannot be trimmed. */
export type Content = { messages: readonly ModelMessage[]; schemas: readonly object[] }

/** A request that fits, as far as it can be trimmed, and its size. */
export type Fitted = { messages: readonly ModelMessage[]; characters: number; trimmed?: Trimmed }

/**
 * How many characters one token counts for. English has about four, JSON about three, Chinese about one. A server that
 * counts more tokens than the limit says so, and gets less.
 */
export const charactersPerToken = 4

/** A shorter result would not be worth reading. */
const minResultCharacters = 1000

/**
 * Trims a request to `maxCharacters`. The oldest turns before the question are left out first. Then results of tools are
 * shortened: those of the oldest round first, and in a round the largest first. The instructions, the question, and each call
 * with its result stay, so that servers accept the request.
 */
export function fitContext({ messages, schemas }: Content, maxCharacters: number): Fitted {
  const asked = Math.max(
    0,
    messages.findLastIndex(({ message }) => message.role === 'user'),
  )
  const turns = turnsOf(messages.slice(0, asked))
  const rest = messages.slice(asked)
  const fixed = sizeOf(turns.instructions) + schemas.reduce((sum, one) => sum + jsonSize(one), 0)
  let space = maxCharacters - fixed - sizeOf(rest)
  const kept = newestWithin(turns.earlier, space)
  space -= sizeOf(kept.flat())
  const isComplete = kept.length === turns.earlier.length
  if (isComplete && space >= 0) return { messages, characters: maxCharacters - space }
  const { round, shortened } = shortenResults(rest, -space)
  const trimmed: Trimmed = {
    ...(!isComplete && { turns: kept.length }),
    ...(shortened > 0 && { results: shortened }),
  }
  return {
    messages: [...turns.instructions, ...kept.flat(), ...round],
    characters: fixed + sizeOf(kept.flat()) + sizeOf(round),
    ...(Object.keys(trimmed).length > 0 && { trimmed }),
  }
}

/** The instructions, and the turns before the question: each one begins with a message of the user. */
function turnsOf(before: readonly ModelMessage[]) {
  const instructions = before.filter(({ message }) => message.role === 'system')
  const earlier: ModelMessage[][] = []
  for (const one of before) {
    if (one.message.role === 'user') earlier.push([one])
    else if (one.message.role !== 'system') {
      const turn = earlier.at(-1)
      if (turn === undefined) earlier.push([one])
      else turn.push(one)
    }
  }
  return { instructions, earlier }
}

function newestWithin(turns: ModelMessage[][], maxCharacters: number): ModelMessage[][] {
  let space = maxCharacters
  let first = turns.length
  while (first > Math.max(0, turns.length - maxEarlierTurns)) {
    space -= sizeOf(turns[first - 1] ?? [])
    if (space < 0) break
    first -= 1
  }
  return turns.slice(first)
}

/** Shortens results until `excess` characters are gone, or none is left that can be shortened. */
function shortenResults(messages: readonly ModelMessage[], excess: number) {
  let left = excess
  let shortened = 0
  const round = [...messages]
  for (let from = 0; from < round.length && left > 0; ) {
    const isResult = ({ message }: ModelMessage) => message.role === 'tool'
    const next = round.findIndex((one, index) => index > from && !isResult(one))
    const to = next === -1 ? round.length : next
    const sizes = round.slice(from, to).map((one) => (isResult(one) ? sizeOf([one]) : 0))
    const sum = sizes.reduce((total, size) => total + size, 0)
    const level = Math.max(minResultCharacters, levelWithin(sizes, sum - left))
    for (const [index, size] of sizes.entries()) {
      const result = round[from + index]
      if (size <= level || result === undefined) continue
      const cut = cutResult(result, level)
      left -= size - sizeOf([cut])
      shortened += 1
      round[from + index] = cut
    }
    from = to
  }
  return { round, shortened }
}

/** The size that the largest of `sizes` may have, so that the sum of all is at most `space`. */
function levelWithin(sizes: readonly number[], space: number): number {
  const ordered = sizes.toSorted((a, b) => a - b)
  let rest = space
  for (const [index, size] of ordered.entries()) {
    const share = Math.floor(rest / (ordered.length - index))
    if (size > share) return share
    rest -= size
  }
  return ordered.at(-1) ?? 0
}

/** The characters of messages. Texts are counted by their length, so that a call costs no time for long ones. */
function sizeOf(messages: readonly ModelMessage[]): number {
  return messages.reduce((sum, { message, received }) => {
    if (received !== undefined) return sum + jsonSize(received)
    return sum + (typeof message.content === 'string' ? message.content.length : 0)
  }, 0)
}

/** Schemas and messages of a model are the same objects in each call. */
const jsonSizes = new WeakMap<object, number>()

function jsonSize(value: object): number {
  const known = jsonSizes.get(value)
  if (known !== undefined) return known
  const size = JSON.stringify(value).length
  jsonSizes.set(value, size)
  return size
}
