// What HTML, CSS and htmx cannot do alone: asking without leaving the page, clocks, focus, scrolling, the flyout.
const { htmx } = window
const find = (selector, root = document) => root.querySelector(selector)
const all = (selector, root = document) => [...root.querySelectorAll(selector)]
const narrow = matchMedia('(max-width: 62rem)')
const hovers = matchMedia('(hover: hover)')

const runningTurn = () => find('#turns [data-status="running"]')
const flyoutRun = () => find('#flyout:not([hidden])')?.dataset.run
const say = (text) => {
  find('#status').textContent = text
}

/* asking */

/** A UUID, by hand: `randomUUID` is missing where the page came over plain http. */
function newRunId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 15) | 64
  bytes[8] = (bytes[8] & 63) | 128
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** Adds a turn that posts itself. The question goes in as text, never as HTML. */
function ask(question) {
  const nextRun = find('#next-run')
  const turn = document.importNode(find('#pending-turn').content, true).firstElementChild
  for (const element of [turn, ...all('*', turn)]) {
    for (const attribute of element.attributes) {
      attribute.value = attribute.value.replaceAll('__run__', nextRun.value)
    }
  }
  nextRun.value = newRunId()
  find('.question', turn).textContent = question
  find('[name=message]', turn).value = question
  find('#turns').append(turn)
  htmx.process(turn)
  settle()
  toEnd(find('#scroller'))
}

function onSubmit(event) {
  const form = event.target
  if (!htmx || !form.matches('#composer, .retry')) return
  for (const note of all('#composer-note, #notice')) note.replaceChildren()
  const { message } = form.elements
  const question = message.value.trim()
  // The first question of all is for htmx: it opens the conversation.
  if (question && !find('#pending-turn')) return
  event.preventDefault()
  event.stopPropagation()
  if (!question || runningTurn()) return
  ask(question)
  if (form.id === 'composer') message.value = ''
}

function onEnter(event) {
  const field = event.target
  // An input method uses Enter to take a word; some browsers tell of it by the code 229 only.
  if (event.shiftKey || event.isComposing || event.keyCode === 229) return
  event.preventDefault()
  if (field.value.trim() && !runningTurn()) field.form.requestSubmit(find('.send'))
}

/* what htmx does, and what becomes of it */

const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 48
const toEnd = (box) => {
  box.scrollTop = box.scrollHeight
}
let follows = true

document.addEventListener('htmx:before:swap', () => {
  follows = atEnd(find('#scroller'))
})

document.addEventListener('htmx:after:swap', ({ target, detail }) => {
  const element = target.closest ? target : document.body
  if (element.matches('ol')) {
    if (follows) toEnd(find('#scroller'))
    return
  }
  settle()
  const turn = element.closest('#turns > *')
  if (turn && follows) show(turn)
  const idle = document.activeElement === document.body
  if (detail.ctx.target?.id === 'flyout' && (idle || element.id !== 'flyout')) focusFlyout()
  else if (element.matches('.conversation')) find('.open', element).focus()
  else if (element.id === 'chat') comeBack()
})

/** Brings a turn into view: its beginning, if not all of it has room. */
function show(turn) {
  const scroller = find('#scroller')
  if (turn.offsetHeight > scroller.clientHeight) scroller.scrollTop = turn.offsetTop - 16
  else toEnd(scroller)
}

const endings = { finished: 'Answer ready', stopped: 'Stopped' }
let wasRunning = false

/** Brings into line what depends on the page as a whole. */
function settle() {
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
function comeBack() {
  const { activeElement } = document
  const free = activeElement === document.body || activeElement.closest('#composer')
  if (free && hovers.matches && getSelection().isCollapsed) find('#message').focus()
}

/* what goes wrong */

/** No answer of ours came back: a turn asks again, lines connect again, everything else says so. */
function unreachable({ sourceElement }) {
  const again = (act) => setTimeout(() => sourceElement.isConnected && act(), 3000)
  if (sourceElement.matches('.turn')) again(() => htmx.trigger(sourceElement, 'again'))
  else if (sourceElement.matches('ol')) again(() => htmx.process(sourceElement))
  else if (!sourceElement.hidden) {
    const note = document.createElement('div')
    note.className = 'error-note'
    note.role = 'alert'
    note.textContent = 'OpsAgent cannot be reached. Please try again in a moment.'
    find('#notice').replaceChildren(note)
  }
}

document.addEventListener('htmx:error', ({ detail }) => {
  if (detail.ctx) unreachable(detail.ctx)
})

document.addEventListener('htmx:after:request', (event) => {
  const { ctx } = event.detail
  if (ctx.response.status < 400) return
  const field = find('#message')
  // A page of a proxy is not ours to show.
  if (!ctx.text.includes('class="error-note"') || ctx.sourceElement.matches('ol')) {
    event.preventDefault()
    unreachable(ctx)
  } else if (ctx.sourceElement.matches('.turn') && !field.value.trim()) {
    field.value = find('[name=message]', ctx.sourceElement).value
  }
})

/* the flyout, the sidebar and its menus */

const focusFlyout = () => find('#flyout-title')?.focus()

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
  if (navigator.clipboard) await navigator.clipboard.writeText(String(getSelection()))
  else document.execCommand('copy')
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

document.addEventListener('submit', onSubmit, true)
document.addEventListener('click', onClick, true)
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.id === 'message') onEnter(event)
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

/* clocks */

const started = new WeakMap()

/** The same words as the server's `elapsed`. */
function tick() {
  for (const clock of all('[data-elapsed]')) {
    if (!started.has(clock)) started.set(clock, Date.now() - clock.dataset.elapsed)
    const seconds = Math.floor((Date.now() - started.get(clock)) / 1000)
    const rest = String(seconds % 60).padStart(2, '0')
    clock.textContent = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${rest} s`
  }
}

setInterval(tick, 1000)
addEventListener('resize', settle)
tick()
settle()
const last = all('.turn').pop()
if (last && !location.hash) show(last)
if (flyoutRun()) focusFlyout()
else if (find('#message')) comeBack()
