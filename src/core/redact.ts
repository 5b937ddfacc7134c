import { valueAt } from './secret-value.ts'

/** Replaces secrets in a text. To apply it twice changes nothing more. */
export type Redact = (text: string) => string

const replacement = '[redacted]'

/** Names of values that are always secret. The text after them may be prose: `password: hunter2`. */
const strictNames = '(?:proxy-)?authorization|passw(?:or)?d|passphrase|pwd'
/** Names that also occur in prose: `the token: expired`. */
const names =
  'secret(?:[_-]?access)?(?:[_-]?key)?|(?:api|access|account|private|subscription|signing|master)[_-]?key|token|credentials?|cookie'

const afterQuotedName = String.raw`\\{0,15}["']\s{0,4}(?:=>|[:=])\s{0,4}(?=\\{0,15}["']|-?\d)`
const afterStrictName = String.raw`\s{0,4}(?:=>|:=|[:=])\s{0,4}`
const afterName = String.raw`\s{0,4}(?:=>|:=|=|:(?=\S)|:(?=\s{1,4}(?:["']|\S{0,64}\d|\S{20})))\s{0,4}`

/** Values that are secret by their form. */
const tokens = [
  // JSON Web Tokens, and other JSON in Base64.
  String.raw`eyJ[\w-]{10,}(?:\.[\w-]*){0,2}`,
  String.raw`gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}`,
  String.raw`sk-(?=[\w-]{0,64}\d)[\w-]{16,}|[rs]k_(?:live|test)_\w{10,}`,
  String.raw`(?:AKIA|ASIA)[0-9A-Z]{12,}|AIza[\w-]{30,}|dapi[0-9a-f]{24,}`,
  String.raw`xox[abeoprs]-[\w-]{10,}|npm_\w{30,}|hf_\w{30,}|pypi-[\w-]{30,}`,
  String.raw`(?:bearer|basic)\s{1,4}(?:(?=[\w.~+/-]{0,200}[\d=])[\w.~+/=-]{8,}|[\w.~+/=-]{24,})`,
].join('|')

/** Also after an escape of JSON or of a URL, whose last character is a letter or a digit. */
const wordStart = String.raw`(?:\b|(?<=\\[bfnrt]|\\u[0-9a-f]{4}|%[0-9a-f]{2}))`

const keyText = String.raw`[\w+/=\s\\:,.()-]*`
const keyEnd = '-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----'

/**
 * One expression, because each further one reads the whole text again. Its work is linear: a repetition is bounded, or the
 * match cannot fail after it. The first group is before a value that `valueAt` finds, the others are before the match.
 */
const builtIn = new RegExp(
  [
    `((?:${strictNames})(?:${afterQuotedName}|${afterStrictName})|(?:${names})(?:${afterQuotedName}|${afterName}))`,
    String.raw`(://[^\s:/@"'<>]{0,128}:)[^\s/"'<>]{1,256}(?=@)`,
    String.raw`((?:set-)?cookie:\s{1,4})[^\r\n"]+`,
    String.raw`([?&](?:sig|signature|x-amz-signature)=)[^\s&#"'<>\\]+`,
    `-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:${keyText}?${keyEnd}|${keyText})`,
    `${wordStart}(?:${tokens})`,
  ].join('|'),
  'gi',
)

/** A shorter secret may be a common word. */
const minSecretCharacters = 8

/**
 * Makes a function that redacts authorization values, keys, tokens, passwords, each of `secrets` with at least 8 characters,
 * and what matches one of `patterns`. These have to be patterns whose work is bounded, as `REDACT_PATTERNS` requires.
 */
export function createRedact(
  patterns: readonly string[] = [],
  secrets: readonly string[] = [],
): Redact {
  const known = secrets.filter(({ length }) => length >= minSecretCharacters)
  // The longest first: one secret may begin with another.
  const literals = known.toSorted((a, b) => b.length - a.length).map(literal)
  const all = [...literals, ...patterns.map((pattern) => `(?:${pattern})`)]
  if (all.length === 0) return redactBuiltIn
  const own = new RegExp(all.join('|'), 'g')
  return (text) => redactBuiltIn(text.replace(own, (match) => (match === '' ? '' : replacement)))
}

/** An expression for the text itself. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function redactBuiltIn(text: string): string {
  let redacted = ''
  let done = 0
  const replace = (from: number, to: number, by: string) => {
    redacted += text.slice(done, from) + by
    done = to
    builtIn.lastIndex = to
  }
  builtIn.lastIndex = 0
  for (let found = builtIn.exec(text); found !== null; found = builtIn.exec(text)) {
    const [match, name, ...before] = found
    const end = found.index + match.length
    if (name === undefined) {
      const kept = before.find((group) => group !== undefined) ?? ''
      replace(found.index + kept.length, end, replacement)
      continue
    }
    const { from, to, isNumber } = valueAt(text, end)
    // A number becomes a text, so that JSON stays JSON.
    const quote = isNumber ? (/(\\*["'])\s*:\s*$/.exec(name)?.[1] ?? '') : ''
    if (to > from) replace(from, to, quote + replacement + quote)
  }
  return redacted + text.slice(done)
}
