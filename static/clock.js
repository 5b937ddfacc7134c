import { all } from './dom.js'

const started = new WeakMap()

/** Lets the clocks of running turns go on, in the same words as the server's `elapsed`. */
function tick() {
  for (const clock of all('[data-elapsed]')) {
    if (!started.has(clock)) started.set(clock, Date.now() - clock.dataset.elapsed)
    const seconds = Math.floor((Date.now() - started.get(clock)) / 1000)
    const rest = String(seconds % 60).padStart(2, '0')
    clock.textContent = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${rest} s`
  }
}

setInterval(tick, 1000)
tick()
