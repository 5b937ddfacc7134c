import { raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { AnswerBody } from '../../../views/answer.tsx'
import type { EntityLinks } from '../../../views/markdown-entities.ts'
import type { RunMessage } from '../../core/run.ts'
import { wait } from '../../core/wait.ts'
import { routes, urlOf } from '../routes.ts'

/** The rendered answers that are kept: two bytes per character. */
const maxCharacters = 8 * 1024 * 1024

/**
 * The HTML of answers. It renders each answer once, and one at a time, with other work of the event loop between two of
 * them. It forgets the answers that were not used for the longest time.
 */
export class AnswerHtml {
  readonly #entities: EntityLinks
  readonly #byMessage = new Map<string, HtmlEscapedString>()
  #characters = 0
  #lastRendering: Promise<unknown> = Promise.resolve()

  /** @param serviceNowUrl the address of ServiceNow, for links to tickets */
  constructor(serviceNowUrl?: string) {
    const ticketUrl = serviceNowUrl === undefined ? undefined : ticketUrlOf(serviceNowUrl)
    this.#entities = { canAsk: true, ticketUrl }
  }

  /** An answer of a conversation as safe HTML. Stored answers do not change, so their id identifies the HTML. */
  async of(answer: RunMessage, conversation: string): Promise<HtmlEscapedString> {
    const known = this.#find(answer.id)
    if (known !== undefined) return known
    const rendering = this.#lastRendering.then(async () => {
      const renderedMeanwhile = this.#find(answer.id)
      if (renderedMeanwhile !== undefined) return renderedMeanwhile
      await wait(0)
      return this.#render(answer, conversation)
    })
    // The next answer is rendered also if this one fails.
    this.#lastRendering = rendering.catch(() => {})
    return rendering
  }

  #find(id: string): HtmlEscapedString | undefined {
    const html = this.#byMessage.get(id)
    if (html === undefined) return undefined
    this.#byMessage.delete(id)
    this.#byMessage.set(id, html)
    return html
  }

  #render({ id, run, content, evidence }: RunMessage, conversation: string): HtmlEscapedString {
    const url = urlOf(routes.run, { id: conversation, run })
    const stepUrl = (step: number) => `${url}#step-${step}`
    const page = { stepUrl, entities: this.#entities, hasButtons: true }
    const html = raw(String(AnswerBody({ text: content, evidence, ...page })))
    this.#byMessage.set(id, html)
    this.#characters += html.length
    for (const [oldest, { length }] of this.#byMessage) {
      if (this.#characters <= maxCharacters) break
      this.#byMessage.delete(oldest)
      this.#characters -= length
    }
    return html
  }
}

/** ServiceNow finds the table of a ticket by its number. */
function ticketUrlOf(serviceNowUrl: string): (number: string) => string {
  return (number) => {
    const url = new URL('/nav_to.do', serviceNowUrl)
    url.searchParams.set('uri', `task.do?sysparm_query=number=${number}`)
    return url.href
  }
}
