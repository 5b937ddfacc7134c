import { dimensionOf, seenNote } from './answer-groups.ts'
import { asksWhenResolved } from './plan-tickets.ts'
import { isRecord } from './protocol.ts'
import { droppedNames, rowsMentioning, rowsOf, type Thread } from './thread.ts'

type Row = Record<string, unknown>

/** What several calls found, each row once; where each looked for another word, the rows that have most of them. */
export function foundTogether(threads: Thread[]): {
  rows: Row[]
  total: number
  /** What to say where not all could be seen. */
  note: string
} {
  const found = threads.map(foundIn)
  const topicCount = threads[0]?.ask.texts.length ?? 0
  const all = found.flatMap((part) => part.rows)
  const rows = topicCount > 1 ? fittingBest(all) : withoutRepeats(all)
  const counts = found.reduce((sum, part) => sum + part.total, 0)
  const cut = found.find(({ seen, told, rows: own }) => told > seen && own.length < told)
  return {
    rows,
    total: topicCount > 1 ? rows.length : counts - (all.length - rows.length),
    note: cut ? seenNote(cut.seen, cut.told) : '',
  }
}

type Found = { rows: Row[]; total: number; seen: number; told: number }

/** What a thread found, after the filters that no tool has. */
function foundIn({ ask, steps }: Thread): Found {
  const outcome = steps.at(-1)?.outcome
  const all = rowsOf(outcome)
  const names = droppedNames(steps)
  const kept = rowsMentioning(all, names).filter((row) => {
    if (ask.wants.includes('unassigned') && row.assigned_to) return false
    return !(asksWhenResolved(ask) && 'opened_at' in row) || isWithin(row.resolved_at, ask)
  })
  const filtered = kept.length < all.length || Object.keys(names).length > 0
  const told =
    outcome && 'data' in outcome && isRecord(outcome.data) ? outcome.data.total : undefined
  const inAll = typeof told === 'number' ? told : all.length
  // A plain list says itself how many rows it leaves out; what is filtered, counted or sorted here must say so.
  const ours = filtered || dimensionOf(ask) !== undefined || ask.order !== undefined
  return {
    rows: kept,
    total: filtered ? kept.length : inAll,
    seen: all.length,
    told: ours ? inAll : all.length,
  }
}

function isWithin(iso: unknown, { time }: Thread['ask']): boolean {
  const at = typeof iso === 'string' ? Date.parse(iso) : Number.NaN
  const { from = -Infinity, to = Infinity } = time?.span ?? {}
  return at >= from && at < to
}

/** The rows that most of the calls have found. */
function fittingBest(rows: Row[]): Row[] {
  const timesFound = ({ number }: Row) => rows.filter((row) => row.number === number).length
  const most = Math.max(0, ...rows.map(timesFound))
  return withoutRepeats(rows.filter((row) => timesFound(row) === most))
}

function withoutRepeats(rows: Row[]): Row[] {
  const numbers = rows.map(({ number }) => number)
  return rows.filter(({ number }, index) => numbers.indexOf(number) === index)
}
