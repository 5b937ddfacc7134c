import type { RunStatus } from '../src/core/event.ts'

/** Where the assets are, with a hash of their content in the name. */
export type Assets = {
  css: string
  app: string
  /** What `app` imports, so that all of it is asked for at once. */
  modules: string[]
  htmx: string
  sse: string
  icon: string
  /** The script of the doctor's page alone. */
  doctor: string
}

/** One model that a person may choose. */
export type ModelChoice = { id: string; name: string }

/** What every page shows around the chat; `notices` are short badges such as "Offline model". */
export type Shell = {
  assets: Assets
  user: { name: string }
  models: ModelChoice[]
  notices: string[]
  version: string
}

/** One line of the sidebar; `updatedAt` is in ms since 1970. */
export type SidebarEntry = { id: string; title: string; updatedAt: number; running: boolean }

/** One page of the sidebar's list; `current` is the id of the open conversation. */
export type SidebarPage = {
  entries: SidebarEntry[]
  nextCursor?: string
  query?: string
  current?: string
}

/**
 * One question and what became of it. `answer` is Markdown and never trusted; `error` is a public sentence;
 * `elapsedMs` counts while it runs.
 */
export type Turn = {
  conversation: string
  run: string
  question: string
  askedAt: number
  status: RunStatus
  answer?: string
  error?: string
  durationMs?: number
  elapsedMs: number
}

/** A conversation as the page shows it, oldest turn first. */
export type Conversation = { id: string; title: string; model: string; turns: Turn[] }
