import { v4 as uuid } from 'uuid'
import { titleOf } from '../views/title.ts'
import { fitComposer } from './composer-height.ts'
import { find, findAll, findAs, runningTurn, showNote, targetOf } from './dom.ts'
import { saveDraft } from './drafts.ts'
import { htmx } from './htmx.ts'
import { announce, updatePage } from './page-state.ts'
import { scrollToEnd } from './scrolling.ts'

/** The first question, while the server creates its conversation. */
let firstQuestion: string | undefined

const offline = 'You are offline. Nothing was sent. Your question stays here.'

/** Posts the first question, when its conversation is on the page. */
export function askFirstQuestion(): void {
  if (firstQuestion === undefined) return
  const question = firstQuestion
  firstQuestion = undefined
  saveDraft()
  showTitle(question)
  addPendingTurn(question)
}

/** Puts a question that the server did not accept back into the composer, before text typed since. */
export function returnQuestion(question: string): void {
  const field = findAs(HTMLTextAreaElement, '#message')
  if (field) field.value = [question, field.value].filter((text) => text.trim()).join('\n')
  saveDraft()
  fitComposer()
}

/** Asks without leaving the page. Without htmx, the form is submitted by the browser. */
function onSubmit(event: SubmitEvent): void {
  const form = event.target
  if (!htmx || !(form instanceof HTMLFormElement)) return
  if (!form.matches('#composer, .examples, .retry')) return
  event.preventDefault()
  for (const note of findAll('#composer-note, #notice')) note.replaceChildren()
  const question = String(new FormData(form, event.submitter).get('message') ?? '').trim()
  if (question === '' || isAsking()) return
  if (!navigator.onLine) {
    showNote('#composer-note', offline, 'offline')
    return
  }
  const field = findAs(HTMLTextAreaElement, '#message', form)
  if (field) field.value = ''
  saveDraft()
  if (find('#new-conversation')) {
    firstQuestion = question
    htmx.trigger('#new-conversation', 'create')
  } else {
    addPendingTurn(question)
  }
}

function isAsking(): boolean {
  return runningTurn() !== undefined || firstQuestion !== undefined
}

/** Adds a turn that posts its question itself. The question is inserted as text, never as HTML. */
function addPendingTurn(question: string): void {
  const template = findAs(HTMLTemplateElement, '#pending-turn')
  const nextRun = findAs(HTMLInputElement, '#next-run')
  const turn = template && document.importNode(template.content, true).firstElementChild
  if (!turn || !nextRun) return
  for (const element of [turn, ...turn.querySelectorAll('*')]) {
    for (const attribute of element.attributes) {
      attribute.value = attribute.value.replaceAll('__run__', nextRun.value)
    }
  }
  // Not `crypto.randomUUID`, which is missing on pages that were loaded over plain HTTP.
  nextRun.value = uuid()
  const text = find('.question', turn)
  if (text) text.textContent = question
  const field = findAs(HTMLInputElement, '[name=message]', turn)
  if (field) field.value = question
  find('#turns')?.append(turn)
  htmx?.process(turn)
  updatePage()
  scrollToEnd()
}

/** Shows the title that the server gives the conversation before its answer arrives. */
function showTitle(question: string): void {
  const shown = titleOf(question)
  if (shown === '') return
  for (const title of findAll('#chat-title, .open[aria-current] .title')) title.textContent = shown
}

function onKeyDown(event: KeyboardEvent): void {
  const field = event.target
  if (!(field instanceof HTMLTextAreaElement) || field.id !== 'message') return
  if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return
  event.preventDefault()
  if (!field.value.trim()) return
  if (isAsking()) explainWait()
  else field.form?.requestSubmit(find('.send'))
}

/** Says why nothing is sent. The note goes away when the run ends. */
function explainWait(): void {
  const note = document.createElement('p')
  note.className = 'wait-note'
  note.textContent =
    'Not sent: an answer is in progress. Your text stays here. Send it after the answer, or press Stop first.'
  find('#composer-note')?.replaceChildren(note)
  announce(note.textContent)
}

/** Whether an input method uses the key to accept a word. Some browsers tell only by the key code 229. */
function isComposing({ isComposing, keyCode }: KeyboardEvent): boolean {
  return isComposing || keyCode === 229
}

/** Edits a question: the turn stays, because it is what was checked. */
function onClick(event: MouseEvent): void {
  const form = targetOf(event)?.closest('.edit')?.closest('form')
  const question = form && findAs(HTMLInputElement, '[name=message]', form)?.value
  if (!question) return
  returnQuestion(question)
  find('#message')?.focus()
}

document.addEventListener('submit', onSubmit, true)
document.addEventListener('click', onClick)
document.addEventListener('keydown', onKeyDown)

// Also fires after a failure, when the conversation was not created.
document.addEventListener('htmx:finally:request', (event) => {
  if (targetOf(event)?.id !== 'new-conversation' || firstQuestion === undefined) return
  returnQuestion(firstQuestion)
  firstQuestion = undefined
})
