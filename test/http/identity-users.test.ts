import { afterAll, expect, test } from 'bun:test'
import { hashPassword } from '../../src/http/identity/password-hash.ts'
import { seedFlow } from '../support/scripts.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'
import { startTokenIssuer } from '../support/token-issuer.ts'

expectNothingLeft()

const issuer = await startTokenIssuer()
afterAll(() => issuer.stop())

const proxy = {
  settings: { trustedProxies: ['10.0.0.1'] },
  parts: { remoteAddress: () => '10.0.0.1' },
}
const password = await hashPassword('correct horse', 100_000)
const token = (sub: string, claims = {}) => issuer.sign({ sub, name: sub, ...claims })

type Mode = {
  settings?: Parameters<typeof makeServer>[0]
  parts?: Parameters<typeof makeServer>[1]
  headersOf: (name: string) => Record<string, string> | Promise<Record<string, string>>
}

const proxyModes: Record<string, Mode> = {
  'easy-auth': {
    settings: { auth: 'easy-auth', ...proxy.settings },
    parts: proxy.parts,
    headersOf: (name) => ({ 'x-ms-client-principal-id': name, 'x-ms-client-principal-idp': 'aad' }),
  },
  forwarded: {
    settings: { auth: 'forwarded', ...proxy.settings },
    parts: proxy.parts,
    headersOf: (name) => ({ 'x-forwarded-user': name }),
  },
}

const modes: Record<string, Mode> = {
  'cloudflare-access': {
    parts: { accessKeysUrl: issuer.keysUrl },
    headersOf: async (name) => ({
      'cf-access-jwt-assertion': await token(name, {
        iss: 'https://acme.cloudflareaccess.com',
        aud: 'tag',
      }),
    }),
  },
  'oidc-jwt': {
    settings: {
      auth: 'oidc-jwt',
      oidcIssuer: issuer.issuer,
      oidcAudience: issuer.audience,
      oidcJwksUrl: issuer.keysUrl,
    },
    headersOf: async (name) => ({ authorization: `Bearer ${await token(name)}` }),
  },
  basic: {
    settings: { auth: 'basic', basicUsers: [`ann:${password}`, `bob:${password}`] },
    headersOf: (name) => ({ authorization: `Basic ${btoa(`${name}:correct horse`)}` }),
  },
}

async function expectIsolation(_: string, { settings = {}, parts = {}, headersOf }: Mode) {
  const made = await makeServer(settings, { script: seedFlow, ...parts })
  const { get, post, put, remove, open } = made
  const ann = await headersOf('ann')
  const bob = await headersOf('bob')
  const id = await open(ann)
  const run = crypto.randomUUID()
  const question = { message: 'Which changes are open?', run }
  expect((await post(`/api/conversations/${id}/messages`, question, ann)).status).toBe(200)
  const api = `/api/conversations/${id}`
  const page = `/conversations/${id}`
  for (const path of [api, `${api}/runs/${run}`, page, `${page}/runs/${run}`]) {
    expect((await get(path, ann)).status).toBe(200)
    expect((await get(path, bob)).status).toBe(404)
  }
  for (const path of [`${api}/thinking`, `${page}/thinking`]) {
    const own = await get(`${path}?run=${run}`, ann)
    expect(own.status).toBe(200)
    expect(await own.text()).toContain('event: done')
    expect((await get(`${path}?run=${run}`, bob)).status).toBe(404)
    expect((await get(`${path}?run=${run}`)).status).toBe(401)
  }
  expect((await post(`${api}/messages`, { message: 'x' }, bob)).status).toBe(404)
  expect((await post(`${api}/runs/${run}/stop`, undefined, bob)).status).toBe(404)
  expect((await put(api, { title: 'x' }, bob)).status).toBe(404)
  expect((await remove(api, undefined, bob)).status).toBe(404)
  const list = async (headers: Record<string, string>) =>
    ((await (await get('/api/conversations', headers)).json()) as { conversations: unknown[] })
      .conversations
  expect(await list(bob)).toEqual([])
  expect(await list(ann)).toHaveLength(1)
}

const name = 'AUTH=%s: a user gets 404 for the conversations, runs and streams of another user'
test.each(Object.entries(modes))(name, expectIsolation)
containerTest.each(Object.entries(proxyModes))(name, expectIsolation)
