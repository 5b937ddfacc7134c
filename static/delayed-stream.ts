// A proxy may delay the stream. Then the page loads the lines itself, until the stream delivers them again.
import { find, findAll, targetOf } from './dom.ts'
import { htmx } from './htmx.ts'
import { followEnd, rememberScroll } from './scrolling.ts'

/** How long a stream may be silent before the page asks the server for lines. */
const silenceMs = 3000
/** How often the page loads the lines of a delayed stream. */
const reloadMs = 1000
const timeoutMs = 10_000

/** When each list last received or requested lines, in ms since 1970. */
const activeAt = new WeakMap<HTMLElement, number>()
const loading = new WeakSet<HTMLElement>()

function openLists(): HTMLElement[] {
  return findAll('.thinking ol')
}

function hasLine(list: HTMLElement, seq: string): boolean {
  return find(`[data-seq="${CSS.escape(seq)}"]`, list) !== undefined
}

document.addEventListener('htmx:sse:before:message', (event) => {
  const { event: name, id } = event.detail.message
  const list = targetOf(event)
  if (name || !(list instanceof HTMLElement) || !list.matches('.thinking ol')) return
  // A delayed stream still delivers its lines, after the page has loaded them.
  if (hasLine(list, id.split(':').at(-1) ?? '')) event.preventDefault()
  else {
    activeAt.set(list, Date.now())
    list.classList.remove('held-up')
  }
})

/** Adds the lines that the stream has not delivered. The stream is delayed only if there are any. */
async function loadLines(list: HTMLElement): Promise<void> {
  const last = findAll('[data-seq]', list).at(-1)?.dataset.seq ?? '0'
  const response = await fetch(`${list.dataset.lines}?after=${last}`, {
    headers: { 'HX-Request': 'true' },
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (!response.ok || !list.isConnected) return
  const template = document.createElement('template')
  template.innerHTML = await response.text()
  const lines = findAll('li', template.content).filter(
    ({ dataset }) => !hasLine(list, dataset.seq ?? ''),
  )
  rememberScroll()
  list.append(...lines)
  if (lines.length > 0) list.classList.add('held-up')
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
    await loadLines(list)
  } catch {
    // The next tick tries again. The POST of the question reports a server that cannot be reached.
  } finally {
    loading.delete(list)
    activeAt.set(list, Date.now())
  }
}

// The stream of a hidden tab is closed. A visible tab waits for the stream before it loads lines itself.
document.addEventListener('visibilitychange', () => {
  for (const list of openLists()) activeAt.set(list, Date.now())
})

setInterval(() => {
  if (document.hidden) return
  // Not awaited: it handles its errors, and one slow list must not delay the others.
  for (const list of openLists()) void loadIfSilent(list)
}, 500)
