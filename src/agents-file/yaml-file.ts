import type { z } from 'zod'
import { OpsError } from '../core/errors.ts'

type Path = readonly PropertyKey[]
type Parsers = typeof import('../connectors/parsers.ts')

/** A YAML file whose problems are reported with their line. */
export class YamlFile<Content> {
  readonly content: Content
  readonly #name: string
  readonly #lineOf: (path: Path) => number | undefined

  /**
   * Reads a text. `name` is how errors call the file.
   * @throws OpsError `bad_setting` with line and reason
   */
  static async read<Content>(
    name: string,
    text: string,
    schema: z.ZodType<Content>,
  ): Promise<YamlFile<Content>> {
    return new YamlFile(name, text, schema, await import('../connectors/parsers.ts'))
  }

  private constructor(
    name: string,
    text: string,
    schema: z.ZodType<Content>,
    { LineCounter, parseDocument }: Parsers,
  ) {
    this.#name = name
    const lines = new LineCounter()
    const document = parseDocument(text, { lineCounter: lines })
    this.#lineOf = (path) => {
      // A missing key has no line, so the line of the object that needs it is reported.
      for (let length = path.length; length > 0; length -= 1) {
        const node = document.getIn(path.slice(0, length).map(keyOf), true)
        const range = isNode(node) ? node.range : undefined
        if (range) return lines.linePos(range[0]).line
      }
      return undefined
    }
    const [error] = document.errors
    if (error !== undefined) {
      const line = error.linePos?.[0].line
      throw this.#error(line, error.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? '')
    }
    const read = schema.safeParse(document.toJS() ?? {})
    if (!read.success) {
      const { path, message } = clearest(read.error.issues)
      const where = path.length === 0 ? '' : `${path.map(String).join('.')}: `
      throw this.#error(this.#lineOf(path), where + message)
    }
    this.content = read.data
  }

  /** The error for a problem at a path. */
  problem(path: Path, reason: string): OpsError {
    return this.#error(this.#lineOf(path), reason)
  }

  #error(line: number | undefined, reason: string): OpsError {
    const place = line === undefined ? this.#name : `${this.#name}, line ${line}`
    return new OpsError('bad_setting', { message: `${place}: ${reason.replace(/\.?$/, '.')}` })
  }
}

const keyOf = (key: PropertyKey) => (typeof key === 'number' ? key : String(key))

function isNode(value: unknown): value is { range?: [number, number, number] | null } {
  return typeof value === 'object' && value !== null && 'range' in value
}

/** The problem to report. A field that is not known comes first: it often explains one that is missing. */
function clearest(issues: readonly z.core.$ZodIssue[]): { path: Path; message: string } {
  const unknown = issues.find((issue) => issue.code === 'unrecognized_keys')
  if (unknown?.code === 'unrecognized_keys') {
    const [key = ''] = unknown.keys
    return { path: [...unknown.path, key], message: 'there is no such field' }
  }
  const [{ path, message } = { path: [], message: '' }] = issues
  return { path, message: message.endsWith('received undefined') ? 'is missing' : message }
}
