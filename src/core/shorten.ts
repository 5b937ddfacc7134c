const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A text that may have been cut; `truncated` says whether it was. */
export type Shortened = { text: string; truncated: boolean }

/**
 * Cuts a text to at most `maxBytes` of UTF-8, never inside a character, and appends an ellipsis where it cut. The cost
 * depends on the limit, not on the length of the text.
 */
export function shorten(text: string, maxBytes: number): Shortened {
  if (text.length * 3 <= maxBytes) return { text: text.toWellFormed(), truncated: false }
  const space = new Uint8Array(maxBytes)
  const { read, written } = encoder.encodeInto(text, space)
  if (read === text.length) return { text: text.toWellFormed(), truncated: false }
  return { text: `${decoder.decode(space.subarray(0, written))}…`, truncated: true }
}
