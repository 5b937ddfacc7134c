/** Longer queries are not highlighted. */
const maxHighlighted = 20_000

// One alternative for each kind of token; each is linear.
const token =
  /(\/\/[^\n]*|--[^\n]*)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\b(\d+(?:\.\d+)?[a-z]?)\b|\b(select|from|where|join|inner|left|right|outer|full|on|group|order|by|having|limit|top|take|union|with|as|and|or|not|in|is|null|like|between|case|when|then|else|end|distinct|count|sum|avg|min|max|asc|desc|project|extend|summarize|sort|render|let|ago|bin|has|contains|startswith|parse|make-series|mv-expand|kind)\b/gi

/** A query in KQL or SQL as code, with its comments, texts, numbers and words of the language marked. */
export function QueryCode({ name, text }: { name: string; text: string }) {
  return (
    <figure class="query">
      <figcaption dir="auto">{name}</figcaption>
      <pre dir="ltr">
        <code>{text.length > maxHighlighted ? text : highlight(text)}</code>
      </pre>
    </figure>
  )
}

function highlight(text: string) {
  const parts = []
  let shown = 0
  for (const match of text.matchAll(token)) {
    const [whole, comment, quoted, number] = match
    if (match.index > shown) parts.push(text.slice(shown, match.index))
    const kind = comment ? 'comment' : quoted ? 'quoted' : number ? 'number' : 'keyword'
    parts.push(<span class={`code-${kind}`}>{whole}</span>)
    shown = match.index + whole.length
  }
  parts.push(text.slice(shown))
  return parts
}
