import { Violation } from './fake-system.ts'

/** A value of a column. Times are `Date`. */
export type Value = string | number | Date | null
export type Row = Record<string, Value>
/** The rows of each table. All rows of a table have the same columns. */
export type Tables = Record<string, Row[]>

/** Runs a query of the part of KQL that the connector uses. Anything else is a violation. */
export function runKql(query: string, tables: Tables): Row[] {
  const parser = new Parser(tokensOf(query), tables)
  const rows = parser.readQuery()
  parser.expectEnd()
  return rows
}

/** A token: its kind, and its text or the value of a literal. */
export type Token = { kind: 'name' | 'string' | 'number' | 'time' | 'sign'; text: string }

/** The tokens of a query, as the documentation of KQL describes them. */
export function tokensOf(query: string): Token[] {
  const tokens: Token[] = []
  const pattern =
    /\s*(?:datetime\(([^)]*)\)|@"([^"]*)"|"((?:[^"\\\n\r]|\\.)*)"|(\d+)|([$A-Za-z_][\w]*)|(==|>=|<=|[=|(),.]))/y
  while (/\S/.test(query.slice(pattern.lastIndex))) {
    const at = pattern.lastIndex
    const match = pattern.exec(query)
    if (match === null) throw new Violation(`KQL: ${query.slice(at, at + 40)}`)
    const [, time, verbatim, string, number, name, sign] = match
    if (time !== undefined) tokens.push({ kind: 'time', text: time })
    else if (verbatim !== undefined) tokens.push({ kind: 'string', text: verbatim })
    else if (string !== undefined) tokens.push({ kind: 'string', text: unescaped(string) })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number })
    else if (name !== undefined) tokens.push({ kind: 'name', text: name })
    else tokens.push({ kind: 'sign', text: sign ?? '' })
  }
  return tokens
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => {
    if (!/["'\\]/.test(character)) throw new Violation(`KQL: escape ${character}`)
    return character
  })
}

type Expression = (row: Row) => Value
type Aggregate = (rows: Row[]) => Row

class Parser {
  readonly #tokens: Token[]
  readonly #tables: Tables
  #at = 0

  constructor(tokens: Token[], tables: Tables) {
    this.#tokens = tokens
    this.#tables = tables
  }

  readQuery(): Row[] {
    let rows = this.#tables[this.#take('name')]
    if (rows === undefined) throw new Violation('KQL: unknown table')
    while (this.#skip('|')) rows = this.#readStep(rows)
    return rows
  }

  expectEnd(): void {
    if (this.#at < this.#tokens.length) throw this.#violation()
  }

  #readStep(rows: Row[]): Row[] {
    const step = this.#take('name')
    if (step === 'where') {
      const matches = this.#readOr()
      return rows.filter((row) => matches(row) === 1)
    }
    if (step === 'summarize') return this.#readSummarize(rows)
    if (step === 'top') return this.#readTop(rows)
    if (step === 'project') {
      const columns = this.#readList(() => this.#readColumn())
      return rows.map((row) => Object.fromEntries(columns.map(([name, read]) => [name, read(row)])))
    }
    if (step === 'join') return this.#readJoin(rows)
    throw this.#violation()
  }

  #readTop(rows: Row[]): Row[] {
    const count = Number(this.#take('number'))
    this.#expect('by')
    const column = this.#readPrimary()
    const sign = this.#skip('desc') ? -1 : this.#expect('asc')
    return rows.toSorted((a, b) => sign * compare(column(a), column(b))).slice(0, count)
  }

  #readJoin(rows: Row[]): Row[] {
    for (const text of ['kind', '=', 'leftouter', '(']) this.#expect(text)
    const right = this.readQuery()
    for (const text of [')', 'on', '$left', '.']) this.#expect(text)
    const left = this.#take('name')
    for (const text of ['==', '$right', '.']) this.#expect(text)
    const key = this.#take('name')
    return rows.flatMap((row): Row[] => {
      const matching = right.filter((other) => other[key] === row[left])
      const empty = Object.fromEntries(
        ['Activity', 'ActivityError', 'ActivityMessage'].map((name) => [name, null]),
      )
      return matching.length === 0
        ? [{ ...row, ...empty }]
        : matching.map((other) => ({ ...row, ...other }))
    })
  }

  #readSummarize(rows: Row[]): Row[] {
    const aggregates = this.#readList(() => this.#readAggregate())
    if (!this.#skip('by')) return [Object.assign({}, ...aggregates.map((one) => one(rows)))]
    const keys = this.#readList(() => this.#take('name'))
    const groups = Map.groupBy(rows, (row) => JSON.stringify(keys.map((key) => columnOf(row, key))))
    return [...groups.values()].map((group) => {
      const own = Object.fromEntries(keys.map((key) => [key, columnOf(group[0] ?? {}, key)]))
      return Object.assign(own, ...aggregates.map((one) => one(group)))
    })
  }

  #readAggregate(): Aggregate {
    const name = this.#take('name')
    if (this.#skip('=')) {
      const read = this.#readCount(this.#take('name'))
      return (rows) => ({ [name]: read(rows) })
    }
    const sign = name === 'arg_max' ? 1 : name === 'arg_min' ? -1 : undefined
    if (sign === undefined) throw this.#violation()
    this.#expect('(')
    const columns = this.#readList(() => this.#take('name'))
    this.#expect(')')
    const [by = ''] = columns
    return (rows) => {
      const best = rows.reduce((one, other) =>
        sign * compare(columnOf(other, by), columnOf(one, by)) > 0 ? other : one,
      )
      return Object.fromEntries(columns.map((column) => [column, columnOf(best, column)]))
    }
  }

  #readCount(name: string): (rows: Row[]) => Value {
    this.#expect('(')
    if (name === 'count') {
      this.#expect(')')
      return (rows) => rows.length
    }
    const value = name === 'maxif' ? this.#readPrimary() : () => 1
    if (name === 'maxif') this.#expect(',')
    else if (name !== 'countif') throw this.#violation()
    const matches = this.#readOr()
    this.#expect(')')
    return (rows) => {
      const values = rows.filter((row) => matches(row) === 1).map(value)
      if (name === 'countif') return values.length
      return values.toSorted(compare).at(-1) ?? null
    }
  }

  #readColumn(): [string, Expression] {
    const name = this.#take('name')
    if (this.#skip('=')) return [name, this.#readPrimary()]
    return [name, (row) => columnOf(row, name)]
  }

  #readOr(): Expression {
    const left = this.#readAnd()
    if (!this.#skip('or')) return left
    const right = this.#readOr()
    return (row) => (left(row) === 1 || right(row) === 1 ? 1 : 0)
  }

  #readAnd(): Expression {
    const left = this.#readComparison()
    if (!this.#skip('and')) return left
    const right = this.#readAnd()
    return (row) => (left(row) === 1 && right(row) === 1 ? 1 : 0)
  }

  #readComparison(): Expression {
    const left = this.#readPrimary()
    const operator = this.#tokens[this.#at]?.text ?? ''
    this.#at += 1
    if (operator === 'in') {
      this.#expect('(')
      const values = this.#readList(() => this.#take('string'))
      this.#expect(')')
      return (row) => (values.includes(String(left(row))) ? 1 : 0)
    }
    const right = this.#readPrimary()
    const holds: Record<string, (a: Value, b: Value) => boolean> = {
      '==': (a, b) => compare(a, b) === 0,
      '>=': (a, b) => a !== null && compare(a, b) >= 0,
      '<=': (a, b) => a !== null && compare(a, b) <= 0,
      contains: (a, b) => String(a).toLowerCase().includes(String(b).toLowerCase()),
    }
    const test = holds[operator]
    if (test === undefined) throw this.#violation()
    return (row) => (test(left(row), right(row)) ? 1 : 0)
  }

  #readPrimary(): Expression {
    const token = this.#tokens[this.#at]
    this.#at += 1
    if (token?.kind === 'string') return () => token.text
    if (token?.kind === 'number') return () => Number(token.text)
    if (token?.kind === 'time') {
      const time = new Date(token.text)
      if (Number.isNaN(time.getTime())) throw this.#violation()
      return () => time
    }
    if (token?.kind !== 'name') throw this.#violation()
    if (!this.#skip('(')) return (row) => columnOf(row, token.text)
    const inputs = this.#readList(() => this.#readPrimary())
    this.#expect(')')
    const path = this.#skip('.') ? this.#take('name') : undefined
    return (row) =>
      call(
        token.text,
        inputs.map((input) => input(row)),
        path,
      )
  }

  #readList<Item>(read: () => Item): Item[] {
    const items = [read()]
    while (this.#skip(',')) items.push(read())
    return items
  }

  #take(kind: Token['kind']): string {
    const token = this.#tokens[this.#at]
    if (token?.kind !== kind) throw this.#violation()
    this.#at += 1
    return token.text
  }

  #skip(text: string): boolean {
    const token = this.#tokens[this.#at]
    const isNext = token?.text === text && (token.kind === 'sign' || token.kind === 'name')
    if (isNext) this.#at += 1
    return isNext
  }

  #expect(text: string): 1 {
    if (!this.#skip(text)) throw this.#violation()
    return 1
  }

  #violation(): Violation {
    const near = this.#tokens.slice(Math.max(0, this.#at - 2), this.#at + 3)
    return new Violation(`KQL near ${near.map(({ text }) => text).join(' ')}`)
  }
}

function call(name: string, inputs: Value[], path: string | undefined): Value {
  const [first, second, third] = inputs.map((input) => (input === null ? '' : String(input)))
  if (name === 'tolower') return (first ?? '').toLowerCase()
  if (name === 'replace_regex') {
    return (first ?? '').replace(new RegExp(second ?? '', 'g'), third ?? '')
  }
  if (name === 'tolong') return first === '' ? null : Number(first)
  if (name !== 'parse_json' || path === undefined) throw new Violation(`KQL: ${name}`)
  const parsed: Record<string, Value> = first ? JSON.parse(first) : {}
  return parsed[path] ?? null
}

function columnOf(row: Row, name: string): Value {
  const value = row[name]
  if (value === undefined) throw new Violation(`KQL: no column ${name}`)
  return value
}

function compare(a: Value, b: Value): number {
  const [one, other] = [a, b].map((value) => (value instanceof Date ? value.getTime() : value))
  if (one === other) return 0
  return (one ?? '') < (other ?? '') ? -1 : 1
}
