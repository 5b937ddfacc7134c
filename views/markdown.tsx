import { raw } from 'hono/html'
import MarkdownIt, { type Token } from 'markdown-it'
import { hiddenTarget } from './link-target.ts'
import { limitCost } from './markdown-budget.ts'

/**
 * Markdown from a model as safe HTML: HTML in it stays text, an image becomes its description, links open in a new tab. A
 * link whose text looks like another address shows its target.
 * A text that costs too much to render is shown as plain text.
 */
export function Markdown({ text }: { text: string }) {
  return raw(render(text) ?? `<p class="plain">${escapeHtml(text)}</p>`)
}

const markdown = new MarkdownIt({ html: false, linkify: true })

// Only text with a scheme becomes a link: "deploy.sh" is a file name.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
markdown.validateLink = (url) => /^(https?:|mailto:)/i.test(url.trim())

const { rules } = markdown.renderer
const { escapeHtml } = markdown.utils

rules.image = (tokens, index) => escapeHtml(tokens[index]?.content ?? '')

rules.link_open = (tokens, index, options, _env, renderer) => {
  tokens[index]?.attrSet('rel', 'noopener noreferrer nofollow')
  tokens[index]?.attrSet('target', '_blank')
  return renderer.renderToken(tokens, index, options)
}

rules.link_close = (tokens, index, options, _env, renderer) => {
  const target = hiddenTargetOf(tokens, index)
  return renderer.renderToken(tokens, index, options) + (target ? ` (${escapeHtml(target)})` : '')
}

/** Links contain no links, so the nearest opening token is the one of this link. */
function hiddenTargetOf(tokens: readonly Token[], close: number): string | undefined {
  let text = ''
  for (let index = close - 1; index >= 0; index -= 1) {
    const token = tokens[index]
    if (token?.type === 'link_open') return hiddenTarget(text, String(token.attrGet('href')))
    text = `${token?.content ?? ''}${text}`
  }
  return undefined
}

rules.table_open = () => '<div class="table" role="group" aria-label="Table"><table>\n'
rules.table_close = () => '</table></div>\n'

markdown.core.ruler.push('page', ({ tokens }) => {
  let level = 2
  for (const token of tokens) {
    if (token.type === 'heading_open')
      level = Math.min(Number(token.tag.slice(1)) + 2, level + 1, 6)
    if (token.type === 'heading_open' || token.type === 'heading_close') token.tag = `h${level}`
    if (token.type === 'th_open' || token.type === 'td_open') alignByClass(token)
  }
})

// Last, because it adds rules.
const render = limitCost(markdown)

// markdown-it aligns columns with a style attribute, which the content policy forbids.
function alignByClass(token: Token): void {
  const align = String(token.attrGet('style') ?? '').replace('text-align:', '')
  token.attrs = align ? [['class', align]] : null
}
