import { fitComposer } from './composer-height.ts'
import { showStates } from './conversation-states.ts'
import { hideDeleted } from './deletion.ts'
import { enableStop, find, findAll, flyoutRun, runningTurn } from './dom.ts'
import { notify } from './notifications.ts'
import { announceChange } from './sidebar-refresh.ts'

const narrow = matchMedia('(max-width: 62rem)')
const canHover = matchMedia('(hover: hover)')

let wasRunning = false

/** Updates what depends on the page as a whole. Called after every change. */
export function updatePage(): void {
  announceRun()
  if (!find('#chat')) return
  showStates()
  hideDeleted()
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
    const turn = findAll('#turns > *').at(-1)
    const ending = endingOf(turn)
    announce(ending)
    notify(ending, turn?.id ?? '')
    find('#composer-note :is(.wait-note, [data-code=conversation_busy])')?.remove()
    enableStop()
    focusComposer()
  }
  if (isRunning !== wasRunning) announceChange()
  wasRunning = isRunning
}

function endingOf(turn: HTMLElement | undefined): string {
  const status = turn?.dataset.status
  if (turn?.matches(':has(.partial)')) return 'Answer ready, but a part of it failed'
  if (status === 'finished') return 'Answer ready'
  return status === 'stopped' ? 'Stopped' : 'Failed'
}

/** Says a text to users of screen readers, in the one status of the page. */
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
