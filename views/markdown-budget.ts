import type { MarkdownIt } from 'markdown-it'

/** What one rendering may cost: about 20 ms of CPU time. A dense answer of 64 KiB costs 6,000,000. */
const maxCost = 7_000_000

/** The cost of one token, or of one attempt of the parser at one position. */
const stepCost = 100

/** The cost of a character, for the work that is proportional to the length of the text or of a URL. */
const characterCost = 32

/** The cost of a character of an attribute. One definition of a link may be used by thousands of links. */
const attributeCost = 8

/** Longer URLs stay text, because the search for their end takes 40 ms and more. */
const maxUrlCharacters = 2000

/** A text costs too much to render. */
class BudgetError extends Error {
  override readonly name = 'BudgetError'
}

type Nesting = 1 | 0 | -1

/**
 * Returns a function that renders a text, or returns undefined when that costs more than its share of the maximum.
 *
 * The parser tries its rules at one position after the other, and a rule reads at most to the end of the line or the
 * paragraph. Each attempt costs that many characters, and each token costs a step. This bounds all superlinear work
 * without a list of its causes.
 */
export function limitCost(
  markdown: MarkdownIt,
): (text: string, share: number) => string | undefined {
  const { core, block, inline, linkify, renderer } = markdown
  // Rendering is synchronous, so the counter belongs to one call at a time.
  let left = 0
  const spend = (cost: number) => {
    left -= cost
    if (left < 0) throw new BudgetError('this text costs too much to render')
  }

  core.ruler.before('normalize', 'cost', ({ src }) => spend(src.length * characterCost))
  const tryBlock = ({ bMarks, eMarks }: { bMarks: number[]; eMarks: number[] }, line: number) => {
    spend(stepCost + (eMarks[line] ?? 0) - (bMarks[line] ?? 0))
    return false
  }
  // Also where another line may end a paragraph, a quote or a list.
  const alt = ['paragraph', 'reference', 'blockquote', 'list']
  block.ruler.before('table', 'cost', tryBlock, { alt })
  inline.ruler.before('text', 'cost', ({ pos, posMax }) => {
    spend(stepCost + posMax - pos)
    return false
  })
  block.State = class extends block.State {
    override push(type: string, tag: string, nesting: Nesting) {
      spend(stepCost)
      return super.push(type, tag, nesting)
    }
  }
  inline.State = class extends inline.State {
    override push(type: string, tag: string, nesting: Nesting) {
      spend(stepCost)
      return super.push(type, tag, nesting)
    }
  }

  const renderAttrs = renderer.renderAttrs.bind(renderer)
  renderer.renderAttrs = (token) => {
    const html = renderAttrs(token)
    spend(html.length * attributeCost)
    return html
  }

  // Finds links by searching whole paragraphs again. The inline rule finds those with a scheme and slashes.
  core.ruler.disable('linkify')
  const matchAtStart = linkify.matchAtStart.bind(linkify)
  linkify.matchAtStart = (text) => {
    const word = text.slice(0, maxUrlCharacters + 1).split(/\s/, 1)[0] ?? ''
    spend(word.length * characterCost)
    return word.length > maxUrlCharacters ? null : matchAtStart(word)
  }

  return (text, share) => {
    left = maxCost * share
    try {
      return markdown.render(text)
    } catch (error) {
      if (error instanceof BudgetError) return undefined
      throw error
    }
  }
}
