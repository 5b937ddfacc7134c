import type { HtmxRequestCtx } from 'htmx.org'
import { returnQuestion } from './asking.ts'
import { enableStop, find, findAs, showNote, targetOf } from './dom.ts'
import { htmx } from './htmx.ts'

const retryAfterMs = 3000

const unreachable = 'OpsAgent cannot be reached. Please try again in a moment.'
const signedOut = 'You are signed out. Reload the page to sign in again.'
const otherProcess =
  'The stream reached another server process than this page. Reload the page. If that does not help, several server processes run without a shared database.'

/** The element whose request has caused the notice. */
let noticeSource: Element | undefined

/** Removes the notice when its cause is gone: the server can be reached, or the same request has succeeded. */
function clearNotice(source: Element): void {
  const notice = find('#notice')
  const isGone = notice?.textContent?.trim() === unreachable || source === noticeSource
  if (isGone) notice?.replaceChildren()
}

function showNotice(text: string, source?: Element): void {
  showNote('#notice', text)
  noticeSource = source
}

document.addEventListener('click', (event) => {
  if (!targetOf(event)?.closest('.dismiss')) return
  targetOf(event)?.closest('.error-note')?.remove()
  find('#message')?.focus()
})

/** For a request without a usable response. Turns, streams and the flyout try again; other requests of the user show the text. */
function retryOrReport({ sourceElement }: HtmxRequestCtx, text: string): void {
  const retry = (act: () => void) =>
    setTimeout(() => {
      if (sourceElement.isConnected) act()
    }, retryAfterMs)
  if (sourceElement.matches('.stop-form')) enableStop()
  sourceElement.classList.toggle('unsent', sourceElement.matches('.turn:not(:has(.row))'))
  if (sourceElement.matches('.turn')) retry(() => htmx?.trigger(sourceElement, 'repost'))
  else if (sourceElement.matches('ol')) retry(() => htmx?.process(sourceElement))
  else if (sourceElement.matches('#flyout')) retry(() => htmx?.trigger(sourceElement, 'rows'))
  else if (sourceElement.matches(':not([hidden]), #new-conversation'))
    showNotice(text, sourceElement)
}

/** Whether the response fits its target: an empty response of a proxy or a sign-in page must not replace a turn. */
function isExpected({ response, target, text = '' }: HtmxRequestCtx): boolean {
  if (response?.status === 204 || response?.status === 304) return true
  const hasTurn = text.includes('class="turn"')
  if (target?.matches('.turn')) return hasTurn
  switch (target?.id) {
    case 'turns':
      return hasTurn || text === ''
    case 'chat':
    case 'conversations':
      return text.includes(`id="${target.id}"`)
    default:
      return true
  }
}

function onResponse(event: CustomEvent<{ ctx: HtmxRequestCtx }>): void {
  const { ctx } = event.detail
  const { sourceElement, response, text = '' } = ctx
  if (!response) return
  const { status, raw } = response
  const isSignedOut = status === 401 || (raw.redirected && !isExpected(ctx))
  if (isSignedOut) showNotice(signedOut)
  if (status < 400 && isExpected(ctx)) {
    sourceElement.classList.remove('unsent')
    clearNotice(sourceElement)
    return
  }
  const isStream = sourceElement.matches('ol')
  if (isStream && status === 421) showNotice(otherProcess)
  if (status < 400 || isStream || !text.includes('class="error-note"')) {
    event.preventDefault()
    retryOrReport(ctx, isSignedOut ? signedOut : unreachable)
  } else if (sourceElement.matches('.turn')) {
    const question = findAs(HTMLInputElement, '[name=message]', sourceElement)?.value
    if (question !== undefined) returnQuestion(question)
  } else noticeSource = sourceElement
}

document.addEventListener('htmx:after:request', onResponse)

document.addEventListener('htmx:error', ({ detail }) => {
  if (detail.ctx) retryOrReport(detail.ctx, unreachable)
})

document.addEventListener('htmx:sse:error', ({ detail }) => {
  if (detail.status === 421) showNotice(otherProcess)
})
