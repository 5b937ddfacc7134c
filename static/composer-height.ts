import { findAs } from './dom.ts'

const isAutomatic = CSS.supports('field-sizing', 'content')

/** Gives the composer the height of its text, in browsers without `field-sizing` (WebKitGTK 2.50). */
export function fitComposer(): void {
  const field = findAs(HTMLTextAreaElement, '#message')
  if (isAutomatic || !field) return
  field.style.height = 'auto'
  field.style.height = `${field.scrollHeight}px`
}

document.addEventListener('input', fitComposer)
