/** Where a value is in a text, without its quotes. `isNumber` says that it is a number of JSON. */
export type ValueSpan = { from: number; to: number; isNumber: boolean }

const unquotedStart = /(?!(?:null|true|false|undefined)\b|[[{])/iy
const scheme = /(?:bearer|basic|token|negotiate|ntlm|apikey)\s{1,4}(?=\S)/iy
const wholeLine = /(?:digest|aws4-hmac-sha256)\s[^\r\n]*/iy
/** A run of characters that do not end an unquoted value in JSON, a URL, a connection string, a command or Markdown. */
const run = /[^\s"'`;&<>\\,)\]}]*/y
/** A separator or a bracket that is a part of the value, because nothing that follows a value comes after it. */
const inner =
  /[,)\]}](?![\s,;"'`)\]}]|\\{1,15}["']|$|[\w.-]{1,32}[=:])|\\(?![nrtu]|\\{0,14}["'])./sy

/** The quote before a value. In JSON that is a string of JSON, and so on, it has 1, 3, 7 or 15 backslashes. */
const openingQuote = /(\\{0,15})"/y

/**
 * Finds the end of the value that begins at `at`: quoted, quoted in JSON that is a string of JSON, or unquoted. The value of
 * a text without a closing quote ends with the text. It reads each character once, and needs no stack: an expression for
 * it fails on long values.
 */
export function valueAt(text: string, at: number): ValueSpan {
  const from = endOf(openingQuote, text, at)
  if (from !== undefined) return spanOf(from, endOfString(text, from, from - at - 1))
  if (text.startsWith("'", at)) return spanOf(at + 1, endOfQuote(text, at + 1))
  const to = endOfUnquoted(text, at)
  return { from: at, to, isNumber: /^-?\d[\d.e+-]*$/i.test(text.slice(at, Math.min(to, at + 40))) }
}

function spanOf(from: number, to: number): ValueSpan {
  return { from, to, isNumber: false }
}

/** `depth` is how many backslashes a quote has that is not a part of the value. One of a value has at least twice as many. */
function endOfString(text: string, from: number, depth: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let first = at
    while (first > from && text[first - 1] === '\\') first -= 1
    // Twice as many stand for a backslash at the end of the value.
    if ((at - first) % (2 * (depth + 1)) <= depth) return Math.max(first, at - depth)
  }
  return text.length
}

function endOfQuote(text: string, from: number): number {
  let at = from
  while (at < text.length && !"'\r\n".includes(text.charAt(at))) at += 1
  return at
}

function endOfUnquoted(text: string, from: number): number {
  if (endOf(unquotedStart, text, from) === undefined) return from
  const line = endOf(wholeLine, text, from)
  if (line !== undefined) return line
  let at = endOf(scheme, text, from) ?? from
  for (;;) {
    const end = endOf(run, text, at) ?? at
    const next = endOf(inner, text, end)
    if (next === undefined) return end
    at = next
  }
}

/** Where a match at this place ends. */
function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}
