import type { MarkdownIt } from 'markdown-it'

/** The URL of the tool result behind each number that a text may refer to. */
export type ReferenceLinks = ReadonlyMap<number, string>

const atReference = /\[(\d{1,3})\]/y

/** Renders `[1]` as a link to its tool result. A number without a URL stays text. */
export function linkReferences(markdown: MarkdownIt, links: () => ReferenceLinks) {
  // Before links, so that the definition of a link cannot replace a reference.
  markdown.inline.ruler.before('link', 'reference', (state, silent) => {
    if (state.src[state.pos] !== '[' || state.linkLevel > 0) return false
    atReference.lastIndex = state.pos
    const [text = '', number] = atReference.exec(state.src) ?? []
    const href = links().get(Number(number))
    if (text === '' || href === undefined) return false
    if (!silent) {
      // A reference stays on the line of its statement.
      if (state.pending.endsWith(' ')) state.pending = `${state.pending.slice(0, -1)}\u00a0`
      const token = state.push('reference', 'a', 0)
      token.content = text
      token.info = href
    }
    state.pos += text.length
    return true
  })
  // The attributes do not count as a cost: the server wrote them.
  markdown.renderer.rules.reference = (tokens, index) => {
    const { content = '', info = '' } = tokens[index] ?? {}
    return `<a class="ref" href="${markdown.utils.escapeHtml(info)}">${content}</a>`
  }
}
