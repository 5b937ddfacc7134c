import type { FunctionMiddleware } from '../core/call.ts'
import type { Redact } from '../core/redact.ts'

/** A secret that begins in the shown part of a text ends within so many characters after it. */
const marginCharacters = 65_536

/**
 * Redacts what tool calls show: their arguments, results, progress and failures. The tool gets the real arguments, and the
 * model the real result. A text is redacted before it is cut, because a part of a secret would not be recognized. Of a long
 * text only `maxShownBytes` and a margin are read, which bounds the work of one text.
 */
export function redactShown(redact: Redact, maxShownBytes: number): FunctionMiddleware {
  const maxCharacters = maxShownBytes + marginCharacters
  return function redactCall(call, next) {
    const { scope } = call
    const show = (text: string) => {
      if (text.length <= maxCharacters) return scope.show(redact(text))
      const shown = scope.show(redact(withoutLastWord(text.slice(0, maxCharacters))))
      return { text: shown.truncated ? shown.text : `${shown.text}…`, truncated: true }
    }
    return next({ ...call, scope: { ...scope, show } })
  }
}

/** The end of a text that was cut can be a part of a secret, unless it is longer than the margin. */
function withoutLastWord(text: string): string {
  const first = text.length - marginCharacters
  let end = text.length
  while (end > first && !/\s/.test(text.charAt(end - 1))) end -= 1
  return end > first ? text.slice(0, end) : text
}
