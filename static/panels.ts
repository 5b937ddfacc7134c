// The flyout, the sidebar and its menus.
import { returnQuestion } from './asking.ts'
import { find, findAs, flyoutRun, runningTurn, targetOf } from './dom.ts'
import { closeFlyout } from './flyout.ts'
import { htmx } from './htmx.ts'
import { updatePage } from './page-state.ts'
import { showRename } from './rename-draft.ts'

function showSidebar(shown: boolean): void {
  const opener = find('.sidebar-open')
  find('#sidebar')?.classList.toggle('shown', shown)
  if (opener) opener.ariaExpanded = String(shown)
  if (shown) find('.sidebar-close')?.focus()
  else opener?.focus()
}

function stopRun(button: Element): void {
  const turn = runningTurn()
  if (turn?.matches('.unsent')) {
    takeBack(turn)
    return
  }
  if (button instanceof HTMLButtonElement) button.disabled = true
  if (turn) findAs(HTMLFormElement, '.stop-form', turn)?.requestSubmit()
}

/** Removes a question that could not be sent, and returns it to the composer. */
function takeBack(turn: HTMLElement): void {
  htmx?.trigger(turn, 'htmx:abort')
  turn.remove()
  returnQuestion(findAs(HTMLInputElement, '[name=message]', turn)?.value ?? '')
  updatePage()
}

function onClick(event: MouseEvent): void {
  const clicked = targetOf(event)
  const on = (selector: string) => clicked?.closest(selector)
  // htmx would load a link that the user opens in a new tab.
  if (on('a') && (event.ctrlKey || event.metaKey || event.shiftKey)) {
    event.stopPropagation()
    return
  }
  const stop = on('.stop')
  const item = on('[data-rename]')?.closest('.conversation')
  if (stop) stopRun(stop)
  else if (on('[aria-controls=flyout][aria-expanded=true], .flyout-close')) {
    consume(event)
    closeFlyout()
  } else if (on('.sidebar-open')) {
    consume(event)
    showSidebar(true)
  } else if (on('.sidebar-close') || (find('#sidebar.shown') && !on('#sidebar'))) {
    consume(event)
    showSidebar(false)
  } else if (item) {
    // Later, because the menu takes the focus when it closes.
    setTimeout(showRename, 0, item, true)
  }
}

function consume(event: Event): void {
  event.preventDefault()
  event.stopPropagation()
}

function onEscape(event: KeyboardEvent): void {
  const renamed = targetOf(event)?.closest('.rename')?.closest('.conversation')
  if (renamed) {
    showRename(renamed, false)
    find('.open', renamed)?.focus()
  } else if (find(':popover-open')) return
  else if (find('#sidebar.shown')) showSidebar(false)
  else if (flyoutRun()) closeFlyout()
}

document.addEventListener('click', onClick, true)

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.isComposing) onEscape(event)
})

document.addEventListener('focusin', (event) => {
  if (find('#sidebar.shown') && !targetOf(event)?.closest('#sidebar')) showSidebar(false)
})

document.addEventListener('focusout', (event) => {
  const form = targetOf(event)?.closest('.rename')
  const item = form?.closest('.conversation')
  const next = event.relatedTarget instanceof Node ? event.relatedTarget : null
  if (form && item && !form.contains(next)) showRename(item, false)
})
