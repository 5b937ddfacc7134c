// Loads the list of conversations again, so that the sidebar is current also after changes of other tabs and devices. A
// request with an entity tag costs little, and works with several processes and at the edge; one more stream per tab would
// use up the streams of the user.
import type { HtmxRequestCtx } from 'htmx.org'
import { openItem, showStates } from './conversation-states.ts'
import { find, findAll, findAs, targetOf } from './dom.ts'
import { htmx } from './htmx.ts'

/** How often a visible page loads the list while another conversation runs, and otherwise. */
const busyMs = 3000
const idleMs = 60_000
/** How long a page expects a change after another tab has announced one. */
const announcedMs = 10_000

/** As many as the server accepts, and as a first page has. */
const maxConversations = 100
const pageSize = 30

const channel = new BroadcastChannel('opsagent')
let loadedAt = Date.now()
let announcedAt = 0
let tag = ''

/** Tells the other tabs of this browser that a run of this page starts or has ended. */
export function announceChange(): void {
  channel.postMessage('changed')
}

function load(): void {
  const source = find('#sidebar-refresh')
  if (!htmx || !source || document.hidden || isSearching()) return
  loadedAt = Date.now()
  const limit = Math.max(pageSize, findAll('.conversation').length)
  const [path] = source.getAttribute('hx-get')?.split('?') ?? []
  source.setAttribute('hx-get', `${path}?limit=${Math.min(limit, maxConversations)}`)
  htmx.trigger(source, 'refresh')
}

/** Results of a search stay as they are. */
function isSearching(): boolean {
  return (
    find('#conversations[data-query]') !== undefined ||
    !!findAs(HTMLInputElement, '.search [name=q]')?.value
  )
}

function isBusy(): boolean {
  const others = findAll('.conversation[data-status=running]').filter((item) => item !== openItem())
  return others.length > 0 || Date.now() - announcedAt < announcedMs
}

/** Loads the turns of the open conversation that another page has begun. */
function loadLaterTurns(): void {
  const run = openItem()?.dataset.run
  const chat = find('#turns')
  const url = find('#sidebar .open[aria-current]')?.getAttribute('href')
  if (!run || !chat || !url || find(`#run-${CSS.escape(run)}`) || find('.latest')) {
    return
  }
  const last = findAll('.turn', chat).at(-1)?.id.slice('run-'.length)
  // Not awaited: htmx reports errors itself.
  void htmx?.ajax('GET', last ? `${url}?after=${last}` : url, {
    source: '#turns',
    target: '#turns',
    swap: 'beforeend',
  })
}

function isRefresh({ sourceElement }: HtmxRequestCtx): boolean {
  return sourceElement.id === 'sidebar-refresh'
}

channel.addEventListener('message', () => {
  announcedAt = Date.now()
  load()
})

/** The runs of this page that the other tabs know. */
const announced = new WeakSet<Element>()

// The first line of a run: the question is stored.
document.addEventListener('htmx:sse:before:message', (event) => {
  const turn = targetOf(event)?.closest('.turn[hx-post]')
  if (!turn || announced.has(turn)) return
  announced.add(turn)
  announceChange()
})

document.addEventListener('visibilitychange', load)

setInterval(() => {
  if (Date.now() - loadedAt >= (isBusy() ? busyMs : idleMs)) load()
}, 1000)

document.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
  if (tag !== '' && isRefresh(ctx)) ctx.request.headers['If-None-Match'] = tag
})

document.addEventListener('htmx:after:request', ({ detail: { ctx } }) => {
  if (isRefresh(ctx)) tag = ctx.response?.headers.get('etag') ?? tag
})

document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
  if (!isRefresh(ctx)) return
  showStates()
  loadLaterTurns()
})

// Days in the sidebar are those of the user's clock.
// biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing on pages that were loaded over plain HTTP.
document.cookie = `utc_offset=${-new Date().getTimezoneOffset()};path=/;max-age=31536000;samesite=lax`
