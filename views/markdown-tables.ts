import type { Token } from 'markdown-it'
import { markEntities } from './markdown-entities.ts'

/** Longer tables stay tables on a phone, so that the labels cost little. */
const maxLabelledCells = 2000
const maxLabelCharacters = 40

const time = /(\d\d:\d\d(?::\d\d)?)( UTC)?\b/g

type Cell = { open: Token; inline: Token }
type Table = { open: Token; head: Cell[]; rows: Cell[][] }

/**
 * Prepares the tables of a text for the page: cells have the label of their column, which a phone shows beside them, and a
 * column of times names UTC once, in its head.
 */
export function prepareTables(tokens: readonly Token[]): void {
  let labelled = 0
  for (const { open, head, rows } of readTables(tokens)) {
    for (const [column, { inline }] of head.entries()) {
      const cells = rows.flatMap((row) => row[column]?.inline ?? [])
      markEntities(textOf(inline), cells)
      nameUtcOnce(inline, cells)
    }
    labelled += head.length * rows.length
    if (labelled > maxLabelledCells) continue
    open.attrSet('class', 'cards')
    const labels = head.map(({ inline }) => textOf(inline).slice(0, maxLabelCharacters))
    for (const row of rows) {
      for (const [column, cell] of row.entries()) {
        if (labels[column]) cell.open.attrSet('data-label', labels[column].toWellFormed())
      }
    }
  }
}

function readTables(tokens: readonly Token[]): Table[] {
  const tables: Table[] = []
  for (const [index, token] of tokens.entries()) {
    const table = tables.at(-1)
    if (token.type === 'table_open') tables.push({ open: token, head: [], rows: [] })
    else if (token.type === 'tr_open') table?.rows.push([])
    else if (token.type === 'th_open' || token.type === 'td_open') {
      const inline = tokens[index + 1]
      const row = token.type === 'th_open' ? table?.head : table?.rows.at(-1)
      if (inline?.type === 'inline') row?.push({ open: token, inline })
    }
  }
  // The row of the head has no cells of the body.
  for (const table of tables) table.rows.shift()
  return tables
}

function nameUtcOnce(head: Token, cells: readonly Token[]): void {
  let isTimes = false
  for (const cell of cells) {
    // Most cells have no time.
    if (!cell.content.includes(':')) continue
    for (const [, , zone] of textOf(cell).matchAll(time)) {
      if (zone === undefined) return
      isTimes = true
    }
  }
  if (!isTimes) return
  const texts = head.children ?? []
  const last = texts.findLast(({ type }) => type === 'text')
  if (last === undefined) return
  if (!textOf(head).includes('UTC')) last.content = `${last.content.trimEnd()} (UTC)`
  for (const cell of cells) {
    for (const child of cell.children ?? []) {
      if (child.type === 'text' && child.content.includes(' UTC'))
        child.content = child.content.replace(time, '$1')
    }
  }
}

function textOf(inline: Token): string {
  return (inline.children ?? [])
    .map(({ type, content }) => (type === 'text' ? content : ''))
    .join('')
}
