// The rows of a run, in its panel and in the flyout.
import { find, findAll, flyoutRun } from './dom.ts'
import { htmx } from './htmx.ts'
import { updateClocks } from './run-clock.ts'
import { followEnd, rememberScroll } from './scrolling.ts'

/**
 * Adds rows, or updates the rows of the same spans. Rows arrive in order; those that arrive twice change nothing. Returns
 * whether any row was new to the list.
 */
export function showRows(list: HTMLElement, html: string): boolean {
  const template = document.createElement('template')
  template.innerHTML = html
  const rows = findAll('.row', template.content)
  const fresh = rows.filter(({ dataset }) => Number(dataset.seq) > lastSeq(list))
  if (fresh.length === 0) return false
  rememberScroll()
  list.closest('.turn')?.classList.remove('unsent')
  for (const one of findAll(`[data-rows="${CSS.escape(list.dataset.rows ?? '')}"]`)) {
    for (const row of fresh) showRow(one, row.cloneNode(true))
    // For the forms of an approval.
    if (find('form', template.content)) htmx?.process(one)
  }
  const newest = fresh.at(-1)?.dataset
  list.dataset.last = newest?.seq
  list.dataset.lastAt = String(Date.now() - Number(newest?.ageMs))
  updateClocks()
  followEnd()
  if (flyoutRun() === list.dataset.rows) htmx?.trigger('#flyout', 'rows')
  return true
}

/** The number of the newest event that a list has. */
export function lastSeq({ dataset }: HTMLElement): number {
  return Number(dataset.last ?? 0)
}

function showRow(list: HTMLElement, row: Node): void {
  if (!(row instanceof HTMLElement)) return
  const { key = '', parent = '', end } = row.dataset
  const shown = rowIn(list, key)
  if (shown === undefined) placeOf(list, row, parent).append(row)
  else if (end !== undefined) {
    shown.className = row.className
    for (const part of ['.words', '.result', '.approval-choice']) {
      const text = find(part, row)
      if (text) find(part, shown)?.replaceWith(text)
    }
  }
}

function rowIn(list: HTMLElement, key: string): HTMLElement | undefined {
  return find(`[data-key="${CSS.escape(key)}"]`, list)
}

/** Below its parent. The decision of triage has none: it belongs to the agent that works. */
function placeOf(list: HTMLElement, row: HTMLElement, parent: string): HTMLElement {
  const owner = row.matches('.triage')
    ? findAll(':scope > .agent.running', list).at(-1)
    : rowIn(list, parent)
  return (owner && find(':scope > ol', owner)) ?? list
}
