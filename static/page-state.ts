import { fitComposer } from './composer-height.ts'
import { enableStop, find, findAll, flyoutRun, runningTurn } from './dom.ts'

const narrow = matchMedia('(max-width: 62rem)')
const canHover = matchMedia('(hover: hover)')

let wasRunning = false

/** Updates what depends on the page as a whole. Called after every change. */
export function updatePage(): void {
  announceRun()
  const title = find('#chat-title')?.textContent
  if (title === undefined) return
  document.title = `${title} · OpsAgent`
  for (const link of findAll('[aria-controls=flyout]')) {
    link.ariaExpanded = String(link.id === `thinking-${flyoutRun()}`)
  }
  const chat = find('#chat')
  if (chat) chat.inert = narrow.matches && flyoutRun() !== undefined
  makeScrollable()
  fitComposer()
}

/** Tells screen readers when a run starts and when it ends. */
function announceRun(): void {
  const isRunning = runningTurn() !== undefined
  if (isRunning && !wasRunning) announce('Thinking')
  if (!isRunning && wasRunning) {
    announce(endingOf(findAll('#turns > *').at(-1)))
    enableStop()
    focusComposer()
  }
  wasRunning = isRunning
}

function endingOf(turn: HTMLElement | undefined): string {
  const status = turn?.dataset.status
  if (turn?.matches(':has(.partial)')) return 'Answer ready, but a part of it failed'
  if (status === 'finished') return 'Answer ready'
  return status === 'stopped' ? 'Stopped' : 'Failed'
}

/** Tells screen readers something, once. */
export function announce(text: string): void {
  const status = find('#status')
  if (status) status.textContent = text
}

/** Lets the keyboard reach every box that scrolls. */
function makeScrollable(): void {
  for (const box of findAll('.lines, .table, pre, .flyout-question')) {
    const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight
    if (scrolls) box.tabIndex = 0
    else box.removeAttribute('tabindex')
  }
}

// What was folded may scroll now.
document.addEventListener('toggle', makeScrollable, true)

/** Moves the focus to the composer, unless the user is busy elsewhere. Touch screens would open their keyboard. */
export function focusComposer(): void {
  const { activeElement } = document
  const isFree = activeElement === document.body || activeElement?.closest('#composer')
  if (isFree && canHover.matches && getSelection()?.isCollapsed) find('#message')?.focus()
}
