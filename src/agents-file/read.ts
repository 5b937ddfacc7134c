import type { McpSettings } from '../connectors/mcp/settings.ts'
import type { ApiSettings } from '../connectors/openapi/settings.ts'
import { agentsFileSchema, type WrittenAgents } from './schema.ts'
import { YamlFile } from './yaml-file.ts'

/** What an agents file says, with the values of its credentials. */
export type AgentsFile = {
  specialists: NonNullable<WrittenAgents['specialists']>
  remove: readonly string[]
  mcpServers: readonly McpSettings[]
  apis: readonly ApiSettings[]
  /** The values of all credentials, which nothing may show. Of the variables of a process only those that look like keys. */
  secrets: readonly string[]
  /** The error for a problem at a path of the file, with its line. */
  problem: YamlFile<WrittenAgents>['problem']
}

/** Where a file is read. */
export type AgentsFilePlace = {
  /** How errors call the file. */
  name: string
  environment: Record<string, string | undefined>
  /** Reads a file by its path relative to the agents file. Missing where there is no file system. */
  readText?: (path: string) => Promise<string>
  /** Whether MCP servers may be processes. */
  hasProcesses: boolean
}

type Written<Section extends 'mcp_servers' | 'apis'> = NonNullable<WrittenAgents[Section]>[string]

/**
 * Reads an agents file.
 * @throws OpsError `bad_setting` with line and reason
 */
export async function readAgentsFile(text: string, place: AgentsFilePlace): Promise<AgentsFile> {
  const file = await YamlFile.read(place.name, text, agentsFileSchema)
  const { mcp_servers = {}, apis = {}, specialists = [], remove = [] } = file.content
  const values = new SecretValues(file, place.environment)
  const servers = Object.entries(mcp_servers).map(([name, server]) =>
    toServer(name, server, { file, values, place }),
  )
  for (const name of Object.keys(apis)) {
    if (Object.hasOwn(mcp_servers, name))
      throw file.problem(['apis', name], `${name} is an MCP server already`)
  }
  const read: ApiSettings[] = []
  for (const [name, api] of Object.entries(apis)) {
    read.push(await toApi(name, api, { file, values, place }))
  }
  return {
    specialists,
    remove,
    mcpServers: servers,
    apis: read,
    secrets: values.all,
    problem: (path, reason) => file.problem(path, reason),
  }
}

type Reading = { file: YamlFile<WrittenAgents>; values: SecretValues; place: AgentsFilePlace }

function toServer(
  name: string,
  server: Written<'mcp_servers'>,
  { file, values, place }: Reading,
): McpSettings {
  const path = ['mcp_servers', name]
  const { allow = ['*'], deny = [], connect_seconds = 10, command, url } = server
  const common = { name, allow, deny, connectMs: connect_seconds * 1000 }
  if (command === undefined) {
    if (server.env || server.args) throw file.problem(path, '`args` and `env` need a `command`')
    const { headers } = values.credentials([...path, 'credentials'], server.credentials)
    return { ...common, url: url ?? '', headers }
  }
  if (!place.hasProcesses) {
    throw file.problem(
      [...path, 'command'],
      'a Worker cannot start a process: give the server a `url`',
    )
  }
  if (server.credentials) {
    throw file.problem(
      [...path, 'credentials'],
      '`credentials` need a `url`: use `env` for a process',
    )
  }
  const env = Object.fromEntries(
    (server.env ?? []).map((variable, index) => [
      variable,
      values.processValue([...path, 'env', index], variable),
    ]),
  )
  return { ...common, command, args: server.args ?? [], env }
}

async function toApi(
  name: string,
  api: Written<'apis'>,
  { file, values, place }: Reading,
): Promise<ApiSettings> {
  const path = ['apis', name]
  const { document, operations, base_url: baseUrl, allow_writes: allowsWrites = false } = api
  const isUrl = /^https?:\/\//.test(document)
  const read = async () => {
    if (place.readText === undefined) {
      throw file.problem([...path, 'document'], 'there is no file system here: give a URL')
    }
    return await place.readText(document).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw file.problem([...path, 'document'], `cannot be read: ${reason}`)
    })
  }
  const { query, ...credentials } = api.credentials ?? {}
  return {
    name,
    document: isUrl ? { url: document } : { text: await read() },
    baseUrl,
    operations,
    allowsWrites,
    credentials: {
      ...values.credentials([...path, 'credentials'], credentials),
      query: values.record([...path, 'credentials', 'query'], query),
    },
    problem: (reason) => file.problem([...path, 'document'], reason),
  }
}

type WrittenCredentials = NonNullable<Written<'mcp_servers'>['credentials']>

const keyForm = /^(?=.*\d)(?=.*[a-z])[^\s/]{16,}$/i

/** The values of the variables that a file names. */
class SecretValues {
  readonly all: string[] = []
  readonly #file: YamlFile<WrittenAgents>
  readonly #environment: Record<string, string | undefined>

  constructor(file: YamlFile<WrittenAgents>, environment: Record<string, string | undefined>) {
    this.#file = file
    this.#environment = environment
  }

  /** @throws OpsError `bad_setting` for a variable that is not set */
  value(path: readonly (string | number)[], variable: string): string {
    const value = this.#read(path, variable)
    // A key in a URL is encoded there.
    this.all.push(value, encodeURIComponent(value))
    return value
  }

  /** The value of a variable of a process: a key, or something else, such as a path. */
  processValue(path: readonly (string | number)[], variable: string): string {
    const value = this.#read(path, variable)
    if (keyForm.test(value)) this.all.push(value)
    return value
  }

  #read(path: readonly (string | number)[], variable: string): string {
    const value = this.#environment[variable]?.trim()
    if (!value) throw this.#file.problem(path, `the environment variable ${variable} is not set`)
    if (/[\r\n]/.test(value)) {
      throw this.#file.problem(path, `the value of ${variable} has a line break`)
    }
    return value
  }

  record(path: readonly string[], variables: Record<string, string> = {}): Record<string, string> {
    return Object.fromEntries(
      Object.entries(variables).map(([name, variable]) => [
        name,
        this.value([...path, name], variable),
      ]),
    )
  }

  credentials(path: readonly string[], { bearer, basic, headers }: WrittenCredentials = {}) {
    const all = this.record([...path, 'headers'], headers)
    if (bearer !== undefined) {
      all.authorization = `Bearer ${this.value([...path, 'bearer'], bearer)}`
    }
    if (basic !== undefined) {
      const user = this.#read([...path, 'basic', 'user'], basic.user)
      const password = this.value([...path, 'basic', 'password'], basic.password)
      const bytes = new TextEncoder().encode(`${user}:${password}`)
      all.authorization = `Basic ${bytes.toBase64()}`
      this.all.push(all.authorization)
    }
    return { headers: all }
  }
}
