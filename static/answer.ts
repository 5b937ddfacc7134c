// The answer: its references to tool results, and the buttons that copy it.
import { askAbout } from '../views/ask-about.ts'
import { fitComposer } from './composer-height.ts'
import { copyText } from './copy-text.ts'
import { find, findAll, findAs, flyoutRun, targetOf } from './dom.ts'

/** The step to show when the flyout has loaded. */
let wantedStep: string | undefined

/** Shows a step of the run in the flyout. Resolves with whether the flyout has it. */
function showStep(id: string): boolean {
  const step = find(`#flyout #${CSS.escape(id)}`)
  if (!step) return false
  for (let element: Element | null = step; element; element = element.parentElement) {
    if (element instanceof HTMLDetailsElement) element.open = true
  }
  const data = findAs(HTMLDetailsElement, 'details', step)
  if (data) data.open = true
  step.tabIndex = -1
  step.focus()
  step.scrollIntoView({ block: 'nearest' })
  return true
}

/** Opens the step of a reference in the flyout. Without the link of the run, the browser follows the reference. */
function followReference(link: HTMLAnchorElement): boolean {
  const [, step = ''] = link.hash.split('#')
  const run = link.closest<HTMLElement>('.turn')?.id.replace('run-', '')
  if (run === flyoutRun() && showStep(step)) return true
  const opener = document.getElementById(`thinking-${run}`)
  if (!opener) return false
  wantedStep = step
  opener.click()
  return true
}

/** Puts the question about a name into the composer. */
function askAboutName(link: HTMLAnchorElement): void {
  const field = findAs(HTMLTextAreaElement, '#message')
  if (!field) return
  field.value = askAbout(new URL(link.href).searchParams.get('ask') ?? '')
  fitComposer()
  field.focus()
}

/** A table as CSV (RFC 4180). A cell that a spreadsheet would run as a formula is quoted by an apostrophe. */
function toCsv(table: HTMLTableElement): string {
  const lines = [...table.rows].map((row) =>
    [...row.cells].map(({ textContent }) => {
      const text = textContent.trim().replaceAll(/\s+/g, ' ')
      const isFormula = /^[=@+\-\t]/.test(text) && !/^[+-]?[\d.,]+%?$/.test(text)
      return `"${(isFormula ? `'${text}` : text).replaceAll('"', '""')}"`
    }),
  )
  return lines.map((cells) => cells.join(',')).join('\r\n')
}

async function loadText(url: string): Promise<string> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`status ${response.status}`)
  return response.text()
}

/** The text that a button copies. */
function textFor(button: HTMLElement): string | Promise<string> | undefined {
  if (button.matches('.copy-markdown')) return loadText(button.dataset.href ?? '')
  const before = button.previousElementSibling
  if (before instanceof HTMLAnchorElement) return before.href
  if (button.matches('.copy-code')) return before?.textContent
  const table = before && findAs(HTMLTableElement, 'table', before)
  return table ? toCsv(table) : undefined
}

document.addEventListener('click', (event) => {
  const clicked = targetOf(event)
  const link = clicked?.closest('.ref, .source')
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey
  if (link instanceof HTMLAnchorElement && isPlain && followReference(link)) event.preventDefault()
  const name = clicked?.closest('.ask')
  if (name instanceof HTMLAnchorElement && isPlain) {
    event.preventDefault()
    askAboutName(name)
  }
  const button = clicked?.closest('.copy-markdown, .copy-code, .copy-csv, .copy-link')
  const text = button instanceof HTMLElement ? textFor(button) : undefined
  // Not awaited: it handles its errors.
  if (button instanceof HTMLElement && text !== undefined) void copyText(text, button)
  // An open menu of files closes when the user goes on elsewhere.
  for (const menu of findAll('.files[open]')) {
    if (menu instanceof HTMLDetailsElement && !menu.contains(clicked ?? null)) menu.open = false
  }
})

document.addEventListener('htmx:after:swap', () => {
  if (wantedStep === undefined) return
  const step = wantedStep
  // Later, because the flyout takes the focus when it opens.
  setTimeout(() => {
    if (showStep(step)) wantedStep = undefined
  })
})

if (location.hash.startsWith('#step-')) showStep(location.hash.slice(1))
