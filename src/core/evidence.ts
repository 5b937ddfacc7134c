/**
 * A tool result that an answer refers to as `[number]`. `step` is the number of its event `tool.called`; it is missing if
 * the run no longer keeps that event.
 */
export type Reference = { number: number; agent: string; tool: string; step?: number }

/**
 * The part of a specialist in an answer. `from` and `to` are positions in the text of the answer. `numbers` are the
 * references in it, and `removed` counts those that pointed to nothing. `unbacked`: it has no reference. `missing`: the
 * specialist has failed.
 */
export type AnswerSection = {
  agent: string
  from: number
  to: number
  numbers: number[]
  removed: number
  state: 'backed' | 'unbacked' | 'missing'
}

/** What the statements of an answer come from. */
export type Evidence = { sections: AnswerSection[]; references: Reference[] }
