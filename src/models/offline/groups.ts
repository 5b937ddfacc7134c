import type { Hit } from './lexicon.ts'
import { stopWords } from './stop-words.ts'
import type { Token } from './words.ts'

const teamNouns = new Set(['team', 'teams', 'squad', 'crew', 'department', 'group', 'groups'])
/** What leads to the name of a team or a person. */
const leads = [
  ['assigned', 'to'],
  ['owned', 'by'],
  ['handled', 'by'],
  ['belong', 'to'],
  ['belongs', 'to'],
  ['belonging', 'to'],
  ['worked', 'on', 'by'],
  ['assignment', 'group'],
  ['queue', 'of'],
  ['team'],
  ['group'],
]
/** Everyday words that are nevertheless part of the names of teams. */
const partOfNames = new Set(
  'data platform platforms service services support information production business user users people system systems cloud company desk operations customer'.split(
    ' ',
  ),
)
const tickets = new Set(
  'change changes incident incidents ticket tickets pipeline pipelines request requests chg chgs open closed new resolved scheduled failed p1 p2 p3 p4 high-risk risk priority'.split(
    ' ',
  ),
)
const maxWords = 3

/** The names of teams: the words before "team", and those behind "assigned to". */
export function groupsIn(tokens: Token[]): Hit[] {
  return tokens.flatMap(({ word }, index): Hit[] => {
    const before = teamNouns.has(word) ? backFrom(tokens, index) : undefined
    if (before) return [before]
    const lead = leads.find((words) =>
      words.every((wanted, away) => tokens[index + away]?.word === wanted),
    )
    const ahead = lead && aheadFrom(tokens, index + lead.length)
    // "team lead" and "group by" name nobody; behind such a noun only a written-out name counts.
    if (!ahead || (lead.length === 1 && !/^\p{Lu}/u.test(ahead.value))) return []
    return [ahead]
  })
}

function isPart(token: Token | undefined): boolean {
  if (token === undefined || !/^[\p{L}\p{N}]/u.test(token.word)) return false
  if (tickets.has(token.word) || teamNouns.has(token.word) || /^(chg|inc)\d/.test(token.word))
    return false
  return partOfNames.has(token.word) || !stopWords.has(token.word)
}

function backFrom(tokens: Token[], end: number): Hit | undefined {
  let first = end
  while (first > end - maxWords && isPart(tokens[first - 1])) first--
  return first < end ? group(tokens, first, end - 1) : undefined
}

function aheadFrom(tokens: Token[], start: number): Hit | undefined {
  let first = start
  while (['the', ':', 'is', 'our'].includes(tokens[first]?.word ?? '')) first++
  let last = first - 1
  while (last < first + maxWords - 1 && isPart(tokens[last + 1])) last++
  return last >= first ? group(tokens, first, last) : undefined
}

function group(tokens: Token[], first: number, last: number): Hit {
  const words = tokens.slice(first, last + 1).map(({ raw }) => raw.replace(/['’]s$/, ''))
  return { kind: 'group', value: words.join(' '), first, last }
}
