/** A Markdown file of the runbooks. `path` is relative to their folder, with slashes. */
export type RunbookFile = { path: string; text: string }

/** A part of a runbook under one heading, without the parts under deeper headings. */
export type RunbookSection = {
  path: string
  /** The headings above it, the title of the file first. */
  headings: readonly string[]
  /** Its first line, from 1. */
  line: number
  text: string
}

const heading = /^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$/
const fence = /^ {0,3}(`{3,}|~{3,})/

/** Splits a runbook at its headings. Text above the first one is a section too. */
export function runbookSections({ path, text }: RunbookFile): RunbookSection[] {
  const sections: RunbookSection[] = []
  let headings: string[] = []
  let body: string[] = []
  let start = 1
  let open: string | undefined
  const close = () => {
    const content = body.join('\n').trim()
    if (content !== '') sections.push({ path, headings, line: start, text: content })
    body = []
  }
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const mark = fence.exec(line)?.[1]
    // A line with # in a code block is a comment of a script.
    if (open === undefined && mark !== undefined) open = mark
    else if (open !== undefined && mark?.startsWith(open)) open = undefined
    const [, level, title] = (open === undefined && heading.exec(line)) || []
    if (level === undefined || title === undefined) {
      body.push(line)
      continue
    }
    close()
    headings = [...headings.slice(0, level.length - 1), title]
    start = index + 1
  }
  close()
  return sections
}
