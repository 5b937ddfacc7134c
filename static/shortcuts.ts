// Single keys, while no field has the focus. Keys with Ctrl, Alt or Meta stay with the browser.
import { find, findAll, findAs, targetOf } from './dom.ts'
import { readStored, writeStored } from './stored.ts'

const storedKey = 'shortcuts'

const actions: Record<string, () => void> = {
  '?': showShortcuts,
  n: () => find('.new')?.click(),
  s: focusSearch,
  c: () => find('#message')?.focus(),
  t: toggleThinking,
  x: () => find('.chat:has([data-status=running]) .stop:enabled')?.click(),
}

function showShortcuts(): void {
  const box = find('.use-shortcuts')
  if (box instanceof HTMLInputElement) box.checked = isOn()
  const dialog = findAs(HTMLDialogElement, '#shortcuts')
  if (!dialog?.open) dialog?.showModal()
}

function focusSearch(): void {
  const field = find('.search [name=q]')
  // On a phone the sidebar is closed.
  if (!field?.checkVisibility({ visibilityProperty: true })) find('.sidebar-open')?.click()
  field?.focus()
}

function toggleThinking(): void {
  const open = find('[aria-controls=flyout][aria-expanded=true]')
  const last = findAll('[aria-controls=flyout]', find('.chat')).at(-1)
  const target = open ?? last
  target?.click()
}

function isOn(): boolean {
  return readStored('localStorage', storedKey) !== 'off'
}

function isInField(element: Element | undefined): boolean {
  return element?.matches('input, textarea, select, [contenteditable]') ?? false
}

document.addEventListener('keydown', (event) => {
  const target = targetOf(event)
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.isComposing || event.repeat) return
  if (event.key === 'Escape') {
    // What is open closes first, and the field keeps the focus.
    const isOpen = find(':popover-open, #sidebar.shown, #flyout:not([hidden])')
    if (!isOpen && target?.id === 'message') find('#message')?.blur()
    return
  }
  const action = actions[event.key]
  if (!action || isInField(target) || find('dialog[open]') || !isOn()) return
  // Otherwise the key would be typed into the field that gets the focus.
  event.preventDefault()
  action()
})

document.addEventListener('click', (event) => {
  if (targetOf(event)?.closest('.show-shortcuts')) showShortcuts()
})

document.addEventListener('change', (event) => {
  const box = targetOf(event)
  if (!(box instanceof HTMLInputElement) || !box.matches('.use-shortcuts')) return
  writeStored('localStorage', storedKey, box.checked ? '' : 'off')
})
