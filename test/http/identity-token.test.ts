import { afterEach, expect, test } from 'bun:test'
import { exportSPKI, SignJWT } from 'jose'
import { oidcJwt } from '../../src/http/identity/token-user.ts'
import { memoryLog } from '../support/memory-log.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'
import { makeKey, signWith, startTokenIssuer, validClaims } from '../support/token-issuer.ts'

expectNothingLeft()

let issuer: Awaited<ReturnType<typeof startTokenIssuer>>
afterEach(() => issuer.stop())

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds

async function serverWith(settings: Parameters<typeof makeServer>[0] = {}, parts = {}) {
  issuer ??= await startTokenIssuer()
  const { keysUrl, ...rules } = issuer
  return makeServer(
    {
      auth: 'oidc-jwt',
      oidcIssuer: rules.issuer,
      oidcAudience: rules.audience,
      oidcJwksUrl: keysUrl,
      ...settings,
    },
    parts,
  )
}

async function fresh(options = {}) {
  issuer = await startTokenIssuer(options)
  return issuer
}

test('a valid token identifies the user by sub and name', async () => {
  const { sign } = await fresh()
  const { get } = await serverWith()
  const response = await get('/api/user', bearer(await sign()))
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ id: 'ann', name: 'Ann' })
})

test.each(['RS256', 'PS384', 'ES256', 'EdDSA'])('a token signed with %s is valid', async (alg) => {
  const { sign } = await fresh({ alg })
  const { get } = await serverWith()
  expect((await get('/api/user', bearer(await sign()))).status).toBe(200)
})

test('a request without a token gets a challenge and causes no read of the key set', async () => {
  const made = await fresh()
  const { get } = await serverWith()
  const response = await get('/api/user')
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBe('Bearer realm="OpsAgent"')
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(made.reads).toBe(0)
})

test('a page request without a token gets an error page with the page headers', async () => {
  await fresh()
  const { get } = await serverWith()
  const response = await get('/')
  expect(response.status).toBe(401)
  expect(await response.text()).toContain('Please sign in first.')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
})

const invalidClaims: [string, Record<string, unknown>][] = [
  ['is expired', { exp: inSeconds(-40) }],
  ['never expires', { exp: undefined }],
  ['is not valid yet', { nbf: inSeconds(3600) }],
  ['has another audience', { aud: 'another-app' }],
  ['has no audience', { aud: undefined }],
  ['has another issuer', { iss: 'https://evil.example/' }],
  ['has no issuer', { iss: undefined }],
  ['has no sub', { sub: undefined }],
  ['has an empty sub', { sub: '' }],
]

test.each(invalidClaims)('a token that %s is refused', async (_, changes) => {
  const { sign } = await fresh()
  const { get } = await serverWith()
  expect((await get('/api/user', bearer(await sign()))).status).toBe(200)
  const bad = await sign(changes)
  const response = await get('/api/user', bearer(bad))
  expect(response.status).toBe(401)
  expect(await response.text()).not.toContain(bad)
})

test.each([
  ['that expired 20 s ago', () => ({ exp: inSeconds(-20) })],
  ['that begins in 20 s', () => ({ nbf: inSeconds(20) })],
  ['with several audiences', () => ({ aud: ['other', 'opsagent'] })],
])('a token %s is valid', async (_, makeChanges) => {
  const { sign } = await fresh()
  const { get } = await serverWith()
  expect((await get('/api/user', bearer(await sign(makeChanges())))).status).toBe(200)
})

test('a token with the algorithm `none` is refused', async () => {
  await fresh()
  const { get } = await serverWith()
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = part(validClaims())
  for (const alg of ['none', 'None', '']) {
    const token = `${part({ alg, kid: 'first' })}.${claims}.`
    expect((await get('/api/user', bearer(token))).status).toBe(401)
  }
})

test('a token signed with the public key as a symmetric key is refused', async () => {
  const { key } = await fresh()
  const { get } = await serverWith()
  for (const secret of [await exportSPKI(key.publicKey), JSON.stringify(key.jwk)]) {
    const token = await new SignJWT(validClaims())
      .setProtectedHeader({ alg: 'HS256', kid: key.kid })
      .sign(new TextEncoder().encode(secret))
    expect((await get('/api/user', bearer(token))).status).toBe(401)
  }
})

test('a token that was modified, or signed by another key with the same id, is refused', async () => {
  const { sign } = await fresh()
  const { get } = await serverWith()
  const [head, , signature] = (await sign()).split('.')
  const claims = Buffer.from(JSON.stringify({ ...validClaims(), sub: 'bob' })).toString('base64url')
  expect((await get('/api/user', bearer(`${head}.${claims}.${signature}`))).status).toBe(401)
  const forged = await signWith(await makeKey('first'), validClaims())
  expect((await get('/api/user', bearer(forged))).status).toBe(401)
})

test('a token with a key in its header is refused', async () => {
  await fresh()
  const { get } = await serverWith()
  const { kid, alg, jwk, privateKey } = await makeKey('first')
  const token = await new SignJWT(validClaims())
    .setProtectedHeader({ alg, kid, jwk, jku: 'https://evil.example/keys' })
    .sign(privateKey)
  expect((await get('/api/user', bearer(token))).status).toBe(401)
})

test.each(['', 'x', 'x.y', 'x.y.z', '..', '.'.repeat(500), 'a.b.c.d.e'])(
  'text that is not a token is refused: %p',
  async (token) => {
    await fresh()
    const { get, readLog } = await serverWith()
    expect((await get('/api/user', bearer(token))).status).toBe(401)
    expect((await readLog()).map(({ message }) => message).join()).not.toContain('request')
  },
)

test('a cookie counts only if the settings name it, and Authorization takes precedence', async () => {
  const { sign } = await fresh()
  const cookie = { cookie: `other=1; session=${await sign()}` }
  const without = await serverWith()
  expect((await without.get('/api/user', cookie)).status).toBe(401)
  const { get } = await serverWith({ oidcCookie: 'session' })
  expect(await (await get('/api/user', cookie)).json()).toMatchObject({ id: 'ann' })
  const both = { ...cookie, ...bearer(await sign({ sub: 'bob' })) }
  expect(await (await get('/api/user', both)).json()).toMatchObject({ id: 'bob' })
})

test('a refused token is logged with the reason and without the token, once a minute', async () => {
  const { sign } = await fresh()
  const { get, readLog } = await serverWith()
  const token = await sign({ aud: 'another-app' })
  await get('/api/user', bearer(token))
  await get('/api/user', bearer(token))
  const logged = await readLog()
  expect(logged).toHaveLength(1)
  expect(logged[0]?.level).toBe('warn')
  expect(String(logged[0]?.cause)).toContain('"aud"')
  expect(`${logged[0]?.cause} ${logged[0]?.message}`).not.toContain('another-app')
})

test('an expired token is not logged', async () => {
  const { sign } = await fresh()
  const { get, readLog } = await serverWith()
  await get('/api/user', bearer(await sign({ exp: inSeconds(-3600) })))
  expect(await readLog()).toEqual([])
})

function identifyWith(rules: { cooldownMs?: number } = {}, monotonicMs = Date.now) {
  const { keysUrl, issuer: name, audience } = issuer
  const { log, logged } = memoryLog()
  const identify = oidcJwt(
    { keysUrl, issuer: name, audience, ...rules },
    { now: Date.now, monotonicMs, log },
  )
  const arrival = { address: undefined, host: 'x', proxied: false } as const
  const ask = async (token: string) =>
    await identify(new Request('http://x/', { headers: bearer(token) }), {
      ...arrival,
      scheme: 'http',
      schemeFromProxy: false,
    })
  return { ask, logged }
}

test('the user expires with the token', async () => {
  const { sign } = await fresh()
  const exp = inSeconds(100)
  const user = await identifyWith().ask(await sign({ exp }))
  expect(user).toEqual({ id: 'ann', name: 'Ann', expiresAt: (exp + 30) * 1000 })
})

test('after a rotation, tokens of the new key are valid and those of the old key are not', async () => {
  const made = await fresh()
  const { ask } = identifyWith({ cooldownMs: 0 })
  expect(await ask(await made.sign())).toBeDefined()
  const old = await made.sign()
  await made.rotate('second')
  expect(await ask(await made.sign())).toBeDefined()
  expect(await ask(old)).toBeUndefined()
})

test('tokens with unknown key ids do not cause repeated reads of the key set', async () => {
  const made = await fresh()
  const { ask } = identifyWith()
  await ask(await made.sign())
  const unknown = await makeKey('made-up')
  for (let count = 0; count < 5; count += 1) {
    expect(await ask(await signWith(unknown, validClaims()))).toBeUndefined()
  }
  expect(made.reads).toBe(1)
})

test.each([
  ['returns 500', () => new Response('secret', { status: 500 })],
  ['returns 500 with a key set', () => Response.json({ keys: [issuer.key.jwk] }, { status: 500 })],
  ['returns HTML', () => new Response('<html>')],
  ['returns other JSON', () => Response.json({ error: 'x' })],
  ['redirects', () => Response.redirect('https://evil.example/keys')],
])('the response is a 503 with a plain sentence when the key set URL %s', async (_, respond) => {
  const made = await fresh()
  made.respondWith(respond)
  const { get, readLog } = await serverWith()
  const response = await get('/api/user', bearer(await made.sign()))
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('5')
  expect(await response.json()).toMatchObject({
    code: 'sign_on_down',
    title: 'Your identity cannot be checked right now. Please try again in a moment.',
  })
  const logged = await readLog()
  expect(logged).toHaveLength(1)
  expect(logged[0]?.message).toContain(made.keysUrl)
})

test('an unreachable issuer is retried after five seconds, and then tokens are valid again', async () => {
  const made = await fresh()
  const port = Number(new URL(made.keysUrl).port)
  const token = await made.sign()
  made.stop()
  let at = Date.now()
  const { ask, logged } = identifyWith({}, () => at)
  await expect(ask(token)).rejects.toMatchObject({ code: 'sign_on_down' })
  await expect(ask(token)).rejects.toMatchObject({ code: 'sign_on_down' })
  expect(logged).toHaveLength(1)
  const { jwk } = made.key
  issuer = await startTokenIssuer({ port })
  issuer.respondWith(() => Response.json({ keys: [jwk] }))
  await expect(ask(token)).rejects.toMatchObject({ code: 'sign_on_down' })
  at += 5000
  expect(await ask(token)).toMatchObject({ id: 'ann' })
})

test('known keys stay valid while the issuer is down, even if tokens name unknown keys', async () => {
  const made = await fresh()
  const { ask } = identifyWith({ cooldownMs: 0 })
  const token = await made.sign()
  await ask(token)
  made.respondWith(() => new Response(null, { status: 500 }))
  const unknown = await signWith(await makeKey('made-up'), validClaims())
  await expect(ask(unknown)).rejects.toMatchObject({ code: 'sign_on_down' })
  expect(await ask(token)).toMatchObject({ id: 'ann' })
})

async function accessServer() {
  const { keysUrl } = await fresh()
  return makeServer({}, { accessKeysUrl: keysUrl })
}

const assertion = (token: string) => ({ 'cf-access-jwt-assertion': token })
const acme = { iss: 'https://acme.cloudflareaccess.com', aud: ['tag'] }

test('AUTH=cloudflare-access: an assertion of the team for this application identifies the user', async () => {
  const { get } = await accessServer()
  const token = await issuer.sign({ ...acme, sub: 'u1', email: 'ann@example.com' })
  const user = await get('/api/user', assertion(token))
  expect(await user.json()).toMatchObject({ id: 'u1', name: 'ann@example.com' })
  expect((await get('/api/user', bearer(token))).status).toBe(401)
})

test('AUTH=cloudflare-access: a service token has its own id, which no user can have', async () => {
  const { get } = await accessServer()
  const token = await issuer.sign({ ...acme, sub: '', common_name: 'u1' })
  const user = await get('/api/user', assertion(token))
  expect(await user.json()).toMatchObject({ id: 'service/u1', name: 'u1' })
})

test.each([
  ['another application', { aud: ['other'] }],
  ['another team', { iss: 'https://evil.cloudflareaccess.com' }],
  ['no subject', { sub: '', common_name: undefined }],
])('AUTH=cloudflare-access: an assertion of %s is refused', async (_, changes) => {
  const { get } = await accessServer()
  const token = await issuer.sign({ ...acme, ...changes })
  expect((await get('/api/user', assertion(token))).status).toBe(401)
})

test('AUTH=cloudflare-access: only RS256 is accepted', async () => {
  const { keysUrl } = await fresh({ alg: 'ES256' })
  const { get } = await makeServer({}, { accessKeysUrl: keysUrl })
  expect((await get('/api/user', assertion(await issuer.sign(acme)))).status).toBe(401)
})
