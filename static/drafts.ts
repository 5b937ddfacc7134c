// Keeps what was typed into the composer, for each conversation. It ends with the tab, because a question may have texts
// that must not stay on a shared machine.
import { fitComposer } from './composer-height.ts'
import { findAs } from './dom.ts'
import { readStored, writeStored } from './stored.ts'

function keyOf(): string | undefined {
  const action = findAs(HTMLFormElement, '#composer')?.getAttribute('action')
  return action ? `draft:${action}` : undefined
}

/** Stores the text of the composer, or forgets it when the composer is empty. */
export function saveDraft(): void {
  const key = keyOf()
  const text = findAs(HTMLTextAreaElement, '#message')?.value
  if (key !== undefined && text !== undefined) writeStored('sessionStorage', key, text)
}

function restoreDraft(): void {
  const field = findAs(HTMLTextAreaElement, '#message')
  const key = keyOf()
  if (!field || key === undefined || field.value !== '') return
  field.value = readStored('sessionStorage', key) ?? ''
  fitComposer()
}

document.addEventListener('input', saveDraft)
restoreDraft()
