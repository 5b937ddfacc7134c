import { z } from 'zod'
import type { StoredConversation, StoredMessage, StoredRun } from './store.ts'

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

/** A conversation as the table holds it. Throws for a row that is not one. */
export function conversationFromRow(row: unknown): StoredConversation {
  const { created_at, updated_at, ...rest } = conversationRow.parse(row)
  return { ...rest, createdAt: created_at, updatedAt: updated_at }
}

/** A run as the table holds it. Throws for a row that is not one. */
export function runFromRow(row: unknown): StoredRun {
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

/** A message as the table holds it. Throws for a row that is not one. */
export function messageFromRow(row: unknown): StoredMessage {
  const { id, run, role, content, created_at } = messageRow.parse(row)
  return { id, run, role, content, createdAt: created_at }
}
