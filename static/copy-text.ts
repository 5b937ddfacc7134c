const confirmationMs = 2000

/** Copies a text to the clipboard and confirms it on the button. The text may still be loading. */
export async function copyText(text: string | Promise<string>, button: HTMLElement): Promise<void> {
  button.dataset.label ??= button.textContent
  try {
    // Safari takes a text that is loading only in this form, because the click has passed when it is there.
    if (typeof text === 'string') await navigator.clipboard.writeText(text)
    else await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })])
    button.textContent = 'Copied'
  } catch {
    // Not allowed, or missing on a page that was loaded over plain HTTP.
    button.textContent = await copyByCommand(text, button)
  }
  setTimeout(() => {
    button.textContent = button.dataset.label ?? ''
  }, confirmationMs)
}

/** Resolves with what the button says. */
async function copyByCommand(text: string | Promise<string>, button: HTMLElement): Promise<string> {
  const field = document.createElement('textarea')
  try {
    field.value = await text
  } catch {
    return 'Not copied'
  }
  button.after(field)
  field.select()
  document.execCommand('copy')
  field.remove()
  button.focus()
  return 'Copied'
}
