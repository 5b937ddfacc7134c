/** Runs the tasks of one key one after the other. It has an entry for a key only while one of its tasks runs. */
export class KeyQueue {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs `task` after the earlier tasks of the key, whether they succeed or fail. @throws what `task` throws */
  async run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const earlier = this.#last.get(key)
    const current = (async () => {
      await earlier?.catch(() => {})
      return await task()
    })()
    this.#last.set(key, current)
    try {
      return await current
    } finally {
      if (this.#last.get(key) === current) this.#last.delete(key)
    }
  }
}
