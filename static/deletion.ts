// Deletes a conversation some seconds after the click, so that the user can undo it. Until then nothing is deleted; a page
// that is left deletes at once.
import { find, findAll, targetOf } from './dom.ts'
import { htmx } from './htmx.ts'

const undoMs = 10_000

type Pending = { item: string; url: string; timer: ReturnType<typeof setTimeout> }

let pending: Pending | undefined

function begin(button: HTMLElement): void {
  finish()
  const item = button.closest('.conversation')
  const url = button.getAttribute('hx-delete')
  if (!item || !url) return
  pending = { item: item.id, url, timer: setTimeout(finish, undoMs) }
  show(find('.title', item)?.textContent ?? '')
}

/** Hides the conversation. Called after every change, because the list may have been loaded again. */
export function hideDeleted(): void {
  const item = pending && document.getElementById(pending.item)
  if (item) item.hidden = true
}

function show(title: string): void {
  hideDeleted()
  const note = find('#undo')
  const text = note && find('.deleted-title', note)
  if (!note || !text) return
  text.textContent = title
  note.hidden = false
  // Later, because the menu takes the focus when it closes.
  setTimeout(() => find('button', note)?.focus())
}

/** Ends the time for undo. Returns the conversation. */
function settle(): HTMLElement | undefined {
  if (!pending) return undefined
  clearTimeout(pending.timer)
  const item = document.getElementById(pending.item) ?? undefined
  pending = undefined
  const note = find('#undo')
  const hadFocus = note?.contains(document.activeElement)
  if (note) note.hidden = true
  if (hadFocus) neighbourOf(item)?.focus()
  return item
}

/** The focus would be lost with the note. */
function neighbourOf(item: HTMLElement | undefined): HTMLElement | undefined {
  const items = findAll('.conversation').filter((one) => one === item || !one.hidden)
  const index = item ? items.indexOf(item) : -1
  const next = items[index + 1] ?? items[index - 1]
  return next ? find('.open', next) : find('.new')
}

function finish(): void {
  const item = settle()
  const button = item && find('.delete', item)
  if (button) htmx?.trigger(button, 'delete')
}

function undo(): void {
  const item = settle()
  if (!item) return
  item.hidden = false
  find('.open', item)?.focus()
}

document.addEventListener('click', (event) => {
  const clicked = targetOf(event)
  const button = clicked?.closest('.delete')
  if (button instanceof HTMLElement) begin(button)
  else if (clicked?.closest('#undo button')) undo()
})

addEventListener('pagehide', () => {
  if (!pending) return
  const { url } = pending
  settle()
  // Not awaited: the page is left.
  void fetch(url, { method: 'DELETE', keepalive: true, headers: { 'HX-Request': 'true' } })
})
