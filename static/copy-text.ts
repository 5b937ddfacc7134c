const confirmationMs = 2000

/** Copies a text to the clipboard and confirms it on the button. */
export async function copyText(text: string, button: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    // Not allowed, or missing on a page that was loaded over plain HTTP.
    copyByCommand(text, button)
  }
  button.dataset.label ??= button.textContent
  button.textContent = 'Copied'
  setTimeout(() => {
    button.textContent = button.dataset.label ?? ''
  }, confirmationMs)
}

function copyByCommand(text: string, button: HTMLElement): void {
  const field = document.createElement('textarea')
  field.value = text
  button.after(field)
  field.select()
  document.execCommand('copy')
  field.remove()
  button.focus()
}
