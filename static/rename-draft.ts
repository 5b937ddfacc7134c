// An answer replaces its conversation in the sidebar. A title that the user is typing there moves to the new item.
import { find, findAs, targetOf } from './dom.ts'

type Draft = { item: string; title: string; start: number | null; end: number | null }

let draft: Draft | undefined

/** Shows the form for the title of a conversation in place of its link, or the link again. */
export function showRename(item: Element, shown: boolean): void {
  const form = findAs(HTMLFormElement, '.rename', item)
  const link = find('.open', item)
  if (!form || !link) return
  form.hidden = !shown
  link.hidden = shown
  if (shown) findAs(HTMLInputElement, '[name=title]', form)?.select()
  else form.reset()
}

document.addEventListener('htmx:before:swap', (event) => {
  const form = find('.rename:not([hidden])')
  const input = form && findAs(HTMLInputElement, '[name=title]', form)
  const item = form?.closest('.conversation')
  draft = undefined
  // The response to the form itself has the new title.
  if (!input || !item || targetOf(event) === form) return
  const { value: title, selectionStart: start, selectionEnd: end } = input
  draft = { item: item.id, title, start, end }
})

document.addEventListener('htmx:after:swap', () => {
  const item = draft && document.getElementById(draft.item)
  const form = item && find('.rename[hidden]', item)
  if (!draft || !item || !form) return
  showRename(item, true)
  const input = findAs(HTMLInputElement, '[name=title]', form)
  if (!input) return
  input.value = draft.title
  input.setSelectionRange(draft.start, draft.end)
  input.focus()
})
