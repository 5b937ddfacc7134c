import { shownText } from './clean-text.ts'
import type { Shortened } from './shorten.ts'

/** How much the events of one run show before each further text is cut to `leastBytes`. */
const runBytes = 1_048_576
const leastBytes = 256

/** Cuts the texts that the events of one run show, so that a run can be read and drawn in a short time. */
export class ShownTexts {
  readonly #maxBytes: number
  #shown = 0

  /** @param maxBytes of one text */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** A text as an event shows it. */
  show(text: string): Shortened {
    const isFull = this.#shown >= runBytes
    const shown = shownText(text, isFull ? Math.min(leastBytes, this.#maxBytes) : this.#maxBytes)
    this.#shown += shown.text.length
    return shown
  }
}
