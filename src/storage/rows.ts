import { z } from 'zod'
import { type ThinkingEvent, thinkingEventSchema } from '../core/event.ts'
import type { Run, RunMessage } from '../core/run.ts'
import type { StoredConversation } from './store.ts'

const conversationRow = z.object({
  id: z.string(),
  owner: z.string(),
  title: z.string(),
  model: z.string(),
  created_at: z.number(),
  updated_at: z.number(),
})

const runRow = z.object({
  id: z.string(),
  status: z.enum(['running', 'finished', 'failed', 'stopped', 'interrupted']),
  started_at: z.number(),
  finished_at: z.number().nullable(),
  code: z.string().nullable(),
  error: z.string().nullable(),
})

const messageRow = z.object({
  id: z.string(),
  run: z.string(),
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  created_at: z.number(),
})

const eventRow = z.object({ event: z.string() })

/** Reads a row of `conversations`. Throws for an invalid row. */
export function conversationFromRow(row: unknown): StoredConversation {
  const { created_at, updated_at, ...rest } = conversationRow.parse(row)
  return { ...rest, createdAt: created_at, updatedAt: updated_at }
}

/** Reads a row of `runs`. Throws for an invalid row. */
export function runFromRow(row: unknown): Run {
  const { id, status, started_at, finished_at, code, error } = runRow.parse(row)
  return {
    id,
    status,
    startedAt: started_at,
    ...(finished_at !== null && { finishedAt: finished_at }),
    ...(code !== null && { code }),
    ...(error !== null && { error }),
  }
}

/** Reads a row of `messages`. Throws for an invalid row. */
export function messageFromRow(row: unknown): RunMessage {
  const { id, run, role, content, created_at } = messageRow.parse(row)
  return { id, run, role, content, createdAt: created_at }
}

/** Reads rows of `events`. An invalid row is left out, so that it shows as a gap and hides nothing else. */
export function eventsFromRows(rows: readonly unknown[]): ThinkingEvent[] {
  return rows.flatMap((row) => {
    try {
      return [thinkingEventSchema.parse(JSON.parse(eventRow.parse(row).event))]
    } catch {
      return []
    }
  })
}
