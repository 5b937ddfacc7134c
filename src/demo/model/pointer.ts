import type { Reading } from './reading.ts'

/** A word that points back: at one thing, at several, or at a row of a list (from 1, or from the end below 0). */
export type Pointer = {
  kind: 'one' | 'many' | number
  /** What its noun says it is: "that incident". */
  type?: 'change' | 'incident' | 'pipeline' | 'ticket' | 'place'
  first: number
  last: number
}

const types: Record<string, Pointer['type']> = {
  change: 'change',
  incident: 'incident',
  ticket: 'ticket',
  pipeline: 'pipeline',
  job: 'pipeline',
  run: 'pipeline',
}

const ordinals: Record<string, number> = {
  first: 1,
  '1st': 1,
  second: 2,
  '2nd': 2,
  third: 3,
  '3rd': 3,
  fourth: 4,
  '4th': 4,
  fifth: 5,
  '5th': 5,
  last: -1,
}

/** Behind these "it" points at nothing: "is it possible to …", "how is it going". */
const empty = /^(?:possible|true|ok|okay|fine|going|raining|time|late|safe to|worth)$/

/** The words of a question that point back, in order. */
export function pointersIn(reading: Reading): Pointer[] {
  return [...ordinalsIn(reading), ...wordsIn(reading)].sort((a, b) => a.first - b.first)
}

/** The question with a thing in place of the pointer. */
export function withReplaced({ text, tokens }: Reading, pointer: Pointer, thing: string): string {
  const from = tokens[pointer.first]?.start ?? 0
  const to = tokens[pointer.last]?.end ?? text.length
  return text.slice(0, from) + thing + text.slice(to)
}

function nounAt({ hits }: Reading, index: number) {
  return hits.find(({ kind, first }) => kind === 'noun' && first === index)
}

/** "the second one", "the first incident"; but not "the first week" or "the last 5 incidents". */
function ordinalsIn(reading: Reading): Pointer[] {
  const { tokens, times } = reading
  return tokens.flatMap(({ word }, index): Pointer[] => {
    const place = ordinals[word]
    const article = tokens[index - 1]?.word
    if (place === undefined || article !== 'the') return []
    if (times.some(({ first, last }) => index >= first && index <= last)) return []
    const noun = nounAt(reading, index + 1)
    const type = noun && types[noun.value]
    const next = tokens[index + 1]?.word
    if (next === 'one') return [{ kind: place, first: index - 1, last: index + 1 }]
    // "the last run" is the newest one, not the last of a list.
    if (noun && type && place > 0 && !/s$/.test(tokens[noun.last]?.word ?? '')) {
      return [{ kind: place, type, first: index - 1, last: noun.last }]
    }
    const ends = next === undefined || /^\W/.test(next)
    return ends ? [{ kind: place, first: index - 1, last: index }] : []
  })
}

function wordsIn(reading: Reading): Pointer[] {
  const { tokens, times } = reading
  return tokens.flatMap(({ word }, index): Pointer[] => {
    if (times.some(({ first, last }) => index >= first && index <= last)) return []
    const next = tokens[index + 1]?.word ?? ''
    const noun = nounAt(reading, index + 1)
    const ends = next === '' || /^\W/.test(next)
    const at = { first: index, last: index }
    if (word === 'it' || word === 'its') return empty.test(next) ? [] : [{ kind: 'one', ...at }]
    if (word === 'there') {
      const before = tokens[index - 1]?.word ?? ''
      const verb = /^(?:|is|are|was|were|been|be|if|will|has|have)$/
      return verb.test(before) || /^(?:is|are|was|were)$/.test(next)
        ? []
        : [{ kind: 'one', type: 'place', ...at }]
    }
    const place = placeAt(tokens, index)
    if (place !== undefined) return [{ kind: 'one', type: 'place', first: index, last: place }]
    if (word === 'this' || word === 'that') {
      if (noun) return [one(noun.value, index, noun.last)]
      if (next === 'one') return [{ kind: 'one', first: index, last: index + 1 }]
      const opens =
        index === 0 ||
        /^(?:is|was|did|does|has|for|about|of|by|on|to|caused|fix|with)$/.test(
          tokens[index - 1]?.word ?? '',
        )
      return ends ||
        (opens &&
          /^(?:is|was|fixed|done|still|again|happen|caused|fail|failed|resolved|closed)$/.test(
            next,
          ))
        ? [{ kind: 'one', ...at }]
        : []
    }
    if (word === 'the' && noun && isBareSingular(reading, index, noun.last)) {
      return [one(noun.value, index, noun.last)]
    }
    if (['they', 'them', 'those', 'these', 'their'].includes(word)) {
      const last = noun
        ? noun.last
        : next === 'ones' || next === 'two' || next === 'three'
          ? index + 1
          : index
      return [
        {
          kind: 'many',
          first: isPartitive(tokens[index - 1]?.word, word) ? index - 1 : index,
          last,
        },
      ]
    }
    if (word === 'ones') return [{ kind: 'many', ...at }]
    return []
  })
}

/** The last word of "that platform", "the affected service". */
function placeAt(tokens: Reading['tokens'], index: number): number | undefined {
  const [word, next] = [tokens[index]?.word ?? '', tokens[index + 1]?.word ?? '']
  const affected = next === 'affected'
  if (!(affected ? /^(?:this|that|the)$/ : /^(?:this|that)$/).test(word)) return undefined
  const end = affected ? index + 2 : index + 1
  return /^(?:platform|service|system)$/.test(tokens[end]?.word ?? '') ? end : undefined
}

function one(noun: string, first: number, last: number): Pointer {
  const type = types[noun]
  return type ? { kind: 'one', type, first, last } : { kind: 'one', first, last }
}

function isPartitive(before: string | undefined, word: string): boolean {
  return before === 'of' && word === 'them'
}

/** "the incident" without anything that says which one. */
function isBareSingular({ tokens, hits, text }: Reading, first: number, last: number): boolean {
  const end = tokens[last]
  if (
    end === undefined ||
    /s$/.test(end.word) ||
    hits.some(({ kind }) => kind === 'number' || kind === 'name')
  )
    return false
  if (
    !/^(?:incident|change|ticket|pipeline|run|job|change request)$/.test(
      text.slice(tokens[first + 1]?.start, end.end).toLowerCase(),
    )
  )
    return false
  const next = tokens[last + 1]?.word ?? ''
  return !/^(?:for|about|of|that|which|with|on|named|called|number|calendar|queue)$/.test(next)
}
