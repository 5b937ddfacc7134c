/** A call of the store of an object. Without an owner it is a call of `Store`. */
export type StoreCall = { owner?: string | undefined; method: string; args: unknown[] }

/** What a call returned, or the error that it threw. */
export type StoreReply = { result?: unknown; error?: { code?: string; message: string } }

/** As JSON, with what the tests use besides: NaN, undefined, and an object that contains itself. */
export function stringify(value: StoreCall | StoreReply): string {
  const parents = new Set<unknown>()
  return JSON.stringify(value, function replace(_, item: unknown) {
    if (Number.isNaN(item)) return { special: 'NaN' }
    if (item === undefined) return { special: 'undefined' }
    parents.add(this)
    return parents.has(item) ? { special: 'circular' } : item
  })
}

/** Reads the text of `stringify`. An object that contained itself becomes a value that has no JSON either. */
export function parse(text: string): unknown {
  return JSON.parse(text, (_, item) => {
    if (item?.special === 'NaN') return Number.NaN
    if (item?.special === 'undefined') return undefined
    return item?.special === 'circular' ? 1n : item
  })
}
