// A proxy on the way may hold the stream up. Then the lines are fetched, until the stream delivers by itself again.
import { all, find } from './dom.js'

const quietMs = 3000
const heldUpMs = 1000

/** When each list last heard something or was asked for; those that are being asked for now. */
const heardAt = new WeakMap()
const asking = new WeakSet()

const has = (list, seq) => find(`[data-seq="${CSS.escape(seq)}"]`, list) !== null
const isHeldUp = (list) => list.classList.contains('held-up')

document.addEventListener('htmx:sse:before:message', (event) => {
  const { event: name, id } = event.detail.message
  const list = event.target
  if (name || !list.matches('.thinking ol')) return
  // What was held up may come after all: once is enough.
  if (has(list, id.split(':').pop())) event.preventDefault()
  else {
    heardAt.set(list, Date.now())
    list.classList.remove('held-up')
  }
})

/** Looks whether the server has more lines than the stream brought. Only then is the stream held up. */
async function look(list) {
  const last = all('[data-seq]', list).pop()?.dataset.seq ?? 0
  const response = await fetch(`${list.dataset.lines}?after=${last}`, {
    headers: { 'HX-Request': 'true' },
    signal: AbortSignal.timeout(10_000),
  })
  if (!response.ok || !list.isConnected) return
  const template = document.createElement('template')
  template.innerHTML = await response.text()
  const lines = all('li', template.content).filter((line) => !has(list, line.dataset.seq))
  list.append(...lines)
  if (lines.length > 0) list.classList.add('held-up')
  if (response.headers.get('x-run-status') !== 'running') window.htmx.trigger(list, 'done')
}

async function watch(list) {
  if (!heardAt.has(list)) heardAt.set(list, Date.now())
  const quietFor = Date.now() - heardAt.get(list)
  if (asking.has(list) || quietFor < (isHeldUp(list) ? heldUpMs : quietMs)) return
  asking.add(list)
  try {
    await look(list)
  } catch {
    // It is tried again; what cannot be reached at all is told where the question was posted.
  } finally {
    asking.delete(list)
    heardAt.set(list, Date.now())
  }
}

// A hidden tab lets go of its stream on purpose; when it is looked at again, the stream gets its time first.
document.addEventListener('visibilitychange', () => {
  for (const list of all('.thinking ol')) heardAt.set(list, Date.now())
})

setInterval(() => {
  if (document.hidden) return
  for (const list of all('.thinking ol')) void watch(list)
}, 500)
