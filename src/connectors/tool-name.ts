/** The longest name of a tool that OpenAI accepts. It accepts letters, digits, `_` and `-`. */
const maxCharacters = 64

/**
 * The name of each tool for the model: `<source>__<name>`. Other characters become `_`. A name that would be too long, or
 * equal to another one, ends with a hash of the original name, so that it stays the same when tools are added.
 */
export function namespacedNames(source: string, names: readonly string[]): Map<string, string> {
  const plain = names.map((name) => `${source}__${name.replace(/[^\w-]/gu, '_')}`)
  const count = Map.groupBy(plain, (name) => name)
  return new Map(
    names.map((name, index) => {
      const full = plain[index] ?? source
      const isUnique = count.get(full)?.length === 1
      if (full.length <= maxCharacters && isUnique) return [name, full]
      const ending = `_${hash(name)}`
      return [name, full.slice(0, maxCharacters - ending.length) + ending]
    }),
  )
}

/** FNV-1a with 32 bits. It only has to tell a few hundred names apart. */
function hash(text: string): string {
  let value = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) {
    value = Math.imul(value ^ byte, 0x01000193) >>> 0
  }
  return value.toString(36)
}
