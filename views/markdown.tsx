import { raw } from 'hono/html'
import MarkdownIt, { type Token } from 'markdown-it'
import { hiddenTarget } from './link-target.ts'
import { limitCost } from './markdown-budget.ts'
import { type EntityLinks, linkEntities } from './markdown-entities.ts'
import { linkReferences, type ReferenceLinks } from './markdown-references.ts'
import { prepareTables } from './markdown-tables.ts'

type Props = {
  text: string
  /** Where the references of the text lead. */
  references?: ReferenceLinks
  /** The level of the highest headings. */
  headingLevel?: number
  /** Where tickets and other names lead. Without it they are text. */
  entities?: EntityLinks
  /** Adds buttons that copy code and tables, for pages with the script. */
  hasButtons?: boolean
  /** The part of the cost of one rendering that the text may have. */
  share?: number
}

/**
 * Markdown from a model as safe HTML: HTML in it stays text, an image becomes its description, links open in a new tab. A
 * link whose text looks like another address shows its target.
 * A text that costs too much to render is shown as plain text.
 */
export function Markdown({ text, share = 1, ...page }: Props) {
  options = page
  return raw(render(text, share) ?? `<p class="plain">${escapeHtml(text)}</p>`)
}

type PageOptions = Pick<Props, 'references' | 'headingLevel' | 'entities' | 'hasButtons'>

// Rendering is synchronous, so the options belong to one call at a time.
let options: PageOptions = {}

const markdown = new MarkdownIt({ html: false, linkify: true })

// Only text with a scheme becomes a link: "deploy.sh" is a file name.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
markdown.validateLink = (url) => /^(https?:|mailto:)/i.test(url.trim())

const { rules } = markdown.renderer
const { escapeHtml } = markdown.utils

const noReferences: ReferenceLinks = new Map()
linkReferences(markdown, () => options.references ?? noReferences)

rules.image = (tokens, index) => escapeHtml(tokens[index]?.content ?? '')

rules.link_open = (tokens, index, rendering, _env, renderer) => {
  tokens[index]?.attrSet('rel', 'noopener noreferrer nofollow')
  tokens[index]?.attrSet('target', '_blank')
  return renderer.renderToken(tokens, index, rendering)
}

rules.link_close = (tokens, index, rendering, _env, renderer) => {
  const target = hiddenTargetOf(tokens, index)
  return renderer.renderToken(tokens, index, rendering) + (target ? ` (${escapeHtml(target)})` : '')
}

linkEntities(markdown, () => options.entities ?? {})

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

rules.table_open = (tokens, index, _options, _env, renderer) => {
  const attributes = tokens[index] ? renderer.renderAttrs(tokens[index]) : ''
  return `<div class="table" role="group" aria-label="Table"${focusable()}><table${attributes}>\n`
}
rules.table_close = () => {
  return `</table></div>\n${options.hasButtons ? copyButton('copy-csv', 'Copy as CSV') : ''}`
}

for (const type of ['fence', 'code_block'] as const) {
  rules[type] = (tokens, index) => {
    const code = `<pre${focusable()}><code>${escapeHtml(tokens[index]?.content ?? '')}</code></pre>\n`
    if (!options.hasButtons) return code
    return `<div class="code">${code}${copyButton('copy-code', 'Copy')}</div>\n`
  }
}

/** Lets the keyboard reach a box that may scroll. In a chat the script does it for those that do. */
function focusable(): string {
  return options.hasButtons ? '' : ' tabindex="0"'
}

function copyButton(name: string, label: string): string {
  return `<button type="button" class="quiet ${name}">${label}</button>`
}

markdown.core.ruler.push('page', ({ tokens }) => {
  setHeadingLevels(tokens, options.headingLevel ?? 3)
  for (const token of tokens) {
    if (token.type === 'th_open' || token.type === 'td_open') alignByClass(token)
  }
  prepareTables(tokens)
})

// Last, because it adds rules.
const render = limitCost(markdown)

/** Gives headings of one level in the text one level on the page, and skips no level. */
function setHeadingLevels(tokens: readonly Token[], highest: number): void {
  let open: number[] = []
  for (const token of tokens) {
    if (token.type !== 'heading_open' && token.type !== 'heading_close') continue
    const given = Number(token.tag.slice(1))
    if (token.type === 'heading_open') open = [...open.filter((level) => level < given), given]
    token.tag = `h${Math.min(highest + open.length - 1, 6)}`
  }
}

// markdown-it aligns columns with a style attribute, which the content policy forbids.
function alignByClass(token: Token): void {
  const align = String(token.attrGet('style') ?? '').replace('text-align:', '')
  token.attrs = align ? [['class', align]] : null
}
