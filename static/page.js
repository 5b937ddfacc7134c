import { all, find, flyoutRun, runningTurn } from './dom.js'

const narrow = matchMedia('(max-width: 62rem)')
const hovers = matchMedia('(hover: hover)')

const say = (text) => {
  find('#status').textContent = text
}

const endings = { finished: 'Answer ready', stopped: 'Stopped' }
let wasRunning = false

/** Brings into line what depends on the page as a whole. */
export function settle() {
  const running = Boolean(runningTurn())
  if (running && !wasRunning) say('Thinking')
  if (!running && wasRunning) {
    say(endings[all('#turns > *').pop()?.dataset.status] ?? 'Failed')
    find('.stop').disabled = false
    comeBack()
  }
  wasRunning = running

  const title = find('#chat-title')
  if (!title) return
  document.title = `${title.textContent} · OpsAgent`
  for (const link of all('[aria-controls=flyout]')) {
    link.ariaExpanded = String(link.id === `thinking-${flyoutRun()}`)
  }
  find('#chat').inert = narrow.matches && Boolean(flyoutRun())
  // Whatever scrolls must be within reach of the keyboard.
  for (const box of all('.lines, .table, pre, .asked')) {
    const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight
    if (scrolls) box.tabIndex = 0
    else box.removeAttribute('tabindex')
  }
}

/** Gives the focus back to the field, unless the person is at something else. */
export function comeBack() {
  const { activeElement } = document
  const free = activeElement === document.body || activeElement.closest('#composer')
  if (free && hovers.matches && getSelection().isCollapsed) find('#message').focus()
}
