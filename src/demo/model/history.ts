import type { Ask } from './ask.ts'
import { readAsks } from './asks.ts'

/** Something that was said before. */
export type Turn = { role: string; content: string }

/** What the conversation was about last: what was asked, and what the answer spoke of, in its order. */
export type Context = {
  asks: Ask[]
  general: boolean
  numbers: string[]
  pipelines: string[]
  /** The services that its tickets are about. */
  places: string[]
  /** The first cell of every row of its tables, or what its list items begin with. */
  rows: string[]
  /** The same rows and items whole. */
  lines: string[]
}

/** The context that a question and its answer leave behind. */
export function contextOf(question: string, answer: string): Context {
  const { asks, general } = readAsks(question, undefined)
  return {
    asks,
    general,
    numbers: unique([...answer.matchAll(/\b(?:CHG|INC)\d{7}\b/g)].map(([number]) => number)),
    pipelines: pipelinesIn(answer),
    places: unique(
      [...answer.matchAll(/\*\*Service:\*\* (.{2,60})/g)].map((found) => found[1] ?? ''),
    ),
    rows: linesOf(answer).map(firstOf),
    lines: linesOf(answer),
  }
}

/** Where a table names pipelines in its first column, they are what it is about; the rest is detail. */
function pipelinesIn(answer: string): string[] {
  const cells = linesOf(answer)
    .map(firstOf)
    .filter((cell) => /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/.test(cell))
  if (cells.length > 0) return unique(cells)
  return unique(
    [...answer.matchAll(/\b[a-z][a-z0-9]*(?:-[a-z0-9]+){1,6}\b/g)]
      .map(([name]) => name.replace(/-\d{6,8}(-\d{4,6})?$/, ''))
      .filter((name) => isPipelineName(name, answer)),
  )
}

/** Names with one hyphen occur in prose ("on-call"); in a cell, in bold or as code they are names. */
function isPipelineName(name: string, answer: string): boolean {
  if (name.split('-').length >= 3) return true
  return [`| ${name}`, `**${name}`, `\`${name}`, `- ${name}`].some((mark) => answer.includes(mark))
}

/** The rows of its tables; without any, its list items. */
function linesOf(answer: string): string[] {
  const lines = answer.split('\n').map((line) => line.trim())
  const table = lines.filter((line, index) => {
    const isRow = line.startsWith('|') && !/^\|[\s:|-]+\|?$/.test(line)
    return isRow && !/^\|[\s:|-]+\|?$/.test(lines[index + 1] ?? '')
  })
  return table.length > 0 ? table : lines.filter((line) => itemMark.test(line))
}

const itemMark = /^(?:[-*]|\d+[.)]) /

function firstOf(line: string): string {
  return bare(line.startsWith('|') ? (line.split('|')[1] ?? '') : line.replace(itemMark, ''))
}

/** The ticket number or the name in a cell, without marks. */
function bare(cell: string): string {
  const number = /\b(?:CHG|INC)\d{7}\b/.exec(cell)
  if (number) return number[0]
  return (
    cell
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[*`_]/g, '')
      .split(/ [–—:-] |: /)[0]
      ?.trim() ?? ''
  )
}

function unique(values: string[]): string[] {
  return [...new Set(values)]
}
