import { expect, test } from 'bun:test'
import type { Config } from '../../src/config.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const trustedProxies = ['10.0.0.0/24', 'fd00::/8']

/** A server that takes its peer address from a test header. Without the header, the peer is the proxy. */
const serverWith = (settings: Partial<Config>) =>
  makeServer(
    { trustedProxies, ...settings },
    { remoteAddress: (request) => request.headers.get('x-test-peer') ?? '10.0.0.1' },
  )

const from = (peer: string) => ({ 'x-test-peer': peer })
const encoded = (claims: unknown) =>
  btoa(String.fromCharCode(...Buffer.from(JSON.stringify(claims))))

const forwarded = { 'x-forwarded-user': 'ann', 'x-forwarded-email': 'ann@example.com' }
const easy = {
  'x-ms-client-principal-id': 'a1',
  'x-ms-client-principal-name': 'ann@example.com',
  'x-ms-client-principal-idp': 'aad',
}

const modes = [
  ['forwarded', forwarded, { id: 'ann', name: 'ann@example.com' }],
  ['easy-auth', easy, { id: 'aad/a1', name: 'ann@example.com' }],
] as const

test.each(modes)(
  'AUTH=%s: the header of a trusted proxy names the user',
  async (auth, headers, user) => {
    const { get, logged } = await serverWith({ auth })
    for (const peer of ['10.0.0.1', '::ffff:10.0.0.200', 'fd00::7']) {
      expect(await (await get('/api/user', { ...headers, ...from(peer) })).json()).toMatchObject(
        user,
      )
    }
    expect(logged).toEqual([])
  },
)

test.each(modes)(
  'AUTH=%s: the header of any other address is ignored, and the log names the address',
  async (auth, headers) => {
    const { get, open, logged } = await serverWith({ auth })
    const id = await open(headers)
    for (const peer of ['10.0.1.1', '127.0.0.1', '::1', 'fe80::1', '203.0.113.9', '']) {
      const spoofed = { ...headers, ...from(peer), 'x-forwarded-for': '10.0.0.1' }
      for (const path of ['/', '/api/user', `/api/conversations/${id}/thinking`]) {
        expect((await get(path, spoofed)).status).toBe(401)
      }
    }
    expect(logged).toHaveLength(1)
    expect(logged[0]?.message).toContain('came from 10.0.1.1, which is not in TRUSTED_PROXIES')
    expect(JSON.stringify(logged)).not.toContain('ann')
  },
)

test.each(modes)('AUTH=%s: a request without the header gets 401', async (auth) => {
  const { get } = await serverWith({ auth })
  const response = await get('/api/user')
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBeNull()
})

test.each([
  ['forwarded', { 'x-forwarded-user': 'root, ann' }],
  ['forwarded', { 'x-forwarded-user': ' ' }],
  ['forwarded', { 'remote-user': 'ann', 'x-forwarded-email': 'ann@example.com' }],
  ['easy-auth', { ...easy, 'x-ms-client-principal-id': 'b2, a1' }],
  ['easy-auth', { 'x-ms-client-principal-name': 'ann@example.com' }],
] as const)('AUTH=%s: %p gets 401', async (auth, headers) => {
  const { get } = await serverWith({ auth })
  expect((await get('/api/user', headers)).status).toBe(401)
})

test('AUTH=forwarded reads only the headers that the settings name, such as those of Authelia', async () => {
  const { get } = await serverWith({
    auth: 'forwarded',
    forwardedUserHeader: 'remote-user',
    forwardedNameHeader: 'remote-name',
  })
  const user = await get('/api/user', { 'remote-user': 'ann', 'remote-name': 'Ann' })
  expect(await user.json()).toMatchObject({ id: 'ann', name: 'Ann' })
  expect((await get('/api/user', forwarded)).status).toBe(401)
})

test('names arrive unchanged in UTF-8 and in Latin-1', async () => {
  const { get } = await serverWith({ auth: 'forwarded' })
  const bytes = String.fromCharCode(...Buffer.from('Jörg 山田'))
  const user = await get('/api/user', { 'x-forwarded-user': 'j', 'x-forwarded-email': bytes })
  expect(await user.json()).toMatchObject({ id: 'j', name: 'Jörg 山田' })
  const latin = await get('/api/user', { 'x-forwarded-user': 'j', 'x-forwarded-email': 'J\xf6rg' })
  expect(await latin.json()).toMatchObject({ id: 'j', name: 'Jörg' })
})

test('AUTH=easy-auth: the name claim takes precedence over the email address', async () => {
  const { get } = await serverWith({ auth: 'easy-auth' })
  const claims = [
    { typ: 'preferred_username', val: 'ann@example.com' },
    { typ: 'name', val: 'Änn' },
  ]
  const principal = encoded({ auth_typ: 'aad', claims, name_typ: 'x', role_typ: 'y' })
  const user = await get('/api/user', { ...easy, 'x-ms-client-principal': principal })
  expect(await user.json()).toMatchObject({ id: 'aad/a1', name: 'Änn' })
})

test.each(['%%%', 'bm9wZQ==', encoded([]), encoded({ claims: [{ typ: 1 }] })])(
  'AUTH=easy-auth: claims that cannot be read are ignored: %p',
  async (principal) => {
    const { get } = await serverWith({ auth: 'easy-auth' })
    const user = await get('/api/user', { ...easy, 'x-ms-client-principal': principal })
    expect(await user.json()).toMatchObject({ id: 'aad/a1', name: 'ann@example.com' })
  },
)

test('AUTH=easy-auth: the same id at another provider is another user', async () => {
  const { get, open } = await serverWith({ auth: 'easy-auth' })
  const id = await open(easy)
  const other = { ...easy, 'x-ms-client-principal-idp': 'google' }
  expect((await get(`/api/conversations/${id}`, easy)).status).toBe(200)
  expect((await get(`/api/conversations/${id}`, other)).status).toBe(404)
})

const incomplete: [Partial<Config>, string][] = [
  [{ auth: 'forwarded', trustedProxies: [] }, 'AUTH=forwarded needs TRUSTED_PROXIES'],
  [{ auth: 'easy-auth', trustedProxies: [] }, 'AUTH=easy-auth needs TRUSTED_PROXIES'],
  [{ auth: 'cloudflare-access' }, 'AUTH=cloudflare-access needs CLOUDFLARE_ACCESS_TEAM'],
  [
    { auth: 'cloudflare-access', cloudflareAccessTeam: 'acme' },
    'AUTH=cloudflare-access needs CLOUDFLARE_ACCESS_AUDIENCE',
  ],
  [{ auth: 'oidc-jwt' }, 'AUTH=oidc-jwt needs OIDC_ISSUER'],
  [{ auth: 'oidc-jwt', oidcIssuer: 'https://x.example' }, 'AUTH=oidc-jwt needs OIDC_AUDIENCE'],
  [
    { auth: 'oidc-jwt', oidcIssuer: 'https://x.example', oidcAudience: 'x' },
    'AUTH=oidc-jwt needs OIDC_JWKS_URL',
  ],
  [{ auth: 'basic' }, 'AUTH=basic needs BASIC_USERS'],
]

test.each(incomplete)('%o fails at start with one sentence', async (settings, sentence) => {
  const starting = makeServer(settings)
  await expect(starting).rejects.toMatchObject({ code: 'bad_setting' })
  await expect(starting).rejects.toThrow(`${sentence}, which is not set.`)
})
