import type { HtmlEscapedString } from 'hono/utils/html'
import type { RunStatus } from '../src/core/event.ts'
import type { Feedback, LastRun } from '../src/core/run.ts'

/** The URLs of the assets. Each contains a hash of the content. */
export type AssetUrls = {
  css: string
  app: string
  htmx: string
  sse: string
  icon: string
  /** Shown in the tab during a run, and while an answer was not seen. */
  iconRunning: string
  iconReady: string
  /** Used by the doctor's page only. */
  doctor: string
}

/** A model that the user can select. */
export type ModelChoice = { id: string; name: string }

/** The limits that fields on the page repeat. The server enforces them. */
export type FieldLimits = {
  maxMessageBytes: number
  maxTitleCharacters: number
  maxSearchCharacters: number
}

/** What every page needs besides its content. `notices` are short badges such as "Offline model". */
export type Shell = {
  assets: AssetUrls
  user: { name: string }
  models: ModelChoice[]
  limits: FieldLimits
  notices: string[]
  version: string
}

/** A text in pieces. Those that match a search are marked. */
export type MarkedText = { text: string; isMatch: boolean }[]

/**
 * One conversation in the sidebar. `updatedAt` is in ms since 1970, `day` the heading above the conversations of its day.
 * `found` has what a search has found: the snippet is from a question or an answer, and not trusted.
 */
export type SidebarEntry = {
  id: string
  title: string
  updatedAt: number
  day?: string
  lastRun?: Pick<LastRun, 'id' | 'status'>
  found?: { title: MarkedText; snippet?: MarkedText }
}

/**
 * One page of the sidebar's list. `current` is the id of the open conversation; `isCut` says that a search may have more
 * results. `after` is the last day of the page before.
 */
export type SidebarPage = {
  entries: SidebarEntry[]
  after?: string
  nextCursor?: string
  query?: string
  current?: string
  isCut?: boolean
}

/**
 * One question with its run. `answer` is safe HTML; `error` is a public sentence; `askedAt` is in ms since 1970;
 * `elapsedMs` is the time since then, for a run in progress.
 */
export type Turn = {
  conversation: string
  run: string
  question: string
  askedAt: number
  status: RunStatus
  answer?: HtmlEscapedString
  error?: string
  durationMs?: number
  elapsedMs: number
  feedback?: Feedback
  /** The lines of its thinking, where the page shows them without JavaScript. */
  steps?: string[]
  /** Questions to ask next. Only the last turn needs them. */
  followUps?: string[]
}

/**
 * A conversation with some of its turns, oldest first. `previous` leads to the turns before. `isEarlier`: these are not
 * the last turns.
 */
export type Conversation = {
  id: string
  title: string
  model: string
  turns: Turn[]
  previous?: string
  isEarlier?: boolean
}
