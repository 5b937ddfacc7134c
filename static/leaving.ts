// Ends the requests of a page that the user hides or leaves.
import { findAll, runningTurn, targetOf } from './dom.ts'
import { htmx, type StreamConnection } from './htmx.ts'

const repostAfterMs = 3000

const streams = new WeakMap<Element, StreamConnection>()

/** The connections from which lists receive their rows. */
export function openStreams(): StreamConnection[] {
  return findAll('.thinking .rows').flatMap((list) => streams.get(list) ?? [])
}

document.addEventListener('htmx:sse:after:connection', (event) => {
  const list = targetOf(event)
  if (list) streams.set(list, event.detail.connection)
})

// The SSE extension cancels the reader of a hidden tab, but Firefox then keeps the connection open until the next byte.
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) return
  // Later, because the extension cannot cancel the reader of an aborted response.
  for (const stream of openStreams()) setTimeout(() => stream.abortController.abort())
})

// Firefox and WebKit let the requests of a page fail that reloads, and htmx logs that. It does not log aborted requests.
// After a click on a mail link the page stays: then the stream connects again, and the question is posted again, which
// is the same run.
addEventListener('beforeunload', () => {
  for (const stream of openStreams()) stream.abortController.abort()
  const turn = runningTurn()
  if (!htmx || !turn) return
  htmx.trigger(turn, 'htmx:abort')
  setTimeout(() => {
    if (turn.isConnected) htmx?.trigger(turn, 'repost')
  }, repostAfterMs)
})
