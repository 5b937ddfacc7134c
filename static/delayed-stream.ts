// A proxy may delay the stream. Then the page loads the rows itself, until the stream delivers them again.
import { markAlive } from './connection.ts'
import { findAll, targetOf } from './dom.ts'
import { htmx } from './htmx.ts'
import { onTick } from './run-clock.ts'
import { lastSeq, showRows } from './run-rows.ts'
import { followEnd } from './scrolling.ts'

/** How long a stream may be silent before the page asks the server for rows. */
const silenceMs = 3000
/** How often the page loads the rows of a delayed stream. */
const reloadMs = 1000
const timeoutMs = 10_000

/** When each list last received or requested rows, in ms since 1970. */
const activeAt = new WeakMap<HTMLElement, number>()
const loading = new WeakSet<HTMLElement>()

function openLists(): HTMLElement[] {
  return findAll('.thinking .rows')
}

document.addEventListener('htmx:sse:before:message', (event) => {
  const { event: name, data } = event.detail.message
  const list = targetOf(event)
  if (name || !(list instanceof HTMLElement) || !list.matches('.rows')) return
  markAlive()
  // A delayed stream still delivers its rows, after the page has loaded them.
  if (!showRows(list, data)) return
  activeAt.set(list, Date.now())
  list.classList.remove('held-up')
})

/** Adds the rows that the stream has not delivered. The stream is delayed only if there are any. */
async function loadRows(list: HTMLElement): Promise<void> {
  const response = await fetch(`${list.dataset.lines}?after=${lastSeq(list)}`, {
    headers: { 'HX-Request': 'true' },
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (!response.ok || !list.isConnected) return
  if (showRows(list, await response.text())) list.classList.add('held-up')
  // The note makes the panel higher.
  followEnd()
  if (response.headers.get('x-run-status') !== 'running') htmx?.trigger(list, 'done')
}

async function loadIfSilent(list: HTMLElement): Promise<void> {
  const now = Date.now()
  const active = activeAt.get(list) ?? now
  activeAt.set(list, active)
  const waitMs = list.classList.contains('held-up') ? reloadMs : silenceMs
  if (loading.has(list) || now - active < waitMs) return
  loading.add(list)
  try {
    await loadRows(list)
  } catch {
    // The next tick tries again. `connection.ts` reports a server that cannot be reached.
  } finally {
    loading.delete(list)
    activeAt.set(list, Date.now())
  }
}

// The stream of a hidden tab is closed. A visible tab waits for the stream before it loads rows itself.
document.addEventListener('visibilitychange', () => {
  for (const list of openLists()) activeAt.set(list, Date.now())
})

onTick(() => {
  if (document.hidden) return
  // Not awaited: it handles its errors, and one slow list must not delay the others.
  for (const list of openLists()) void loadIfSilent(list)
})
