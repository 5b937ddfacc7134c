import { find, runningTurn, targetOf } from './dom.ts'

/** How far from the end the view still counts as being at the end, in CSS pixels. */
const tolerance = 48

let wasAtEnd = true
let fromEnd = 0
/** The turn that was last shown from its start, and the position of the view then. */
let shown: { turn: string; top: number } | undefined
/** That turn, if the view was still there before the page changed. */
let startInView: string | undefined

/** Remembers which part of the chat is in view. Called before the page changes. */
export function rememberScroll(): void {
  const box = find('#scroller')
  if (!box) return
  fromEnd = box.scrollHeight - box.scrollTop
  wasAtEnd = fromEnd - box.clientHeight < tolerance
  startInView = shown?.top === box.scrollTop ? shown.turn : undefined
}

/** Scrolls to the end of the chat. */
export function scrollToEnd(): void {
  const box = find('#scroller')
  if (box) box.scrollTop = box.scrollHeight
}

/** Keeps the end of the chat in view, if it was in view before the page changed. Otherwise offers to go there. */
export function followEnd(): void {
  if (wasAtEnd) scrollToEnd()
  else if (startInView === undefined || startInView !== runningTurn()?.id) showNewer()
}

/** Shows the button that leads to what has arrived below the view. */
function showNewer(): void {
  const button = find('#newer')
  if (button && !isAtEnd()) button.hidden = false
}

function isAtEnd(): boolean {
  const box = find('#scroller')
  return !box || box.scrollHeight - box.scrollTop - box.clientHeight < tolerance
}

/** Keeps what was in view, after turns were added above it. */
export function keepPlace(): void {
  const box = find('#scroller')
  if (box) box.scrollTop = box.scrollHeight - fromEnd
}

/** Brings a changed turn into view, if its start or the end of the chat was in view before. */
export function followTurn(turn: HTMLElement): void {
  if (wasAtEnd || startInView === turn.id) showTurn(turn)
  else showNewer()
}

/** Brings a turn into view. A turn that is higher than the view is shown from its start. */
export function showTurn(turn: HTMLElement): void {
  const box = find('#scroller')
  if (!box || turn.offsetHeight <= box.clientHeight) {
    scrollToEnd()
    return
  }
  box.scrollTop = turn.offsetTop - 16
  shown = { turn: turn.id, top: box.scrollTop }
}

// Captured, because `scroll` does not bubble and the chat may be replaced.
document.addEventListener(
  'scroll',
  () => {
    const button = find('#newer')
    if (button && isAtEnd()) button.hidden = true
  },
  true,
)

document.addEventListener('click', (event) => {
  if (targetOf(event)?.closest('#newer')) scrollToEnd()
})
