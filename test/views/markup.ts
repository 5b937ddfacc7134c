/** Parsed markup: its elements with their attributes, and its text with a space between two elements. */
export type Markup = { elements: { tag: string; attributes: [string, string][] }[]; text: string }

/** Parses rendered markup, so that no test relies on a pattern to find active content. */
export function parse(rendered: unknown): Markup {
  const elements: Markup['elements'] = []
  let text = ''
  new HTMLRewriter()
    .on('*', {
      element(element) {
        text += ' '
        elements.push({ tag: element.tagName, attributes: [...element.attributes].map(pair) })
      },
    })
    .onDocument({
      text(chunk) {
        text += chunk.text
      },
    })
    .transform(String(rendered))
  return { elements, text: decode(text).replace(/\s+/g, ' ').trim() }
}

function pair([name = '', value = '']: string[]): [string, string] {
  return [name, decode(value)]
}

/** The value of an attribute of the first element that has it. */
export function attribute(rendered: unknown, name: string): string | undefined {
  return parse(rendered)
    .elements.flatMap((element) => element.attributes)
    .find(([key]) => key === name)?.[1]
}

/** Everything in the markup that the content policy of the page forbids. */
export function forbidden(rendered: unknown): string[] {
  return parse(rendered).elements.flatMap(({ tag, attributes }) => {
    const inline = attributes.filter(([name, value]) => {
      const handler = name.startsWith('on') || name.startsWith('hx-on') || name === 'style'
      return handler || /^\s*(javascript|js|data):/i.test(value)
    })
    const script = tag === 'script' && !attributes.some(([name]) => name === 'src')
    return [
      ...inline.map(([name]) => `${tag}[${name}]`),
      ...(script || tag === 'style' ? [tag] : []),
    ]
  })
}

function decode(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
