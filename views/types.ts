import type { HtmlEscapedString } from 'hono/utils/html'
import type { RunStatus, ThinkingEvent } from '../src/core/event.ts'
import type { Feedback, LastRun, RunResult } from '../src/core/run.ts'
import type { RunCounts } from '../src/core/run-counts.ts'

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

/** The price of each model: US dollars per million tokens that it reads and writes. */
export type ModelPrices = Readonly<Record<string, { input: number; output: number }>>

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
 * `elapsedMs` is the time since then, for a run in progress; `counts` is missing for runs of earlier versions.
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
  counts?: RunCounts
  elapsedMs: number
  /** Whether the user may share the run by a link. */
  canShare?: boolean
  feedback?: Feedback
  /** The lines of its thinking, where the page shows them without JavaScript. */
  steps?: string[]
  /** What waits for an approval, where the page shows it without JavaScript. */
  approvals?: Extract<ThinkingEvent, { type: 'approval.requested' }>[]
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
  /** The text in the composer. */
  draft?: string
}

/**
 * A call of a tool. `step` is the number of its event, and `number` the reference in the answer. Texts are as events show
 * them. Times are in ms since 1970.
 */
export type ToolRecord = {
  step: number
  number?: number
  agent: string
  tool: string
  arguments: string
  calledAt: number
  state: 'running' | 'finished' | 'failed' | 'stopped'
  durationMs?: number
  result?: string
  isCut?: boolean
  reason?: string
  approval?: ApprovalRecord
}

/**
 * Whether a user approved a call. Without `decision` the call still waits, or was stopped before; without `by` nobody answered
 * within the limit. Times are in ms since 1970.
 */
export type ApprovalRecord = {
  requestedAt: number
  decision?: 'approve' | 'deny'
  decidedAt?: number
  by?: string
}

/** Which specialists triage asked, and which not; or why it rejected the question. */
export type DecisionRecord = Pick<
  Extract<ThinkingEvent, { type: 'triage.decided' }>,
  'tasks' | 'skipped' | 'rejected'
>

/** A run as evidence outside of OpsAgent. */
export type RunRecord = RunResult & {
  title: string
  decision?: DecisionRecord
  tools: ToolRecord[]
}
