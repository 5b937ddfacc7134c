import { elapsed } from '../views/duration.ts'
import { findAll } from './dom.ts'

/** When each run started by the clock of this browser, in ms since 1970. */
const startedAt = new WeakMap<HTMLElement, number>()

/** Updates the clocks of running turns. The server renders each with the time that has already passed. */
function updateClocks(): void {
  const now = Date.now()
  for (const clock of findAll('[data-elapsed]')) {
    const started = startedAt.get(clock) ?? now - Number(clock.dataset.elapsed)
    startedAt.set(clock, started)
    clock.textContent = elapsed(now - started)
  }
}

setInterval(updateClocks, 1000)
updateClocks()
