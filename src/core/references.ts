import { splitCode } from './markdown-code.ts'

/** A text whose references all point to something. `numbers` are those in it; `removed` counts the others. */
export type CheckedText = { text: string; numbers: number[]; removed: number }

/**
 * A reference as models write it: `[1]`, `[1, 3]`, `[1-3]`, `[^1]`, `【1†source】`, and `[1](address)`. A longer number is no
 * reference: `[2026]` is text. The bounds keep the cost linear.
 */
const reference =
  /[ \t]?(?:\[\^?(\d{1,3}(?:[ \t]?[,;–-][ \t]?\^?\d{1,3}){0,20})\](?:\([^()\n]{0,2000}\))?|【(\d{1,3})[^】\n]{0,100}】)/g

/** What may stand before the definition of a link, such as `[1]: address`, which would turn references into links. */
const beginning = /(?:^|\n)[ \t>*+\-\d.)]*$/

const maxRange = 20

/**
 * Gives the references of a text the numbers that `numberOf` returns for them, and removes those for which it returns
 * nothing. References in code are code. An address that the model gave a reference is removed.
 */
export function checkReferences(
  text: string,
  numberOf: (given: number) => number | undefined,
): CheckedText {
  const numbers = new Set<number>()
  let removed = 0
  const checked = splitCode(text).map((piece) => {
    if (piece.isCode) return piece.text
    const kept = piece.text.replace(reference, (match, list = '', single = '') => {
      const found = givenNumbers(list || single).map(numberOf)
      const known = [...new Set(found.filter((number) => number !== undefined))]
      removed += found.filter((number) => number === undefined).length
      for (const number of known) numbers.add(number)
      const space = /^[ \t]/.exec(match)?.[0] ?? ''
      return known.length === 0 ? '' : space + known.map((number) => `[${number}]`).join('')
    })
    return kept.replace(/(\[\d{1,3}\]):/g, (match, number: string, index: number) => {
      return beginning.test(kept.slice(Math.max(0, index - 40), index)) ? number : match
    })
  })
  return { text: checked.join(''), numbers: [...numbers].sort((a, b) => a - b), removed }
}

function givenNumbers(list: string): number[] {
  return list.split(/[,;]/).flatMap((part) => {
    const [first = 0, last = first] = part
      .split(/[–-]/)
      .map((text) => Number(text.replace('^', '')))
    const length = Math.min(Math.max(1, last - first + 1), maxRange)
    return Array.from({ length }, (_, index) => first + index)
  })
}
