// What HTML, CSS and htmx cannot do alone. Here: asking without leaving the page, and what becomes of it.
import './clock.js'
import { all, find, flyoutRun, runningTurn } from './dom.js'
import { comeBack, settle } from './page.js'
import { focusFlyout } from './panels.js'
import './poll.js'

const { htmx } = window

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

/* what goes wrong */

function tell(text) {
  const note = document.createElement('div')
  note.className = 'error-note'
  note.role = 'alert'
  note.textContent = text
  find('#notice').replaceChildren(note)
}

/** No answer of ours came back: a turn asks again, lines connect again, everything else says so. */
function unreachable({ sourceElement }) {
  const again = (act) => setTimeout(() => sourceElement.isConnected && act(), 3000)
  if (sourceElement.matches('.turn')) again(() => htmx.trigger(sourceElement, 'again'))
  else if (sourceElement.matches('ol')) again(() => htmx.process(sourceElement))
  else if (!sourceElement.hidden) tell('OpsAgent cannot be reached. Please try again in a moment.')
}

/** The question went to one process and its stream to another: replicas that do not know of each other. */
function tellOfOtherProcess({ status }) {
  if (status !== 421) return
  tell(
    'The stream met another server process than this page. Reload it. If that does not help, the server runs as several processes, and it must be one.',
  )
}

document.addEventListener('htmx:sse:error', ({ detail }) => tellOfOtherProcess(detail))

document.addEventListener('htmx:error', ({ detail }) => {
  if (detail.ctx) unreachable(detail.ctx)
})

/** Whether a turn may be replaced by this: a proxy's empty answer or a sign-in page must not wipe it out. */
const isTurn = ({ response, target, text }) =>
  response.status === 204 || !target?.matches('.turn') || text.includes('class="turn"')

const signedOut = 'You are signed out. Reload the page to sign in again.'

document.addEventListener('htmx:after:request', (event) => {
  const { ctx } = event.detail
  const { sourceElement, response, text } = ctx
  if (response.status === 401 || (response.raw.redirected && !isTurn(ctx))) tell(signedOut)
  if (response.status < 400 && isTurn(ctx)) return
  if (sourceElement.matches('ol')) tellOfOtherProcess(response)
  const field = find('#message')
  if (
    response.status < 400 ||
    !text.includes('class="error-note"') ||
    sourceElement.matches('ol')
  ) {
    event.preventDefault()
    unreachable(ctx)
  } else if (sourceElement.matches('.turn') && !field.value.trim()) {
    field.value = find('[name=message]', sourceElement).value
  }
})

document.addEventListener('submit', onSubmit, true)
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.id === 'message') onEnter(event)
})
addEventListener('resize', settle)
settle()
const last = all('.turn').pop()
if (last && !location.hash) show(last)
if (flyoutRun()) focusFlyout()
else if (find('#message')) comeBack()
