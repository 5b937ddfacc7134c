import { QueryCode } from './query-code.tsx'

const maxRows = 100
const maxColumns = 16

/**
 * Arguments or a result of a tool. Arrays of flat objects become tables, queries become code, and the rest is indented
 * JSON. A text that is no JSON, such as one that was shortened, stays as it is.
 */
export function ToolValue({ text }: { text: string }) {
  const value = readJson(text)
  if (!isRecord(value)) {
    const table = readTable(value)
    return table ? <DataTable table={table} /> : <Plain text={pretty(text, value)} />
  }
  const rest: Record<string, unknown> = {}
  const parts = Object.entries(value).flatMap(([name, member]) => {
    const table = readTable(member)
    if (table !== undefined) return [<DataTable name={name} table={table} />]
    if (isQuery(name, member)) return [<QueryCode name={name} text={member} />]
    rest[name] = member
    return []
  })
  const isEmpty = Object.keys(rest).length === 0 && parts.length > 0
  return (
    <>
      {!isEmpty && <Plain text={parts.length === 0 ? pretty(text, value) : pretty('', rest)} />}
      {parts}
    </>
  )
}

function Plain({ text }: { text: string }) {
  return <pre dir="auto">{text}</pre>
}

type Table = { columns: string[]; rows: Record<string, unknown>[] }

function DataTable({ name, table: { columns, rows } }: { name?: string; table: Table }) {
  return (
    <div class="table data">
      <table>
        {name !== undefined && <caption dir="auto">{name}</caption>}
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" dir="auto">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {columns.map((column) => (
                <td dir="auto">{cellText(row[column])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** An array of objects whose members are no deeper than one object: that one becomes columns such as `latest_run.status`. */
function readTable(value: unknown): Table | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > maxRows) return undefined
  const rows: Record<string, unknown>[] = []
  const columns = new Set<string>()
  for (const item of value) {
    if (!isRecord(item)) return undefined
    const row = flatten(item)
    if (!Object.values(row).every(isCell)) return undefined
    for (const column of Object.keys(row)) columns.add(column)
    if (columns.size > maxColumns) return undefined
    rows.push(row)
  }
  return { columns: [...columns], rows }
}

function flatten(item: Record<string, unknown>): Record<string, unknown> {
  const members = Object.entries(item).flatMap(([name, member]) =>
    isRecord(member)
      ? Object.entries(member).map(([inner, value]) => [`${name}.${inner}`, value] as const)
      : [[name, member] as const],
  )
  return Object.fromEntries(members)
}

function isCell(value: unknown): boolean {
  return Array.isArray(value) ? value.every(isScalar) : isScalar(value)
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== 'object'
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return Array.isArray(value) ? value.join(', ') : String(value)
}

function isQuery(name: string, value: unknown): value is string {
  return typeof value === 'string' && /query|kql|sql|statement/i.test(name)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

// Deeply nested JSON is shown unchanged: indenting thousands of brackets would produce megabytes of spaces.
function pretty(text: string, value: unknown): string {
  if (value === undefined) return text
  const compact = JSON.stringify(value)
  const indented = JSON.stringify(value, null, 2)
  return indented.length <= 8 * compact.length ? indented : compact
}
