const maxPatterns = 50
/** How many ways the repetitions of a pattern can match at one place. */
const maxWays = 1000

/** A character class, an escape, a quantifier, the begin of a group with a meaning, or any other character. */
const part =
  /\[\^?\]?(?:\\.|[^\]\\])*\]|\\(?:[1-9k])|\\.|\{(\d+)(?:,(\d*))?\}|[*+]|\)[*+{]|\(\?(?!:)|\?|./gsu

/**
 * Why patterns cannot be used to redact, or nothing. JavaScript has no expressions that are always linear, so a pattern may
 * only have repetitions with a limit, of single characters: then its work at each place of a text is bounded.
 */
export function problemOfPatterns(patterns: readonly string[]): string | undefined {
  if (patterns.length > maxPatterns) return `must be at most ${maxPatterns} patterns`
  for (const pattern of patterns) {
    const problem = problemOf(pattern)
    if (problem !== undefined) return `has the pattern ${pattern}, which ${problem}`
  }
  return undefined
}

function problemOf(pattern: string): string | undefined {
  try {
    if (new RegExp(pattern).test('')) return 'matches an empty text'
  } catch {
    return 'is not a regular expression'
  }
  let ways = 1
  for (const [token, least, most] of pattern.matchAll(part)) {
    if (token === '*' || token === '+' || most === '')
      return 'repeats without a limit: write {1,64}'
    if (/^\)[*+{]/.test(token)) return 'repeats a group'
    if (/^\\[1-9k]/.test(token)) return 'refers to another part of itself'
    if (token.startsWith('(?')) return 'looks around, or names a group'
    if (token === '?') ways *= 2
    else if (least !== undefined) ways *= Number(most ?? least) - Number(least) + 1
    if (ways > maxWays) return `can match in more than ${maxWays} ways at one place`
  }
  return undefined
}
