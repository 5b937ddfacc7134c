import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { OpsError, publicReasons } from '../core/errors.ts'
import { type EventBody, terminalStatus } from '../core/event.ts'
import type { Log } from '../core/log.ts'
import { openSpans, type SpanBegin } from '../core/open-spans.ts'
import type { RunKey } from '../core/registry.ts'
import { openSqliteStore } from '../storage/sqlite.ts'
import type { Store } from '../storage/store.ts'
import { takeWriterLock } from '../storage/writer-lock.ts'

const interrupted = 'interrupted' as const

/** The history in a folder, which no second server can open meanwhile. */
export type History = { store: Store; path: string; close: () => void }

/**
 * Opens the history and ends the runs that a crash left open, so that their readers are told.
 * @throws OpsError `bad_setting` when the folder cannot be used.
 */
export function openHistory(dataDir: string, now: number, log: Log): History {
  const folder = resolve(dataDir)
  const path = join(folder, 'opsagent.db')
  let unlock = () => {}
  try {
    mkdirSync(folder, { recursive: true })
    unlock = takeWriterLock(join(folder, 'opsagent.lock'))
    const store = openSqliteStore(path)
    for (const key of store.listRunning()) endInterrupted(store, key, now, log)
    const close = () => {
      store.close()
      unlock()
    }
    return { store, path, close }
  } catch (cause) {
    unlock()
    if (cause instanceof OpsError) throw cause
    const message = `The history cannot be kept in ${folder} (${reasonOf(cause)}). Set DATA_DIR to a folder that can be written.`
    throw new OpsError('bad_setting', { message, cause })
  }
}

/** Tells the readers first, then the store: killed in between, the next start does it again. */
function endInterrupted(store: Store, key: RunKey, now: number, log: Log): void {
  const events = store.listEvents(key.conversation, key.run, 0)
  const last = events.at(-1)
  let seq = last?.seq ?? 0
  const append = (body: EventBody) => store.appendEvent(key, { ...body, seq: ++seq, at: now })
  try {
    if (last === undefined || terminalStatus(last) === undefined) {
      for (const begun of openSpans(events).reverse()) append(endOf(begun, now))
      const durationMs = Math.max(0, now - (events[0]?.at ?? now))
      append({ type: 'run.interrupted', code: interrupted, durationMs })
    }
  } catch (error) {
    // One run that cannot be told its end must not keep the server from starting.
    log.error(`run ${key.run}`, { cause: error })
  }
  const error = publicReasons.interrupted
  store.endRun(key, { status: interrupted, finishedAt: now, code: interrupted, error })
}

/** A reader must not wait for a tool that died with its process. */
function endOf(begun: SpanBegin, now: number): EventBody {
  const { span, agent } = begun
  const about = { span, agent, durationMs: Math.max(0, now - begun.at), code: interrupted }
  if (begun.type === 'agent.invoked') return { type: 'agent.stopped', ...about }
  return { type: 'tool.stopped', ...about, tool: begun.tool }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
