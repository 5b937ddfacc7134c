import { type Shortened, shorten } from './shorten.ts'

/**
 * Removes control characters, except line feeds and tabs, and the characters that reorder text around them. They can make
 * text look different from what it is. https://trojansource.codes
 */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '')
}

/** A text as events show it: clean, and cut to `maxBytes`. */
export function shownText(text: string, maxBytes: number): Shortened {
  const { text: shown, truncated } = shorten(text, maxBytes)
  return { text: cleanText(shown), truncated }
}
