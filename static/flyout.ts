// The flyout in the history of the browser: the address names its run, and Back closes it.
import { find, findAs, flyoutRun, targetOf } from './dom.ts'
import { updatePage } from './page-state.ts'

/** The path of what the page shows. */
let shownPath = location.pathname

/** Moves into the flyout that a link has loaded. */
export function openFlyout({ href }: HTMLAnchorElement): void {
  const state = { flyout: true }
  if (history.state?.flyout) history.replaceState(state, '', href)
  else history.pushState(state, '', href)
  shownPath = location.pathname
  showStep()
}

/** Moves the focus into the flyout, and shows the step that the address names. */
export function showStep(): void {
  const step = location.hash.startsWith('#step-') && document.getElementById(location.hash.slice(1))
  const details = step && findAs(HTMLDetailsElement, ':scope > details', step)
  if (details) details.open = true
  if (step) step.scrollIntoView({ block: 'nearest' })
  find(step ? `${location.hash} summary` : '#flyout-title')?.focus()
}

/** Closes the flyout, as the Back button does. */
export function closeFlyout(): void {
  const { state } = history
  const conversation = findAs(HTMLAnchorElement, '.flyout-close')?.href
  hideFlyout()
  if (state?.flyout) history.back()
  else history.replaceState(state, '', conversation)
}

function hideFlyout(): void {
  const flyout = find('#flyout')
  const opener = document.getElementById(`thinking-${flyoutRun()}`) ?? find('#message')
  shownPath = closePath() ?? shownPath
  if (flyout) flyout.hidden = true
  flyout?.replaceChildren()
  updatePage()
  opener?.focus()
}

function closePath(): string | undefined {
  return findAs(HTMLAnchorElement, '.flyout-close')?.pathname
}

/** Whether a path is the page below the flyout: nothing has to be loaded for it. */
function isBelow(path: string): boolean {
  return path === (closePath() ?? shownPath)
}

// htmx would reload the page and move the focus. Its listeners come later, because it starts after all scripts.
window.navigation?.addEventListener('navigate', (event) => {
  const isBack = event.navigationType === 'traverse'
  if (isBack && isBelow(new URL(event.destination.url).pathname)) event.stopImmediatePropagation()
})

addEventListener('popstate', (event) => {
  if (isBelow(location.pathname)) {
    event.stopImmediatePropagation()
    if (flyoutRun()) hideFlyout()
  } else if (location.pathname !== shownPath) {
    // To a flyout that was closed, or to the page before the conversation was created.
    location.reload()
  }
})

document.addEventListener('htmx:after:history:push', () => {
  shownPath = location.pathname
})

// A flyout that was closed must not load itself again.
for (const name of ['htmx:before:request', 'htmx:before:swap'] as const) {
  document.addEventListener(name, (event) => {
    if (targetOf(event)?.matches('#flyout[hidden]')) event.preventDefault()
  })
}

// A bar of the timeline shows its step, without an entry in the history.
document.addEventListener('click', (event) => {
  const bar = targetOf(event)?.closest('.bar')
  if (!bar) return
  event.preventDefault()
  history.replaceState(history.state, '', bar.getAttribute('href'))
  showStep()
})
