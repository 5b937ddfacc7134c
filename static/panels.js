// The flyout, the sidebar and its menus.
import { find, flyoutRun, runningTurn } from './dom.js'
import { settle } from './page.js'

/** Moves the focus into the flyout. */
export const focusFlyout = () => find('#flyout-title')?.focus()

function closeFlyout() {
  const flyout = find('#flyout')
  const opener = document.getElementById(`thinking-${flyoutRun()}`) ?? find('#message')
  history.replaceState(history.state, '', find('.flyout-close').href)
  flyout.hidden = true
  flyout.replaceChildren()
  settle()
  opener.focus()
}

function showSidebar(shown) {
  const opener = find('.sidebar-open')
  find('#sidebar').classList.toggle('shown', shown)
  opener.ariaExpanded = String(shown)
  if (shown) find('.sidebar-close').focus()
  else opener.focus()
}

function rename(item, on) {
  const form = find('.rename', item)
  form.hidden = !on
  find('.open', item).hidden = on
  if (on) form.elements.title.select()
  else form.reset()
}

async function copy(button) {
  const answer = find('.answer', button.parentElement)
  getSelection().selectAllChildren(answer)
  try {
    await navigator.clipboard.writeText(String(getSelection()))
  } catch {
    // Not over plain http, or not allowed: the old way needs no leave.
    document.execCommand('copy')
  }
  getSelection().removeAllRanges()
  button.textContent = 'Copied'
  setTimeout(() => {
    button.textContent = 'Copy'
  }, 2000)
}

function onClick(event) {
  const on = (selector) => event.target.closest(selector)
  const act = (action, ...values) => {
    event.preventDefault()
    event.stopPropagation()
    action(...values)
  }
  // htmx would swallow a click that is to open a new tab.
  if (on('a') && (event.ctrlKey || event.metaKey || event.shiftKey)) event.stopPropagation()
  else if (on('.stop')) {
    on('.stop').disabled = true
    find('.stop-form', runningTurn()).requestSubmit()
  } else if (on('[aria-controls=flyout][aria-expanded=true], .flyout-close')) act(closeFlyout)
  else if (on('.sidebar-open')) act(showSidebar, true)
  else if (on('.sidebar-close') || (find('#sidebar.shown') && !on('#sidebar')))
    act(showSidebar, false)
  // The menu closes first and would take the focus with it.
  else if (on('[data-rename]')) setTimeout(rename, 0, on('.conversation'), true)
  else if (on('.copy')) void copy(on('.copy'))
  else if (on('#notice')) find('#notice').replaceChildren()
}

function onEscape({ target }) {
  const renamed = target.closest('.rename')?.closest('.conversation')
  if (renamed) {
    rename(renamed, false)
    find('.open', renamed).focus()
  } else if (find(':popover-open')) return
  else if (find('#sidebar.shown')) showSidebar(false)
  else if (flyoutRun()) closeFlyout()
}

document.addEventListener('click', onClick, true)
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.isComposing) onEscape(event)
})
document.addEventListener('focusin', ({ target }) => {
  if (find('#sidebar.shown') && !target.closest('#sidebar')) showSidebar(false)
})
// A menu that opens again asks again before it deletes.
const onToggle = ({ target, newState }) => {
  if (target.matches('.menu') && newState === 'open') find('details', target).open = false
}
document.addEventListener('toggle', onToggle, true)
document.addEventListener('focusout', ({ target, relatedTarget }) => {
  const form = target.closest('.rename')
  if (form && !form.contains(relatedTarget)) rename(form.closest('.conversation'), false)
})
