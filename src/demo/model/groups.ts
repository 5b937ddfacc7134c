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
/** What belongs to these is about them. */
const platforms = new Set(['databricks', 'snowflake', 'azure'])
const maxWords = 3

/** The names of teams: the words before "team", and those behind "assigned to". */
export function groupsIn(tokens: Token[]): Hit[] {
  const isAboutWork = tokens.some(({ word }) => work.has(word)) || isShort(tokens)
  return tokens.flatMap(({ word }, index): Hit[] => {
    const before = teamNouns.has(word) ? backFrom(tokens, index) : undefined
    if (before) return [before]
    const team = isAboutWork && teamAt(tokens, index)
    if (team) return [team]
    const lead = leads.find((words) =>
      words.every((wanted, away) => tokens[index + away]?.word === wanted),
    )
    const ahead = lead && aheadFrom(tokens, index + lead.length)
    // "team lead" and "group by" name nobody; behind such a noun only a written-out name counts.
    if (!ahead || (lead.length === 1 && !/^\p{Lu}/u.test(ahead.value))) return []
    return lead[0]?.startsWith('belong') && platforms.has(ahead.value.toLowerCase()) ? [] : [ahead]
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

/** What teams have, and what they do. */
const work = new Set(
  'change changes incident incidents ticket tickets chg chgs p1 p1s p2 p2s p3 p4 queue backlog working works work handle handles handling busy plate'.split(
    ' ',
  ),
)

/** "And for Data Platform?" */
function isShort(tokens: Token[]): boolean {
  return /^(?:and|what|how|or|only|just)$/.test(tokens[0]?.word ?? '') && tokens.length <= 6
}

/** What the names of teams end in, where a word before it says of what. */
const teamEnds = new Set('operations ops desk engineering support'.split(' '))
/** Teams that are called like the thing that they look after. */
const alone = new Set('network networking security infrastructure helpdesk dba dbas'.split(' '))

/** Whether a thing may also be the team that looks after it: "and Network?", said of a team's incidents. */
export function mayBeTeam(name: string): boolean {
  return alone.has(name.toLowerCase())
}

/** A team that is only called by its name: "Cloud Operations incidents", "what is Network working on". */
function teamAt(tokens: Token[], index: number): Hit | undefined {
  const { word = '' } = tokens[index] ?? {}
  if (alone.has(word) && isActor(tokens, index)) return group(tokens, index, index)
  const isData = word === 'platform' && tokens[index - 1]?.word === 'data'
  if (isData) return isThePlatform(tokens, index - 1) ? undefined : group(tokens, index - 1, index)
  if (!teamEnds.has(word)) return undefined
  let first = index
  while (first > index - 2 && isPart(tokens[first - 1]) && !teamEnds.has(wordAt(tokens, first - 1)))
    first--
  return first < index ? group(tokens, first, index) : undefined
}

function wordAt(tokens: Token[], index: number): string {
  return tokens[index]?.word ?? ''
}

/** "Incidents on the data platform" are about what users work with. */
function isThePlatform(tokens: Token[], index: number): boolean {
  const article = /^(?:the|our|a)$/.test(wordAt(tokens, index - 1))
  return article && !/^\p{Lu}/u.test(tokens[index]?.raw ?? '')
}

/** "Does Network have …", "Network's changes", "Network changes": somebody, and not something. */
function isActor(tokens: Token[], index: number): boolean {
  const { raw = '' } = tokens[index] ?? {}
  const [before, after] = [wordAt(tokens, index - 1), wordAt(tokens, index + 1)]
  if (/['’]s$/.test(raw) || before === 'by') return true
  if (/^(?:has|have|own|owns|work|works|working|handle|handles|handling|doing)$/.test(after)) {
    return true
  }
  if (!/^\p{Lu}\p{Ll}/u.test(raw)) return false
  return /^(?:of|with|from)$/.test(before) || /^(?:changes?|incidents?|tickets?)$/.test(after)
}
