import { z } from 'zod'

const sourceName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, {
  error: 'must be 1 to 32 lower-case letters, digits, "-" or "_"',
})

const variable = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, { error: 'must be the name of an environment variable, not its value' })

const url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })

const patterns = z.array(z.string().min(1).max(128))

const credentials = z
  .strictObject({
    bearer: variable
      .exactOptional()
      .describe('Variable with a token. It is sent as `Authorization: Bearer <token>`.'),
    basic: z
      .strictObject({ user: variable, password: variable })
      .exactOptional()
      .describe('Variables with a user name and a password for HTTP basic authentication.'),
    headers: z
      .record(z.string().regex(/^[\w-]+$/, { error: 'must be the name of a header' }), variable)
      .exactOptional()
      .describe('For each header the variable with its value.'),
  })
  .describe('Names of environment variables, never values.')

const mcpServer = z
  .strictObject({
    url: url.exactOptional().describe('URL of a server with Streamable HTTP.'),
    command: z.string().min(1).exactOptional().describe('Program to start instead (stdio).'),
    args: z.array(z.string()).exactOptional().describe('Arguments of the program.'),
    env: z
      .array(variable)
      .exactOptional()
      .describe(
        'Variables that the program gets. Without it, it gets PATH, HOME and the like only.',
      ),
    credentials: credentials.exactOptional(),
    allow: patterns
      .exactOptional()
      .describe(
        'Tools to offer; `*` stands for any characters. By default all that are marked as read-only. Any other tool has to be named in full, and each of its calls needs an approval.',
      ),
    deny: patterns.exactOptional().describe('Tools that are never offered. It wins over `allow`.'),
    connect_seconds: z
      .int()
      .min(1)
      .max(60)
      .exactOptional()
      .describe('How long to wait for the connection and for the list of tools. Default: 10.'),
  })
  .refine(({ url, command }) => (url === undefined) !== (command === undefined), {
    error: 'needs either `url` or `command`',
  })

const api = z.strictObject({
  document: z
    .string()
    .min(1)
    .describe('OpenAPI 3 document, YAML or JSON: a URL, or a path relative to this file.'),
  base_url: url
    .exactOptional()
    .describe('URL of the API. By default the first server of the document.'),
  operations: z
    .array(z.string().min(1))
    .min(1)
    .describe(
      'Operations to offer: an `operationId`, or a method and a path such as `GET /users`.',
    ),
  allow_writes: z
    .boolean()
    .exactOptional()
    .describe(
      'Whether operations other than GET may be offered. Each of their calls needs an approval.',
    ),
  credentials: credentials
    .extend({
      query: z
        .record(z.string().min(1), variable)
        .exactOptional()
        .describe('For each parameter of the URL the variable with its value.'),
    })
    .exactOptional(),
})

const specialist = z.strictObject({
  name: z
    .string()
    .trim()
    .regex(/^[^\n:*]{1,60}$/, { error: 'must be 1 to 60 characters without ":" and "*"' })
    .describe('As users read it. The name of a built-in specialist changes that one.'),
  ask_when: z
    .string()
    .trim()
    .min(1)
    .max(1000)
    .exactOptional()
    .describe('What it can be asked. Triage decides by this text.'),
  instructions: z
    .string()
    .trim()
    .min(1)
    .max(20_000)
    .exactOptional()
    .describe('How it works. Rules for writing are added.'),
  tools: z
    .array(z.string().min(1))
    .exactOptional()
    .describe(
      'Names of built-in tools, `search_runbooks`, and `<server or API>/<tool>`, in which `*` stands for any characters.',
    ),
  model: z.string().min(1).exactOptional().describe('A model of the server of the settings.'),
  limits: z
    .strictObject({
      model_calls: z.int().min(1).max(100).exactOptional(),
      seconds: z.int().min(1).max(3600).exactOptional(),
      tool_result_bytes: z.int().min(1024).max(10_000_000).exactOptional(),
      context_tokens: z.int().min(1000).max(10_000_000).exactOptional(),
    })
    .exactOptional()
    .describe('Limits of this specialist instead of those of the settings.'),
})

/** The agents file as it is written. The JSON Schema for editors is made from it. */
export const agentsFileSchema = z.strictObject({
  mcp_servers: z
    .record(sourceName, mcpServer)
    .exactOptional()
    .describe('MCP servers by name. The name begins the names of its tools.'),
  apis: z
    .record(sourceName, api)
    .exactOptional()
    .describe('HTTP APIs with an OpenAPI document, by name.'),
  specialists: z.array(specialist).exactOptional().describe('Specialists to add or to change.'),
  remove: z
    .array(z.string())
    .exactOptional()
    .describe(
      'Built-in specialists to remove: ServiceNow, Log Analytics, Service Health, Runbooks.',
    ),
})

/** What an agents file says. */
export type WrittenAgents = z.output<typeof agentsFileSchema>

/** The JSON Schema for editors. */
export function agentsJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(agentsFileSchema, { io: 'input' })
  return { $schema, title: 'Agents file of OpsAgent', ...schema }
}
