import { z } from 'zod'

/** A JSON Schema, or a part of a document that is not read further. */
export type Fields = Record<string, unknown>

/** Documents have schemas that are null. */
const schema = z.record(z.string(), z.unknown()).nullish()

const parameter = z.looseObject({
  name: z.string(),
  in: z.string(),
  description: z.string().nullish(),
  required: z.boolean().nullish(),
  schema,
  content: z.record(z.string(), z.unknown()).nullish(),
  style: z.string().exactOptional(),
  explode: z.boolean().exactOptional(),
})

const operation = z.looseObject({
  operationId: z.string().nullish(),
  summary: z.string().nullish(),
  description: z.string().nullish(),
  parameters: z.array(parameter).default([]),
  requestBody: z
    .looseObject({
      required: z.boolean().nullish(),
      content: z.record(z.string(), z.looseObject({ schema })).default({}),
    })
    .nullish(),
})

const pathItem = z.looseObject({ parameters: z.array(parameter).default([]) })

const document = z.looseObject({
  openapi: z.string().regex(/^3\./, { error: 'is not 3' }),
  servers: z.array(z.looseObject({ url: z.string() })).default([]),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
})

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const

/** A parameter of an operation. */
export type ApiParameter = z.output<typeof parameter>

/** An operation with what it takes. */
export type ApiOperation = {
  /** The `operationId`, or method and path. */
  id: string
  method: string
  path: string
  description: string
  parameters: ApiParameter[]
  /** The schema of a JSON body. */
  body?: { schema: Fields; isRequired: boolean }
}

/** What is used of an OpenAPI document. */
export type ApiDocument = {
  serverUrl: string | undefined
  /**
   * Finds an operation by its `operationId`, or by its method and path.
   * @throws Error with the reason, for an operation that is not valid
   */
  find: (id: string) => ApiOperation | undefined
}

/**
 * Reads an OpenAPI 3 document, YAML or JSON, with its references resolved. References to other documents are not loaded, and
 * operations that are not used need not be valid.
 * @throws Error with the reason, for a document that is not usable, and for YAML of more than `maxYamlKilobytes`
 */
export async function readDocument(
  text: string,
  maxYamlKilobytes = Number.POSITIVE_INFINITY,
): Promise<ApiDocument> {
  const { dereference } = await import('../parsers.ts')
  const parsed = dereference(await parseText(text.replace(/^\uFEFF/, ''), maxYamlKilobytes)).schema
  const { servers, paths } = parse(document, parsed, 'it is not an OpenAPI 3 document')
  return {
    serverUrl: servers[0]?.url,
    find(id) {
      for (const [path, item] of Object.entries(paths)) {
        for (const method of methods) {
          const given = item[method]
          const name = `${method.toUpperCase()} ${path}`
          if (typeof given !== 'object' || given === null) continue
          if (name !== id && !('operationId' in given && given.operationId === id)) continue
          const { parameters } = parse(pathItem, item, path)
          return toOperation(method.toUpperCase(), path, parse(operation, given, name), parameters)
        }
      }
      return undefined
    },
  }
}

function parse<Schema extends z.ZodType>(shape: Schema, value: unknown, what: string) {
  const read = shape.safeParse(value)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new Error(`${what}: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(' ')}`)
}

/** JSON first: the YAML parser needs a hundred times as long. */
async function parseText(text: string, maxYamlKilobytes: number): Promise<Fields> {
  try {
    return toFields(JSON.parse(text))
  } catch {
    if (text.length > maxYamlKilobytes * 1024) {
      const limit = `YAML at a URL can have at most ${maxYamlKilobytes} KB`
      throw new Error(`it is not JSON, and ${limit}: write it as JSON, or save it as a file`)
    }
    const { parseDocument } = await import('../parsers.ts')
    const yaml = parseDocument(text)
    const [error] = yaml.errors
    if (error !== undefined) throw new Error(error.message.split('\n')[0])
    return toFields(yaml.toJS())
  }
}

function toFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function toOperation(
  method: string,
  path: string,
  { operationId, summary, description, parameters, requestBody }: z.output<typeof operation>,
  shared: readonly ApiParameter[],
): ApiOperation {
  const isSame = (a: ApiParameter) => (b: ApiParameter) => a.name === b.name && a.in === b.in
  const own = [...shared.filter((one) => !parameters.some(isSame(one))), ...parameters]
  // Some documents do not declare the parameters in their paths.
  const undeclared = [...path.matchAll(/\{([^{}]+)\}/g)].flatMap(([, name = '']) =>
    own.some((one) => one.in === 'path' && one.name === name) ? [] : [{ name, in: 'path' }],
  )
  const json = requestBody?.content['application/json']
  return {
    id: operationId ?? `${method} ${path}`,
    method,
    path,
    description: [summary, description].filter(Boolean).join('. ') || `${method} ${path}`,
    parameters: [...own, ...undeclared].filter(isSent),
    ...(json && {
      body: { schema: json.schema ?? {}, isRequired: requestBody?.required ?? false },
    }),
  }
}

/** OpenAPI ignores these headers. Cookies would be credentials. */
function isSent({ name, in: place }: ApiParameter): boolean {
  if (place === 'header') return !/^(?:accept|content-type|authorization)$/i.test(name)
  return place === 'path' || place === 'query'
}
