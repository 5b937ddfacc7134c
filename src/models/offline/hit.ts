import type { Kind } from './lexicon.ts'

/** Something recognised in a question: what it is, and from which token to which (both included). */
export type Hit = {
  kind: Kind | 'number' | 'run' | 'name' | 'quote' | 'group'
  value: string
  first: number
  last: number
}
