import { OpsError } from '../../core/errors.ts'
import type { ApiOperation, ApiParameter, Fields } from './document.ts'
import { isRequired, type NamedParameter } from './tool-schema.ts'

/** A request as `fetch` takes it. */
export type ApiRequest = { url: URL; headers: Headers; body?: string }

/**
 * Writes the request of an operation. The arguments can change neither its host nor its path, except the named parts.
 * @throws OpsError `tool_arguments` for arguments that do not fit
 */
export function writeRequest(
  operation: ApiOperation,
  named: readonly NamedParameter[],
  args: Fields,
  baseUrl: string,
): ApiRequest {
  const known = new Set([...named.map(({ key }) => key), ...(operation.body ? ['body'] : [])])
  const unknown = Object.keys(args).find((key) => !known.has(key))
  if (unknown !== undefined) {
    throw wrong(`There is no argument ${unknown}. The arguments are: ${[...known].join(', ')}.`)
  }
  let path = operation.path
  const query = new URLSearchParams()
  const headers = new Headers({ accept: 'application/json, text/*;q=0.5' })
  for (const { key, parameter } of named) {
    const value = args[key]
    if (isMissing(value)) {
      if (isRequired(parameter)) throw wrong(`The argument ${key} is missing.`)
      continue
    }
    if (parameter.in === 'path') {
      path = path.replaceAll(`{${parameter.name}}`, pathPart(key, value))
    } else if (parameter.in === 'query') {
      for (const [name, one] of queryPairs(parameter, value)) query.append(name, one)
    } else {
      headers.set(parameter.name, headerValue(key, value))
    }
  }
  const url = new URL(baseUrl.replace(/\/$/, '') + path)
  for (const [name, value] of query) url.searchParams.append(name, value)
  if (operation.body === undefined) return { url, headers }
  if (isMissing(args.body)) {
    if (operation.body.isRequired) throw wrong('The argument body is missing.')
    return { url, headers }
  }
  headers.set('content-type', 'application/json')
  return { url, headers, body: JSON.stringify(args.body) }
}

/** Models write null and "" for arguments that they leave out. */
const isMissing = (value: unknown) => value === undefined || value === null || value === ''

/** One part of the path. Dots would leave it, even when they are encoded. */
function pathPart(key: string, value: unknown): string {
  const text = listText(value, ',')
  if (/^\.{1,2}$/.test(text)) throw wrong(`The argument ${key} cannot be "${text}".`)
  return encodeURIComponent(text)
}

function headerValue(key: string, value: unknown): string {
  const text = listText(value, ',')
  if (/^[\x20-\x7e]*$/.test(text)) return text
  throw wrong(`The argument ${key} has characters that a header cannot have.`)
}

/** https://spec.openapis.org/oas/v3.1.1.html#style-values */
function queryPairs(
  { name, style = 'form', explode = style === 'form', content }: ApiParameter,
  value: unknown,
): [string, string][] {
  if (content) return [[name, JSON.stringify(value)]]
  if (Array.isArray(value)) {
    if (explode) return value.map((one) => [name, plainText(one)])
    const separators: Record<string, string> = { spaceDelimited: ' ', pipeDelimited: '|' }
    return [[name, listText(value, separators[style] ?? ',')]]
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    if (style === 'deepObject') {
      return entries.map(([key, one]) => [`${name}[${key}]`, plainText(one)])
    }
    // With the names of its fields an object could set any parameter.
    return [[name, JSON.stringify(value)]]
  }
  return [[name, plainText(value)]]
}

function listText(value: unknown, separator: string): string {
  return Array.isArray(value) ? value.map(plainText).join(separator) : plainText(value)
}

function plainText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

function wrong(message: string): OpsError {
  return new OpsError('tool_arguments', { message })
}
