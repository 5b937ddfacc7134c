import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { Api } from '../../src/connectors/openapi/api.ts'
import { callOnce, makeAgentsServer } from '../support/agents-server.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { memoryLog } from '../support/memory-log.ts'
import { isTriage } from '../support/scripted-model.ts'
import { expectNothingLeft } from '../support/test-server.ts'

expectNothingLeft()
const { onEnd } = useCleanUps()

const modules = join(import.meta.dir, '../../node_modules')
const figma = join(modules, '@figma/rest-api-spec/openapi/openapi.yaml')
const directus = join(modules, '@directus/specs/dist/openapi.json')
const dialogporten = join(modules, '@digdir/dialogporten-schema/swagger.verified.json')

const dialog = 'V1EndUserDialogsQueriesGet_Dialog'
const getDialog = `api__${dialog}`

const typed = (type: string) => ({ headers: { 'content-type': type } })

/** Starts an API that keeps its requests. */
function startApi(
  respond: (request: Request) => Response | Promise<Response> = () => Response.json({ ok: true }),
) {
  const requests: { method: string; url: string; headers: Headers; body: string }[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    development: false,
    async fetch(request) {
      const { method, url, headers } = request
      requests.push({ method, url, headers, body: await request.clone().text() })
      return respond(request)
    },
  })
  onEnd(() => server.stop(true))
  return { url: `http://127.0.0.1:${server.port}`, requests }
}

type ApiFile = { document: string; url: string; operations: string[]; more?: string }

const fileWith = ({ document, url, operations, more = '' }: ApiFile) => `
apis:
  api:
    document: ${document}
    base_url: ${url}
    operations: ${JSON.stringify(operations)}
${more}
specialists:
  - name: Reader
    ask_when: the API
    tools: [api/*]
`

/** Asks a server with one API, whose model makes one call. */
async function askApi(
  file: ApiFile,
  tool: string,
  args: unknown,
  environment: Record<string, string> = {},
) {
  const script = callOnce('Reader', tool, args)
  const server = await makeAgentsServer({
    file: fileWith(file),
    environment,
    settings: { approvalSeconds: 0 },
    parts: { script },
  })
  onEnd(server.close)
  const asked = await server.ask('Read it')
  const request = server.model?.requests.find((one) => !isTriage(one))
  return {
    ...asked,
    tools: request?.tools?.map((one) => one.function) ?? [],
    logged: server.logged,
  }
}

test('an operation of the document of Figma is called with its parameters', async () => {
  const { url, requests } = startApi()
  const { answer, tools } = await askApi(
    { document: figma, url: `${url}/api`, operations: ['getFile', 'getImages'] },
    'api__getFile',
    { file_key: 'a/b?c', depth: 2, ids: '1:2,3', branch_data: true },
  )
  expect(answer).toBe('{"ok":true}')
  expect(requests.map((one) => one.url)).toEqual([
    `${url}/api/v1/files/a%2Fb%3Fc?ids=1%3A2%2C3&depth=2&branch_data=true`,
  ])
  expect(tools.map(({ name }) => name)).toEqual(['api__getFile', 'api__getImages'])
  expect(tools[0]?.parameters).toMatchObject({
    type: 'object',
    properties: { file_key: { type: 'string' }, depth: { type: 'number' } },
    required: ['file_key'],
    additionalProperties: false,
  })
})

test('an operation of the document of Directus is called with lists, with a method and a path, and without a declared parameter', async () => {
  const { url, requests } = startApi()
  const document = { document: directus, url, operations: ['getActivities', 'GET /presets/{id}'] }
  await askApi(document, 'api__getActivities', { fields: ['id', 'user'], limit: 5 })
  const { tools } = await askApi(document, 'api__getPreset', { id: 7 })
  expect(requests.map((one) => one.url.slice(url.length))).toEqual([
    '/activity?fields=id%2Cuser&limit=5',
    '/presets/7',
  ])
  expect(tools.find(({ name }) => name === 'api__getPreset')?.parameters).toMatchObject({
    required: ['id'],
  })
})

test('an operation of the document of Dialogporten is called with headers and repeated parameters', async () => {
  const { url, requests } = startApi()
  const operation = 'V1EndUserDialogsQueriesSearch_Dialog'
  const document = { document: dialogporten, url, operations: [operation] }
  const { tools } = await askApi(document, `api__${operation}`, {
    org: ['digdir', 'nav'],
    limit: 3,
    'accept-Language': 'nb',
  })
  expect(requests[0]?.url.slice(url.length)).toBe(
    '/api/v1/enduser/dialogs?org=digdir&org=nav&limit=3',
  )
  expect(requests[0]?.headers.get('accept-language')).toBe('nb')
  expect(JSON.stringify(tools).length).toBeLessThan(20_000)
})

test('credentials are sent, win over arguments, and are in no event, also if the API repeats them', async () => {
  const { url, requests } = startApi(() => Response.json('for secret-token and secret-key'))
  const more = `    credentials:
      bearer: API_TOKEN
      query: { key: API_KEY }`
  const environment = { API_TOKEN: 'secret-token', API_KEY: 'secret-key' }
  const { events } = await askApi(
    { document: dialogporten, url, operations: [dialog], more },
    getDialog,
    { dialogId: 'x' },
    environment,
  )
  expect(requests[0]?.headers.get('authorization')).toBe('Bearer secret-token')
  expect(new URL(requests[0]?.url ?? '').searchParams.get('key')).toBe('secret-key')
  expect(JSON.stringify(events)).not.toContain('secret-')
})

test.each([
  [{ dialogId: '..' }, 'The argument dialogId cannot be ".."'],
  [{}, 'The argument dialogId is missing.'],
  [{ dialogId: 'x', host: 'evil' }, 'There is no argument host.'],
])('the arguments %j are returned to the model without a request', async (args, reason) => {
  const { url, requests } = startApi()
  const document = { document: dialogporten, url, operations: [dialog] }
  expect((await askApi(document, getDialog, args)).answer).toContain(`Failed: ${reason}`)
  expect(requests).toEqual([])
})

test('a redirect is followed within the API and refused to another host', async () => {
  const other = startApi()
  const own = startApi((request) =>
    request.url.endsWith('/moved')
      ? Response.json({ moved: true })
      : Response.redirect(request.url.endsWith('/out') ? other.url : '/moved'),
  )
  const document = { document: dialogporten, url: own.url, operations: [dialog] }
  const inside = await askApi(document, getDialog, { dialogId: 'in' })
  expect(inside.answer).toBe('{"moved":true}')
  const outside = await askApi(document, getDialog, { dialogId: 'out' })
  expect(outside.answer).toContain('The API api redirected the request, which was not followed.')
  expect(other.requests).toEqual([])
})

test.each([
  [
    '404',
    () => new Response('no such file', { status: 404 }),
    'The API reported HTTP 404: no such file',
    1,
  ],
  ['401', () => new Response('', { status: 401 }), 'The API api refused the credentials.', 2],
  ['503', () => new Response('', { status: 503 }), 'The API api answered with HTTP 503.', 2],
  [
    'a page',
    () => new Response('<p>Sign in</p>', typed('text/html')),
    'answered with a page instead of data',
    2,
  ],
  [
    'an image',
    () => new Response('x', typed('image/png')),
    '[The response (image/png, 1 bytes) is left out.]',
    1,
  ],
] as const)(
  'the response %s is described to the model',
  async (_, respond, expected, requestCount) => {
    const { url, requests } = startApi(respond)
    const document = { document: dialogporten, url, operations: [dialog] }
    expect((await askApi(document, getDialog, { dialogId: 'x' })).answer).toContain(expected)
    expect(requests).toHaveLength(requestCount)
  },
)

test('an operation that writes needs `allow_writes`, and an approval of each call', async () => {
  const { url, requests } = startApi()
  const operations = ['createComment']
  const file = fileWith({ document: directus, url, operations })
  await expect(makeAgentsServer({ file })).rejects.toThrow(
    'agents.yaml, line 4: the operation createComment is a POST, which needs `allow_writes: true`.',
  )
  const allowed = { document: directus, url, operations, more: '    allow_writes: true' }
  const args = { body: { comment: 'hello' } }
  const { answer, events } = await askApi(allowed, 'api__createComment', args)
  expect(answer).toContain('not approved: nobody answered in time')
  const wrong = await askApi(allowed, 'api__createComment', { comment: 'hello' })
  expect(wrong.answer).toContain('Failed: There is no argument comment.')
  expect(wrong.events.map(({ type }) => type)).not.toContain('approval.requested')
  expect(events.find(({ type }) => type === 'tool.failed')?.code).toBe('not_approved')
  expect(requests).toEqual([])
})

test('an approved call sends its body once, and a long response is cut', async () => {
  let response = () => new Response('', { status: 503 })
  const { url, requests } = startApi(() => response())
  const more = '    allow_writes: true'
  const file = fileWith({
    document: directus,
    url,
    operations: ['createComment', 'getActivity'],
    more,
  })
  const { agentsFile } = await makeAgentsServer({ file })
  const [settings] = agentsFile.apis
  if (settings === undefined) throw new Error('There is no API.')
  const { signal } = new AbortController()
  const api = new Api(settings, { log: memoryLog().log, monotonicMs: () => 0 })
  const { tools } = await api.source(['*']).list(signal)
  const call = (index: number, args: unknown) =>
    tools[index]?.execute(JSON.stringify(args), signal) ?? Promise.reject(new Error('no tool'))
  const posted = call(0, { body: { comment: 'hello' } })
  await expect(posted).rejects.toMatchObject({ code: 'tool_unconfirmed' })
  expect(requests).toMatchObject([{ method: 'POST', body: '{"comment":"hello"}' }])
  response = () => Response.json('x'.repeat(1_000_000))
  const text = await call(1, { id: 1 })
  expect(text).toEndWith('[Cut here, after 262144 bytes.]')
  expect(text.length).toBeLessThan(1_000_000)
})

test('a document at a URL is loaded when it can be', async () => {
  let nowMs = 0
  let isUp = false
  const api = startApi()
  const documents = startApi(() =>
    isUp ? new Response(Bun.file(dialogporten)) : new Response('', { status: 500 }),
  )
  const file = fileWith({
    document: `${documents.url}/openapi.json`,
    url: api.url,
    operations: [dialog],
  })
  const script = callOnce('Reader', getDialog, { dialogId: '1' })
  const { ask, close } = await makeAgentsServer({
    file,
    parts: { script, monotonicMs: () => nowMs },
  })
  onEnd(close)
  const absent =
    '*The description of the API api cannot be read, so its operations were not available.*'
  expect((await ask('Read')).answer).toContain(absent)
  isUp = true
  nowMs += 6000
  expect((await ask('Read')).answer).toBe('{"ok":true}')
})

test('a large YAML document at a URL is refused, and the check says why', async () => {
  const { url } = startApi(() => new Response(Bun.file(figma)))
  const file = fileWith({ document: `${url}/openapi.yaml`, url, operations: ['getFile'] })
  const { sources, close } = await makeAgentsServer({ file })
  onEnd(close)
  await expect(sources.checks[0]?.run(new AbortController().signal)).rejects.toThrow(
    'agents.yaml, line 4: it is not JSON, and YAML at a URL can have at most 64 KB',
  )
})

test('Stop ends a request to an API', async () => {
  const called = Promise.withResolvers<void>()
  const { url } = startApi((request) => {
    called.resolve()
    return new Promise((resolve) => {
      request.signal.addEventListener('abort', () => resolve(new Response()))
    })
  })
  const file = fileWith({ document: dialogporten, url, operations: ['V1WellKnownJwksGet_Jwks'] })
  const script = callOnce('Reader', 'api__V1WellKnownJwksGet_Jwks', {})
  const { open, post, close } = await makeAgentsServer({ file, parts: { script } })
  onEnd(close)
  const path = `/api/conversations/${await open()}`
  const run = crypto.randomUUID()
  const answered = post(`${path}/messages`, { message: 'Read', run })
  await called.promise
  await post(`${path}/runs/${run}/stop`)
  expect(await (await answered).json()).toMatchObject({ run: { status: 'stopped' } })
})
