import { z } from 'zod'
import { type ThinkingEvent, thinkingEventSchema } from '../core/event.ts'
import { type LastRun, type Run, type RunMessage, runName } from '../core/run.ts'
import { runCountsSchema } from '../core/run-counts.ts'
import type { SearchCandidate } from './search.ts'
import type {
  ConversationFilter,
  RunNews,
  Share,
  StoredConversation,
  UnfinishedRun,
} from './store.ts'

/** Milliseconds since 1970. Postgres returns a bigint as text. */
const milliseconds = z.coerce.number()

const conversationRow = z.object({
  id: z.string(),
  owner: z.string(),
  title: z.string(),
  model: z.string(),
  created_at: milliseconds,
  updated_at: milliseconds,
})

const candidateRow = z.object({ text: z.coerce.number(), run: z.string() })

const runRow = z.object({
  id: z.string(),
  status: z.enum(['running', 'finished', 'failed', 'stopped', 'interrupted']),
  started_at: milliseconds,
  finished_at: milliseconds.nullable(),
  code: z.string().nullable(),
  error: z.string().nullable(),
  counts: z.string().nullable(),
  rating: z.enum(['up', 'down']).nullable(),
  comment: z.string().nullable(),
})

const lastRunRow = runRow.pick({ id: true, status: true }).extend({ conversation: z.string() })

const newsRow = z.object({
  number: z.coerce.number(),
  status: runRow.shape.status,
  event: z.string().nullable(),
})

const evidenceSchema = z.object({
  sections: z.array(
    z.object({
      agent: z.string(),
      from: z.number(),
      to: z.number(),
      numbers: z.array(z.number()),
      removed: z.number(),
      state: z.enum(['backed', 'unbacked', 'missing']),
    }),
  ),
  references: z.array(
    z.object({
      number: z.number(),
      agent: z.string(),
      tool: z.string(),
      step: z.number().exactOptional(),
    }),
  ),
})

const messageRow = z.object({
  id: z.string(),
  run: z.string(),
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  created_at: milliseconds,
  evidence: z.string().nullable(),
})

const shareRow = z.object({
  conversation: z.string(),
  run: z.string(),
  hash: z.string(),
  expires_at: milliseconds,
})
const ownedShareRow = shareRow.extend({ owner: z.string() })

const partRow = z.object({ events: z.string() })
const unfinishedRow = z.object({
  owner: z.string(),
  conversation: z.string(),
  run: z.string(),
  started_at: milliseconds,
})
const eventRow = z.object({ event: z.string() })
const journalRow = eventRow.extend({ conversation: z.string(), run: z.string() })

/** Reads a row of `conversations`. Throws for an invalid row. */
export function conversationFromRow(row: unknown): StoredConversation {
  const { created_at, updated_at, ...rest } = conversationRow.parse(row)
  return { ...rest, createdAt: created_at, updatedAt: updated_at }
}

/** Reads a row of a search: a text, and its conversation. Throws for an invalid row. */
export function candidateFromRow(row: unknown): SearchCandidate {
  const { text, run } = candidateRow.parse(row)
  return { text, run, conversation: conversationFromRow(row) }
}

/**
 * The parameters of a page of conversations: those before a position, `null` at the start. A cursor that was not made here counts as none, so that no other character reaches the database.
 */
export function readFilter({ cursor }: ConversationFilter) {
  const [, updatedAt, id = null] = /^(\d{1,15})\.([\w-]{1,64})$/.exec(cursor ?? '') ?? []
  const before = updatedAt === undefined ? null : Number(updatedAt)
  return { before, id }
}

/** Reads a page of `conversations`. A row beyond the limit shows that there is a next page. */
export function pageFromRows(
  rows: readonly unknown[],
  { limit }: ConversationFilter,
): { conversations: StoredConversation[]; nextCursor?: string } {
  const conversations = rows.slice(0, limit).map(conversationFromRow)
  const last = conversations.at(-1)
  const hasMore = rows.length > limit && last !== undefined
  return { conversations, ...(hasMore && { nextCursor: `${last.updatedAt}.${last.id}` }) }
}

/** Reads a row of `runs`. Throws for an invalid row. */
export function runFromRow(row: unknown): Run {
  const { id, status, started_at, finished_at, code, error, counts, rating, comment } =
    runRow.parse(row)
  const counted = runCountsSchema.safeParse(readJson(counts ?? ''))
  return {
    id,
    status,
    startedAt: started_at,
    ...(finished_at !== null && { finishedAt: finished_at }),
    ...(code !== null && { code }),
    ...(error !== null && { error }),
    ...(counted.success && { counts: counted.data }),
    ...(rating !== null && { feedback: { rating, ...(comment !== null && { comment }) } }),
  }
}

/** Reads a row with the newest run of a conversation. Throws for an invalid row. */
export function lastRunFromRow(row: unknown): LastRun {
  return lastRunRow.parse(row)
}

/** Reads a row of `messages`. Throws for an invalid row. */
export function messageFromRow(row: unknown): RunMessage {
  const { created_at, evidence: stored, ...rest } = messageRow.parse(row)
  const evidence = stored === null ? undefined : evidenceSchema.safeParse(readJson(stored)).data
  return { ...rest, createdAt: created_at, ...(evidence && { evidence }) }
}

/** Reads a row of `shares`. Throws for an invalid row. */
export function shareFromRow(row: unknown): Share {
  const { expires_at: expiresAt, ...rest } = shareRow.parse(row)
  return { ...rest, expiresAt }
}

/** Reads a row of `shares` with the owner of its conversation. Throws for an invalid row. */
export function ownedShareFromRow(row: unknown): Share & { owner: string } {
  const { expires_at: expiresAt, ...rest } = ownedShareRow.parse(row)
  return { ...rest, expiresAt }
}

/** A row may have 2 MB in a Durable Object. */
const maxPartCharacters = 500_000

/** The events of an ended run as texts for the rows of `run_events`, each a JSON array. */
export function partsOfEvents(events: readonly ThinkingEvent[]): string[] {
  const parts: string[][] = [[]]
  let characters = 0
  for (const event of events) {
    const text = JSON.stringify(event)
    if (characters + text.length > maxPartCharacters) {
      parts.push([])
      characters = 0
    }
    characters += text.length
    parts.at(-1)?.push(text)
  }
  return parts.map((texts) => `[${texts.join(',')}]`)
}

/** Reads rows of `run_events`. An invalid event is left out, so that it shows as a gap and hides nothing else. */
export function eventsFromParts(rows: readonly unknown[]): ThinkingEvent[] {
  return rows.flatMap((row) => {
    const parsed = readJson(partRow.parse(row).events)
    return Array.isArray(parsed) ? parsed.flatMap(readEvent) : []
  })
}

/** Reads rows with one event each. An invalid event is left out. */
export function eventsFromRows(rows: readonly unknown[]): ThinkingEvent[] {
  return rows.flatMap((row) => readEvent(readJson(eventRow.parse(row).event)))
}

/** Reads rows of runs with one event each, or none. Rows of one run follow each other. */
export function newsFromRows(rows: readonly unknown[]): RunNews[] {
  const news: RunNews[] = []
  for (const row of rows) {
    const { number, status, event } = newsRow.parse(row)
    let last = news.at(-1)
    if (last?.number !== number) {
      last = { number, status, events: [] }
      news.push(last)
    }
    if (event !== null) last.events.push(...readEvent(readJson(event)))
  }
  return news
}

/** Joins the rows of unfinished runs with the rows of the journal. */
export function unfinishedFromRows(
  runs: readonly unknown[],
  journal: readonly unknown[],
): UnfinishedRun[] {
  const events = Map.groupBy(
    journal.map((row) => journalRow.parse(row)),
    runName,
  )
  return runs.map((row) => {
    const { owner, conversation, run, started_at } = unfinishedRow.parse(row)
    const own = events.get(runName({ conversation, run })) ?? []
    return {
      key: { owner, conversation, run },
      startedAt: started_at,
      events: own.flatMap(({ event }) => readEvent(readJson(event))),
    }
  })
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readEvent(value: unknown): ThinkingEvent[] {
  const parsed = thinkingEventSchema.safeParse(value)
  return parsed.success ? [parsed.data] : []
}
