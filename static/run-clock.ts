import { elapsed } from '../views/duration.ts'
import { find, findAll } from './dom.ts'

const tickMs = 500
/** After this time without an event, the panel says how long the run has been quiet. */
const quietMs = 20_000

/** When a row or a turn began, by the clock of this browser, in ms since 1970. */
const beganAt = new WeakMap<HTMLElement, number>()

/** Calls a function twice per second. */
export function onTick(act: () => void): void {
  setInterval(act, tickMs)
}

/** The server renders each row and each turn with its age, because the clocks of browsers differ. */
function began(element: HTMLElement): number {
  const at = beganAt.get(element) ?? Date.now() - Number(element.dataset.ageMs)
  beganAt.set(element, at)
  return at
}

/** Updates the clocks of runs in progress, except while the server cannot be reached. */
export function updateClocks(): void {
  const now = Date.now()
  const isLost = document.body.matches('.lost')
  for (const element of isLost ? [] : findAll('.elapsed, .row.running, .thinking')) {
    if (element.matches('.elapsed')) element.textContent = elapsed(now - began(element))
    const waiting = find(':scope > .waiting', element)
    if (waiting) waiting.textContent = waitingText(element, now)
    const result = find(':scope > .line .result', element)
    if (result) result.textContent = elapsed(now - began(element))
  }
}

/** What the run waits for: the innermost rows in progress, the oldest of them first. */
function waitingText(card: HTMLElement, now: number): string {
  const waiting = findAll('.row.running', card)
    .filter((row) => !find('.row.running', row))
    .sort((one, other) => began(one) - began(other))
  const [first] = waiting
  if (first === undefined) return ''
  const { name = '', limitSeconds = '' } = first.dataset
  const what = first.matches('.approval')
    ? 'your approval'
    : first.matches('.tool')
      ? 'the result'
      : 'the model'
  const seconds = Math.max(0, Math.floor((now - began(first)) / 1000))
  const parts = [`${name}: waiting for ${what}`, `${seconds} s of ${limitSeconds} s`]
  if (waiting.length > 1) parts.push(`and ${waiting.length - 1} more`)
  const quiet = now - Number(find('.rows', card)?.dataset.lastAt ?? now)
  if (quiet >= quietMs) parts.push(`quiet for ${elapsed(quiet)}`)
  return parts.join(' · ')
}

onTick(updateClocks)
