// The flyout, the sidebar and its menus.
import { copyText } from './copy-text.ts'
import { find, findAs, flyoutRun, runningTurn, targetOf } from './dom.ts'
import { updatePage } from './page-state.ts'
import { showRename } from './rename-draft.ts'

/** Moves the focus into the flyout. */
export function focusFlyout(): void {
  find('#flyout-title')?.focus()
}

function closeFlyout(): void {
  const flyout = find('#flyout')
  if (!flyout) return
  const opener = document.getElementById(`thinking-${flyoutRun()}`) ?? find('#message')
  const conversation = findAs(HTMLAnchorElement, '.flyout-close')?.href
  history.replaceState(history.state, '', conversation)
  flyout.hidden = true
  flyout.replaceChildren()
  updatePage()
  opener?.focus()
}

function showSidebar(shown: boolean): void {
  const opener = find('.sidebar-open')
  find('#sidebar')?.classList.toggle('shown', shown)
  if (opener) opener.ariaExpanded = String(shown)
  if (shown) find('.sidebar-close')?.focus()
  else opener?.focus()
}

function stopRun(button: Element): void {
  const turn = runningTurn()
  if (button instanceof HTMLButtonElement) button.disabled = true
  if (turn) findAs(HTMLFormElement, '.stop-form', turn)?.requestSubmit()
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
  const copy = on('.copy')
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
  } else if (copy instanceof HTMLElement) {
    const turn = copy.closest('.turn')
    const answer = turn && find('.answer', turn)
    // Not awaited: it handles its errors.
    // biome-ignore lint/performance/useDomNodeTextContent: copies line breaks and table columns as the page shows them.
    if (answer) void copyText(answer.innerText, copy)
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
