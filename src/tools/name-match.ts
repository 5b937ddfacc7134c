/** Finds `wanted` in names, ignoring case, spaces, hyphens and underscores. Not given, it is in all. */
export function partOfName(wanted: string | undefined): (name: string) => boolean {
  if (wanted === undefined) return () => true
  const part = normalizedName(wanted)
  return (name) => part !== '' && normalizedName(name).includes(part)
}

/** A name in lower case, without spaces, hyphens and underscores. */
export function normalizedName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '')
}
