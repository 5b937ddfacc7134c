/** A map that evicts its oldest entry when it exceeds `maxSize`. Setting a key makes its entry the newest. */
export class BoundedMap<Value> extends Map<string, Value> {
  readonly #maxSize: number

  constructor(maxSize: number) {
    super()
    this.#maxSize = maxSize
  }

  override set(key: string, value: Value): this {
    this.delete(key)
    super.set(key, value)
    const [oldest] = this.keys()
    if (this.size > this.#maxSize && oldest !== undefined) this.delete(oldest)
    return this
  }
}
