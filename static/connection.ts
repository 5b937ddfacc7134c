// Shows within 3 s that the server cannot be reached, and reconnects the streams as soon as it can.
import { routes } from '../src/http/routes.ts'
import { enableStop, find, runningTurn } from './dom.ts'
import { openStreams } from './leaving.ts'
import { announce } from './page-state.ts'
import { onTick } from './run-clock.ts'

/** After this silence during a run, the page asks the server for a sign of life. */
const silenceMs = 1000
const timeoutMs = 1200

/** When the page last received anything from the server, in ms since 1970. */
let aliveAt = Date.now()
let isProbing = false

/** Notes that the server has been reached. */
export function markAlive(): void {
  aliveAt = Date.now()
  setLost(false)
}

function setLost(isLost: boolean): void {
  if (document.body.matches('.lost') === isLost) return
  document.body.classList.toggle('lost', isLost)
  announce(isLost ? 'Connection lost' : 'Connected again')
}

/** A Stop that was pressed may not have arrived, so it can be pressed again. */
function markLost(): void {
  if (!runningTurn()) return
  setLost(true)
  enableStop()
}

/** Ends the wait for the next attempt, and a connection that may be dead without the browser knowing. */
function reconnectStreams(): void {
  for (const { delayCanceller, reader } of openStreams()) {
    delayCanceller?.()
    // Not awaited: the extension reconnects when its reader ends.
    void reader?.cancel()
  }
}

/** A proxy answers with 5xx for a server that is gone. A redirect to a sign-in page is a sign of life. */
async function probe(): Promise<void> {
  if (isProbing || document.hidden || !runningTurn()) return
  isProbing = true
  const wasLost = document.body.matches('.lost')
  try {
    const { status } = await fetch(routes.alive, {
      cache: 'no-store',
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (status >= 500) return markLost()
    markAlive()
    if (wasLost) reconnectStreams()
  } catch {
    markLost()
  } finally {
    isProbing = false
  }
}

// A stream that closes may be at the end of its time, so the page asks.
// Not awaited: it handles its errors.
document.addEventListener('htmx:sse:before:connection', ({ detail }) => {
  if (detail.connection.attempt > 0) void probe()
})
document.addEventListener('htmx:sse:after:connection', markAlive)

addEventListener('offline', markLost)
addEventListener('online', () => {
  find('#composer-note [data-code=offline]')?.remove()
  void probe()
})

onTick(() => {
  if (!runningTurn()) document.body.classList.remove('lost')
  if (Date.now() - aliveAt >= silenceMs) void probe()
})
