/**
 * Whether `wanted` occurs in `name`, whatever the case and the hyphens, spaces or underscores
 * between words.
 */
export function isPartOf(wanted: string, name: string): boolean {
  const part = joined(wanted)
  return part !== '' && joined(name).includes(part)
}

/** Whether all words of `text` occur somewhere in the fields, in any case and order. */
export function hasWords(text: string, fields: string[]): boolean {
  const all = fields.join('\n').toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}

/**
 * Whether a span of time touches another; an open end reaches as far as it likes. Times are ISO
 * 8601.
 */
export function touches(
  [start, end]: [start: string, end: string],
  from: string | undefined,
  to: string | undefined,
): boolean {
  // Compared as numbers: as text, `06:00:00Z` and `06:00:00.000Z` would differ.
  return (
    (from === undefined || Date.parse(end) >= Date.parse(from)) &&
    (to === undefined || Date.parse(start) <= Date.parse(to))
  )
}

function joined(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '')
}
