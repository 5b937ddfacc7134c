import { afterEach, expect, test } from 'bun:test'
import { exportSPKI, SignJWT } from 'jose'
import { accessRules, cloudflareAccess } from '../../src/http/identity/cloudflare-access.ts'
import { oidcJwt } from '../../src/http/identity/oidc-jwt.ts'
import { memoryLog } from '../support/memory-log.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'
import { goodClaims, makeKey, signWith, startTokenIssuer } from '../support/token-issuer.ts'

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
      ...{ auth: 'oidc-jwt', oidcIssuer: rules.issuer, oidcAudience: rules.audience },
      ...{ oidcJwksUrl: keysUrl, ...settings },
    },
    parts,
  )
}

async function fresh(options = {}) {
  issuer = await startTokenIssuer(options)
  return issuer
}

test('a good token is a user, by its sub and its name', async () => {
  const { sign } = await fresh()
  const { get } = await serverWith()
  const response = await get('/api/user', bearer(await sign()))
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ id: 'ann', name: 'Ann' })
})

test.each(['RS256', 'PS384', 'ES256', 'EdDSA'])('a token signed with %s is good', async (alg) => {
  const { sign } = await fresh({ alg })
  const { get } = await serverWith()
  expect((await get('/api/user', bearer(await sign()))).status).toBe(200)
})

test('without a token a program is told what is asked for, and nobody asks for keys', async () => {
  const made = await fresh()
  const { get } = await serverWith()
  const response = await get('/api/user')
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBe('Bearer realm="OpsAgent"')
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(made.asked).toBe(0)
})

test('a page without a token is a page that says so, with its headers', async () => {
  await fresh()
  const { get } = await serverWith()
  const response = await get('/')
  expect(response.status).toBe(401)
  expect(await response.text()).toContain('Please sign in first.')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
})

test.each([
  ['is expired', { exp: inSeconds(-40) }],
  ['never expires', { exp: undefined }],
  ['is not valid yet', { nbf: inSeconds(60) }],
  ['is for somebody else', { aud: 'another-app' }],
  ['is for nobody', { aud: undefined }],
  ['is from somebody else', { iss: 'https://evil.example/' }],
  ['is from nobody', { iss: undefined }],
  ['is of nobody', { sub: undefined }],
  ['is of an empty name', { sub: '' }],
])('a token that %s is refused', async (_, change) => {
  const { sign } = await fresh()
  const { get } = await serverWith()
  expect((await get('/api/user', bearer(await sign()))).status).toBe(200)
  const bad = await sign(change as Parameters<typeof sign>[0])
  const response = await get('/api/user', bearer(bad))
  expect(response.status).toBe(401)
  expect(await response.text()).not.toContain(bad)
})

test.each([
  ['expired', { exp: inSeconds(-20) }],
  ['begins', { nbf: inSeconds(20) }],
  ['is for several, us among them', { aud: ['other', 'opsagent'] }],
])('a clock may be off by half a minute, an audience a list: %s', async (_, change) => {
  const { sign } = await fresh()
  const { get } = await serverWith()
  expect((await get('/api/user', bearer(await sign(change)))).status).toBe(200)
})

test('a token that says it needs no signature is refused', async () => {
  await fresh()
  const { get } = await serverWith()
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = part(goodClaims())
  for (const alg of ['none', 'None', '']) {
    const token = `${part({ alg, kid: 'first' })}.${claims}.`
    expect((await get('/api/user', bearer(token))).status).toBe(401)
  }
})

test('a token signed with the public key as a secret is refused', async () => {
  const { key } = await fresh()
  const { get } = await serverWith()
  for (const secret of [await exportSPKI(key.publicKey), JSON.stringify(key.jwk)]) {
    const token = await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: 'HS256', kid: key.kid })
      .sign(new TextEncoder().encode(secret))
    expect((await get('/api/user', bearer(token))).status).toBe(401)
  }
})

test('a token that was changed, or signed by another key of that name, is refused', async () => {
  const { sign } = await fresh()
  const { get } = await serverWith()
  const [head, , signature] = (await sign()).split('.')
  const claims = Buffer.from(JSON.stringify({ ...goodClaims(), sub: 'bob' })).toString('base64url')
  expect((await get('/api/user', bearer(`${head}.${claims}.${signature}`))).status).toBe(401)
  const forged = await signWith(await makeKey('first'), goodClaims())
  expect((await get('/api/user', bearer(forged))).status).toBe(401)
})

test('a token that brings its own key along is refused', async () => {
  await fresh()
  const { get } = await serverWith()
  const own = await makeKey('first')
  const { kid, alg, jwk } = own
  const token = await new SignJWT(goodClaims())
    .setProtectedHeader({ alg, kid, jwk, jku: 'https://evil.example/keys' })
    .sign(own.privateKey)
  expect((await get('/api/user', bearer(token))).status).toBe(401)
})

test.each(['', 'x', 'x.y', 'x.y.z', '..', '.'.repeat(500), 'a.b.c.d.e'])(
  'nonsense for a token is refused: %p',
  async (token) => {
    await fresh()
    const { get, logged } = await serverWith()
    expect((await get('/api/user', bearer(token))).status).toBe(401)
    expect(logged.map(({ message }) => message).join()).not.toContain('request')
  },
)

test('a cookie counts only if the settings name it, and after Authorization', async () => {
  const { sign } = await fresh()
  const cookie = { cookie: `other=1; session=${await sign()}` }
  const without = await serverWith()
  expect((await without.get('/api/user', cookie)).status).toBe(401)
  const { get } = await serverWith({ oidcCookie: 'session' })
  expect(await (await get('/api/user', cookie)).json()).toMatchObject({ id: 'ann' })
  const both = { ...cookie, ...bearer(await sign({ sub: 'bob' })) }
  expect(await (await get('/api/user', both)).json()).toMatchObject({ id: 'bob' })
})

test('why a token was refused stands in the log, without the token, once a minute', async () => {
  const { sign } = await fresh()
  const { get, logged } = await serverWith()
  const token = await sign({ aud: 'another-app' })
  await get('/api/user', bearer(token))
  await get('/api/user', bearer(token))
  expect(logged).toHaveLength(1)
  expect(String(logged[0]?.cause)).toContain('"aud"')
  expect(`${logged[0]?.cause} ${logged[0]?.message}`).not.toContain('another-app')
})

test('an expired session is nothing for the log', async () => {
  const { sign } = await fresh()
  const { get, logged } = await serverWith()
  await get('/api/user', bearer(await sign({ exp: inSeconds(-3600) })))
  expect(logged).toEqual([])
})

function identifyWith(rules: { cooldownMs?: number } = {}, now = Date.now) {
  const { keysUrl, issuer: name, audience } = issuer
  const { log, logged } = memoryLog()
  const identify = oidcJwt({ keysUrl, issuer: name, audience, ...rules }, { now, log })
  const arrival = { address: undefined, host: 'x', proxied: false, schemeTold: false } as const
  const ask = async (token: string) =>
    await identify(new Request('http://x/', { headers: bearer(token) }), {
      ...arrival,
      scheme: 'http',
    })
  return { ask, logged }
}

test('the user carries until when the token holds', async () => {
  const { sign } = await fresh()
  const exp = inSeconds(100)
  const user = await identifyWith().ask(await sign({ exp }))
  expect(user).toEqual({ id: 'ann', name: 'Ann', expiresAt: (exp + 30) * 1000 })
})

test('a token of a new key is good as soon as the key is published', async () => {
  const made = await fresh()
  const { ask } = identifyWith({ cooldownMs: 0 })
  expect(await ask(await made.sign())).toBeDefined()
  const old = await made.sign()
  await made.rotate('second')
  expect(await ask(await made.sign())).toBeDefined()
  expect(await ask(old)).toBeUndefined()
})

test('tokens with made-up keys do not make us ask for keys again and again', async () => {
  const made = await fresh()
  const { ask } = identifyWith()
  await ask(await made.sign())
  const unknown = await makeKey('made-up')
  for (let count = 0; count < 5; count += 1) {
    expect(await ask(await signWith(unknown, goodClaims()))).toBeUndefined()
  }
  expect(made.asked).toBe(1)
})

test.each([
  ['fails', () => new Response('secret', { status: 500 })],
  ['fails with a body', () => Response.json({ keys: [issuer.key.jwk] }, { status: 500 })],
  ['sends a page', () => new Response('<html>')],
  ['sends other JSON', () => Response.json({ error: 'x' })],
  ['sends us elsewhere', () => Response.redirect('https://evil.example/keys')],
])('when the address of the keys %s, the answer is a 503 with a plain sentence', async (_, say) => {
  const made = await fresh()
  made.answerWith(say)
  const { get, logged } = await serverWith()
  const response = await get('/api/user', bearer(await made.sign()))
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('5')
  expect(await response.json()).toMatchObject({
    code: 'sign_on_down',
    title: 'Who you are cannot be checked right now. Please try again in a moment.',
  })
  expect(logged).toHaveLength(1)
  expect(logged[0]?.message).toContain(made.keysUrl)
})

test('an issuer that cannot be reached is asked every five seconds, and then people get in', async () => {
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
  issuer.answerWith(() => Response.json({ keys: [jwk] }))
  await expect(ask(token)).rejects.toMatchObject({ code: 'sign_on_down' })
  at += 5000
  expect(await ask(token)).toMatchObject({ id: 'ann' })
})

test('who is known stays known while the issuer is down, also when others bring made-up keys', async () => {
  const made = await fresh()
  const { ask } = identifyWith({ cooldownMs: 0 })
  const token = await made.sign()
  await ask(token)
  made.answerWith(() => new Response(null, { status: 500 }))
  const unknown = await signWith(await makeKey('made-up'), goodClaims())
  await expect(ask(unknown)).rejects.toMatchObject({ code: 'sign_on_down' })
  expect(await ask(token)).toMatchObject({ id: 'ann' })
})

async function accessServer() {
  const { keysUrl } = await fresh()
  const services = { now: Date.now, log: memoryLog().log }
  const rules = { ...accessRules('acme', 'tag'), keysUrl }
  return makeServer({}, { identify: cloudflareAccess(rules, services) })
}

const assertion = (token: string) => ({ 'cf-access-jwt-assertion': token })
const acme = { iss: 'https://acme.cloudflareaccess.com', aud: ['tag'] }

test('Cloudflare Access: an assertion of the team for this application is a user', async () => {
  const { get } = await accessServer()
  const token = await issuer.sign({ ...acme, sub: 'u1', email: 'ann@example.com' })
  const user = await get('/api/user', assertion(token))
  expect(await user.json()).toEqual({ id: 'u1', name: 'ann@example.com' })
  expect((await get('/api/user', bearer(token))).status).toBe(401)
})

test('Cloudflare Access: a service is known by its token, and is no person of that name', async () => {
  const { get } = await accessServer()
  const token = await issuer.sign({ ...acme, sub: '', common_name: 'u1' })
  const user = await get('/api/user', assertion(token))
  expect(await user.json()).toEqual({ id: 'service/u1', name: 'u1' })
})

test.each([
  ['another application', { aud: ['other'] }],
  ['another team', { iss: 'https://evil.cloudflareaccess.com' }],
  ['nobody', { sub: '', common_name: undefined }],
])('Cloudflare Access: an assertion of %s is refused', async (_, change) => {
  const { get } = await accessServer()
  const token = await issuer.sign({ ...acme, ...change })
  expect((await get('/api/user', assertion(token))).status).toBe(401)
})

test('Cloudflare Access: only RS256 is taken', async () => {
  const { keysUrl } = await fresh({ alg: 'ES256' })
  const rules = { ...accessRules('acme', 'tag'), keysUrl }
  const identify = cloudflareAccess(rules, { now: Date.now, log: memoryLog().log })
  const { get } = await makeServer({}, { identify })
  expect((await get('/api/user', assertion(await issuer.sign(acme)))).status).toBe(401)
})
