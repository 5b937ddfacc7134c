import { OpsError, throwIfAborted } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { shorten } from '../../core/shorten.ts'
import type { Tool, ToolSource } from '../../tools/tool.ts'
import { boundedFetch } from '../bounded-fetch.ts'
import { readJsonArguments } from '../json-arguments.ts'
import { matchesAny } from '../name-pattern.ts'
import { namespacedNames } from '../tool-name.ts'
import { type ApiDocument, type ApiOperation, readDocument } from './document.ts'
import { writeRequest } from './request.ts'
import { send } from './send.ts'
import type { ApiSettings } from './settings.ts'
import { namedParameters, toolSchema } from './tool-schema.ts'

/** The longest description that OpenAI accepts. */
const maxDescriptionBytes = 1024
/** Of a document at a URL, which is read while others wait. A file is read at the start. */
const maxDocumentBytes = 2 * 1024 * 1024
/** The YAML parser blocks the event loop for up to two seconds per megabyte. */
const maxYamlKilobytes = 64
const loadMs = 10_000
/** After a failure, questions of the next seconds do not wait for the document again. */
const retryAfterMs = 5000

type Offered = { own: string; tool: Tool }

/** An HTTP API with an OpenAPI document: one tool for each operation that is offered. */
export class Api {
  readonly settings: ApiSettings
  readonly #log: Log
  readonly #monotonicMs: () => number
  #loading: Promise<Offered[]> | undefined
  #failure: { atMs: number; error: OpsError } | undefined

  constructor(settings: ApiSettings, parts: { log: Log; monotonicMs: () => number }) {
    this.settings = settings
    this.#log = parts.log
    this.#monotonicMs = parts.monotonicMs
  }

  /**
   * Reads a document that is a file, so that a wrong one stops the start.
   * @throws OpsError `bad_setting`
   */
  async open(): Promise<void> {
    if ('text' in this.settings.document) await this.#load()
  }

  /**
   * Reads the document; resolves with the number of operations.
   * @throws OpsError `bad_setting` with the reason, or `tool_failed` for a document that cannot be loaded
   */
  async check(): Promise<number> {
    try {
      return (await this.#load()).length
    } catch (cause) {
      throw cause instanceof OpsError ? cause : new OpsError('tool_failed', { cause })
    }
  }

  /** The operations whose names match one of the patterns. */
  source(patterns: readonly string[]): ToolSource {
    return {
      list: async (signal) => {
        const failure = this.#failure
        if (failure !== undefined && this.#monotonicMs() - failure.atMs < retryAfterMs) {
          return { tools: [], absence: failure.error.message }
        }
        try {
          const all = await this.#load()
          throwIfAborted(signal)
          this.#failure = undefined
          return {
            tools: all.filter(({ own }) => matchesAny(patterns, own)).map(({ tool }) => tool),
          }
        } catch (cause) {
          throwIfAborted(signal)
          return { tools: [], absence: this.#fail(cause).message }
        }
      },
    }
  }

  #load(): Promise<Offered[]> {
    this.#loading ??= loadText(this.settings)
      .then((text) => this.#read(text))
      .catch((error: unknown) => {
        this.#loading = undefined
        throw error
      })
    return this.#loading
  }

  async #read(text: string): Promise<Offered[]> {
    const { settings } = this
    const isFile = 'text' in settings.document
    const document = await readDocument(text, isFile ? undefined : maxYamlKilobytes).catch(
      (cause: unknown) => {
        throw settings.problem(cause instanceof Error ? cause.message : String(cause))
      },
    )
    const baseUrl = settings.baseUrl ?? serverUrl(document, settings)
    const operations = settings.operations.map((id) => findOperation(id, document, settings))
    const names = namespacedNames(
      settings.name,
      operations.map(({ id }) => id),
    )
    return operations.map((operation) => ({
      own: operation.id,
      tool: toTool(operation, names.get(operation.id) ?? operation.id, baseUrl, settings),
    }))
  }

  #fail(cause: unknown): OpsError {
    const { name } = this.settings
    const message = `The description of the API ${name} cannot be read, so its operations were not available.`
    if (this.#failure === undefined) this.#log.warn(`the API ${name} is not available`, { cause })
    const error = new OpsError('tool_failed', { message, cause })
    this.#failure = { atMs: this.#monotonicMs(), error }
    return error
  }
}

async function loadText({ document }: ApiSettings): Promise<string> {
  if ('text' in document) return document.text
  // Without the credentials: the document may be on another host.
  const response = await boundedFetch(maxDocumentBytes)(document.url, {
    signal: AbortSignal.timeout(loadMs),
  })
  if (!response.ok) throw new Error(`HTTP ${response.status} for ${document.url}`)
  return response.text()
}

function serverUrl({ serverUrl: given }: ApiDocument, settings: ApiSettings): string {
  const place = 'url' in settings.document ? settings.document.url : undefined
  const url = given !== undefined && URL.canParse(given, place) ? new URL(given, place) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && !/[{}]/.test(given ?? '')) {
    return url.href
  }
  throw settings.problem('it has no usable server: set `base_url`')
}

function findOperation(
  id: string,
  document: ApiDocument,
  { allowsWrites, problem }: ApiSettings,
): ApiOperation {
  const found = findValid(id, document, problem)
  if (found === undefined) throw problem(`it has no operation ${id}`)
  if (found.method === 'GET' || allowsWrites) return found
  throw problem(`the operation ${id} is a ${found.method}, which needs \`allow_writes: true\``)
}

function findValid(id: string, document: ApiDocument, problem: ApiSettings['problem']) {
  try {
    return document.find(id)
  } catch (cause) {
    throw problem(cause instanceof Error ? cause.message : String(cause))
  }
}

function toTool(
  operation: ApiOperation,
  name: string,
  baseUrl: string,
  { name: api, credentials }: ApiSettings,
): Tool {
  const named = namedParameters(operation)
  const { method } = operation
  const requestOf = (rawArguments: string) =>
    writeRequest(operation, named, readJsonArguments(rawArguments), baseUrl)
  return {
    name,
    description: shorten(operation.description, maxDescriptionBytes - 3).text,
    parameters: toolSchema(operation, named),
    ...(method !== 'GET' && { needsApproval: true }),
    check(rawArguments) {
      requestOf(rawArguments)
    },
    execute(rawArguments, signal) {
      const { url, headers, ...rest } = requestOf(rawArguments)
      for (const [key, value] of Object.entries(credentials.headers)) headers.set(key, value)
      for (const [key, value] of Object.entries(credentials.query)) url.searchParams.set(key, value)
      return send({ api, method, url, headers, signal, ...rest })
    },
  }
}
