import { expect } from 'bun:test'
import { makeLiveServer, useFakes } from '../connectors/ask.ts'
import { azureSecrets, startAzure } from '../connectors/fakes/azure.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { startScriptedModel } from '../support/scripted-model.ts'
import { seedFlow } from '../support/scripts.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()
const use = useFakes()
const { onEnd } = useCleanUps()

type Way = 'secret' | 'appService' | 'metadata'

/** A server whose Azure OpenAI takes tokens of the fake Entra ID, and rejects every question after an answer. */
async function serve(way: Way, more: object = {}) {
  const clock = { nowMs: Date.now() }
  const fake = await use(startAzure(() => clock.nowMs))
  const tokens: (string | null)[] = []
  const openai = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch({ headers }) {
      tokens.push(headers.get('authorization'))
      const content = JSON.stringify({ tasks: [], reject_reason: 'I only know operations.' })
      return Response.json({ choices: [{ message: { content }, finish_reason: 'stop' }] })
    },
  })
  onEnd(() => openai.stop(true))
  const settings = {
    azureEndpoint: openai.url.href,
    azureDeployments: ['one'],
    ...fake.urls,
    ...fake.settings[way],
    ...more,
  }
  const server = await makeServer(settings, { now: () => clock.nowMs })
  async function ask() {
    const path = `/api/conversations/${await server.open()}`
    return (await server.post(`${path}/messages`, { message: 'x' })).text()
  }
  return { ...server, fake, tokens, clock, ask }
}

containerTest.each([
  ['secret', {}, '/oauth2/v2.0/token', 'client secret'],
  ['appService', {}, '/msi/token', 'managed identity'],
  ['metadata', { azureClientId: 'client-7' }, '/metadata', 'managed identity'],
] as const)(
  'with %s, Azure OpenAI gets one token of Entra ID for all calls until it ends',
  async (way, more, path, identity) => {
    const { ask, fake, tokens, clock, description } = await serve(way, more)
    const answers = await Promise.all([ask(), ask()])
    expect(answers.join()).toContain('I only know operations.')
    expect(tokens).toEqual(['Bearer entra-token-1', 'Bearer entra-token-1'])
    const [request] = fake.requestsOf(path)
    const scope = new URLSearchParams(request?.body).get('scope')
    const audience = request?.query.get('resource') ?? scope?.replace('/.default', '')
    expect(audience).toBe('https://cognitiveservices.azure.com')
    clock.nowMs += 86_400_000
    await ask()
    expect(tokens[2]).toBe('Bearer entra-token-2')
    expect(description.model).toEndWith(`with Entra ID (${identity})`)
  },
)

containerTest('a wrong secret is an error of Entra ID that does not contain it', async () => {
  const { ask, fake, readLog } = await serve('secret', { azureClientSecret: 'wrong~secret-1Qq1' })
  const answer = await ask()
  expect(answer).toContain('Microsoft Entra ID refused the credentials.')
  const seen = answer + Bun.inspect(await readLog(), { depth: 9 })
  expect(seen).toContain('AADSTS7000215')
  for (const secret of [...azureSecrets, 'wrong~secret-1Qq1']) expect(seen).not.toContain(secret)
  expect(fake.requests).toHaveLength(1)
})

containerTest('if Entra ID is down, the fallback on another server answers', async () => {
  const fake = await use(startAzure(Date.now))
  // The request for a token is tried three times.
  for (let tries = 0; tries < 3; tries += 1) fake.misbehave('/oauth2', { status: 503, json: {} })
  const other = startScriptedModel(seedFlow)
  onEnd(other.stop)
  const { ask } = await makeLiveServer({
    azureEndpoint: 'http://127.0.0.1:1',
    azureDeployments: ['one'],
    ...fake.urls,
    ...fake.settings.secret,
    fallbackModel: 'two',
    fallbackBaseUrl: other.url,
  })
  const { answer, all } = await ask('Which changes are open?')
  expect(answer).toContain('change requests are open')
  expect(all).toContain('one cannot answer, so two is asked')
  expect(fake.requests).toHaveLength(3)
})
