import type { MarkdownIt, Token } from 'markdown-it'

/** Where names of records lead. */
export type EntityLinks = {
  /** The record of a ticket in its system, if the address of the system is known. */
  ticketUrl?: ((number: string) => string) | undefined
  /** Whether other names become links that ask about them. */
  canAsk?: boolean
}

/** Tickets of ServiceNow. */
const ticket = /\b(?:CHG|INC|PRB|RITM|REQ|S?C?TASK)\d{5,10}\b/g

const entityColumn = /^(?:pipeline|service|run|run id|job|warehouse|cluster)$/i
const maxNameCharacters = 80

/** Marks the cells of a column of names, so that each becomes a link as a whole. */
export function markEntities(head: string, cells: readonly Token[]): void {
  if (!entityColumn.test(head.trim())) return
  for (const { children } of cells) {
    const [text, ...others] = children ?? []
    if (text?.type !== 'text' || others.length > 0) continue
    const name = text.content.trim()
    if (name.length <= maxNameCharacters && /\w/.test(name)) text.meta = { isEntity: true }
  }
}

/** Links tickets to their system, and tickets and names without a known system to a question about them. */
export function linkEntities(markdown: MarkdownIt, links: () => EntityLinks): void {
  const { renderer, utils } = markdown
  const { link_open: openLink, link_close: closeLink } = renderer.rules
  let isInLink = false
  // A rendering that costs too much may end inside of a link.
  markdown.core.ruler.push('entities', () => {
    isInLink = false
  })
  renderer.rules.link_open = (tokens, index, options, env, self) => {
    isInLink = true
    return openLink?.(tokens, index, options, env, self) ?? ''
  }
  renderer.rules.link_close = (tokens, index, options, env, self) => {
    isInLink = false
    return closeLink?.(tokens, index, options, env, self) ?? ''
  }
  renderer.rules.text = (tokens, index) => {
    const { content = '', meta } = tokens[index] ?? {}
    const text = utils.escapeHtml(content)
    const { ticketUrl, canAsk = false } = links()
    if (isInLink) return text
    if (ticketUrl !== undefined) {
      const withLinks = text.replace(ticket, (number) => {
        const href = utils.escapeHtml(ticketUrl(number))
        return `<a href="${href}" rel="noopener noreferrer" target="_blank">${number}</a>`
      })
      if (withLinks !== text) return withLinks
    }
    if (!canAsk) return text
    // The cell of a column of names that is no ticket.
    if (meta?.isEntity === true && text.search(ticket) < 0) return askLink(content.trim(), text)
    return text.replace(ticket, (number) => askLink(number, number))
  }

  function askLink(name: string, text: string): string {
    const query = encodeURIComponent(name.toWellFormed())
    return `<a class="ask" href="?ask=${query}" title="Ask about this">${text}</a>`
  }
}
