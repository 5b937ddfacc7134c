/** A piece of Markdown: code with its delimiters, or anything else. */
export type MarkdownPiece = { text: string; isCode: boolean }

/** A code fence after the markers of quotes and lists. The bound keeps the cost linear. */
const opening = /^(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t]){0,20}(`{3,}|~{3,})(.*)$/
const closing = /^[ \t>]{0,20}(`{3,}|~{3,})[ \t]*$/

/**
 * Separates code from the rest of a Markdown text, in time that is proportional to its length. The pieces joined are the
 * text. Code by indentation counts as text.
 */
export function splitCode(markdown: string): MarkdownPiece[] {
  const pieces: MarkdownPiece[] = []
  let fence: string | undefined
  let kept: string[] = []
  const flush = () => {
    const text = kept.join('')
    kept = []
    if (text === '') return
    if (fence === undefined) pieces.push(...splitSpans(text))
    else pieces.push({ text, isCode: true })
  }
  for (const line of markdown.split(/(?<=\n)/)) {
    const plain = line.replace(/\n$/, '')
    if (fence !== undefined) {
      kept.push(line)
      const [, end] = closing.exec(plain) ?? []
      if (end === undefined || end[0] !== fence[0] || end.length < fence.length) continue
      flush()
      fence = undefined
    } else {
      const [, start, info = ''] = opening.exec(plain) ?? []
      const isFence = start !== undefined && !(start.startsWith('`') && info.includes('`'))
      // Code in a line does not reach over an empty line.
      if (isFence || plain.trim() === '') flush()
      if (isFence) fence = start
      kept.push(line)
    }
  }
  flush()
  return pieces
}

/** Separates the code between two equal runs of backticks. */
function splitSpans(text: string): MarkdownPiece[] {
  const runs = [...text.matchAll(/`+/g)].map(({ 0: run, index }) => ({ length: run.length, index }))
  const byLength = Map.groupBy(runs, ({ length }) => length)
  const used = new Map<number, number>()
  const pieces: MarkdownPiece[] = []
  let from = 0
  for (const { length, index } of runs) {
    if (index < from) continue
    const equal = byLength.get(length) ?? []
    let next = used.get(length) ?? 0
    while ((equal[next]?.index ?? Number.POSITIVE_INFINITY) <= index) next += 1
    used.set(length, next)
    const end = equal[next]
    if (end === undefined) continue
    if (index > from) pieces.push({ text: text.slice(from, index), isCode: false })
    from = end.index + length
    pieces.push({ text: text.slice(index, from), isCode: true })
  }
  if (from < text.length) pieces.push({ text: text.slice(from), isCode: false })
  return pieces
}
