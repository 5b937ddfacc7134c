import { expect, test } from 'bun:test'
import { clientAddress } from '../../src/entry/edge-identity.ts'
import { AttemptLimit } from '../../src/http/identity/attempt-limit.ts'
import {
  hashPassword,
  isPassword,
  readPasswordHash,
} from '../../src/http/identity/password-hash.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const iterations = 100_000
const ann = `ann:${await hashPassword('correct horse', iterations)}`
const jorg = `Jörg:${await hashPassword('Käse:Brot', iterations)}`
const auth = 'basic' as const

const credentials = (text: string) => ({
  authorization: `Basic ${Buffer.from(text, 'utf8').toString('base64')}`,
})
const startWith = (basicUsers: string[], parts = {}) => makeServer({ auth, basicUsers }, parts)

test('a valid name and password identify the user', async () => {
  const { get } = await startWith([ann, jorg])
  const user = await get('/api/user', credentials('ann:correct horse'))
  expect(await user.json()).toMatchObject({ id: 'ann', name: 'ann' })
})

test('names and passwords may use either Unicode normalization, and passwords may contain colons', async () => {
  const { get } = await startWith([ann, jorg])
  for (const form of ['NFC', 'NFD'] as const) {
    const user = await get('/api/user', credentials('Jörg:Käse:Brot'.normalize(form)))
    expect(await user.json()).toMatchObject({ id: 'Jörg', name: 'Jörg' })
  }
})

test('a 401 asks for a name and a password in UTF-8', async () => {
  const { get } = await startWith([ann])
  for (const path of ['/', '/api/user']) {
    const response = await get(path)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="OpsAgent", charset="UTF-8"')
  }
})

test.each([
  ['a wrong password', credentials('ann:wrong')],
  ['the beginning of a password', credentials('ann:correct')],
  ['no password', credentials('ann:')],
  ['an unknown name', credentials('bob:correct horse')],
  ['a name in another case', credentials('Ann:correct horse')],
  ['no name', credentials(':correct horse')],
  ['no colon', credentials('ann')],
  ['text that is not Base64', { authorization: 'Basic ann:correct horse' }],
  ['incomplete Base64', { authorization: 'Basic a' }],
  ['text that is not UTF-8', { authorization: `Basic ${btoa('J\xf6rg:K\xe4se:Brot')}` }],
  ['another scheme', { authorization: 'Bearer x.y.z' }],
  ['the hash as a password', credentials(ann)],
])('%s gets the same 401 as every other failure', async (_, headers) => {
  const { get } = await startWith([ann, jorg])
  const response = await get('/api/user', headers)
  expect(response.status).toBe(401)
  const { request_id, ...problem } = (await response.json()) as Record<string, unknown>
  expect(problem).toEqual({
    type: 'about:blank',
    title: 'Please sign in first.',
    status: 401,
    code: 'unauthorized',
  })
})

containerTest(
  'after ten wrong passwords in a minute, an address gets 429 for every password',
  async () => {
    let at = 1_000_000
    let address = '192.0.2.1'
    const parts = { monotonicMs: () => at, remoteAddress: () => address }
    const { get } = await startWith([ann], parts)
    const attempt = async (password: string) =>
      (await get('/api/user', credentials(`ann:${password}`))).status
    for (let count = 0; count < 10; count += 1) expect(await attempt(`wrong ${count}`)).toBe(401)
    expect(await attempt('wrong')).toBe(429)
    expect(await attempt('correct horse')).toBe(429)
    address = '192.0.2.2'
    expect(await attempt('correct horse')).toBe(200)
    address = '192.0.2.1'
    at += 60_000
    expect(await attempt('wrong')).toBe(401)
    const { headers } = await get('/api/user')
    expect(headers.get('retry-after')).toBeNull()
  },
)

test('each repetition of one wrong password counts', async () => {
  const { get } = await startWith([ann])
  const attempt = async () => (await get('/api/user', credentials('ann:wrong'))).status
  for (let count = 0; count < 10; count += 1) expect(await attempt()).toBe(401)
  expect(await attempt()).toBe(429)
})

test('right passwords do not count, however many arrive from one address', async () => {
  const { get } = await startWith([ann])
  const { authorization } = credentials('ann:correct horse')
  for (let count = 1; count <= 20; count += 1) {
    const headers = { authorization: authorization.replace(' ', ' '.repeat(count)) }
    expect((await get('/api/user', headers)).status).toBe(200)
  }
})

containerTest(
  'concurrent wrong passwords count too, and the 429 has the time to wait',
  async () => {
    const { get } = await startWith([ann], { monotonicMs: () => 1_000_000 })
    const attempts = Array.from({ length: 14 }, (_, count) =>
      get('/api/user', credentials(`ann:${count}`)),
    )
    const responses = await Promise.all(attempts)
    expect(responses.filter(({ status }) => status === 401)).toHaveLength(10)
    const refused = responses.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(4)
    for (const { headers } of refused) {
      expect(headers.get('retry-after')).toBe('60')
    }
  },
)

test('all addresses of one IPv6 /64 share a limit', async () => {
  const { get } = await startWith([ann], { remoteAddress: clientAddress })
  const attempt = async (address: string, password: string) => {
    const headers = { ...credentials(`ann:${password}`), 'cf-connecting-ip': address }
    return (await get('/api/user', headers)).status
  }
  for (let count = 0; count < 10; count += 1) {
    expect(await attempt(`2001:db8::${count.toString(16)}`, `wrong ${count}`)).toBe(401)
  }
  expect(await attempt('2001:db8::a', 'wrong')).toBe(429)
  expect(await attempt('2001:db8:0:1::a', 'wrong')).toBe(401)
})

test('wrong passwords do not block a signed-in user at the same address', async () => {
  const { get } = await startWith([ann])
  expect((await get('/api/user', credentials('ann:correct horse'))).status).toBe(200)
  for (let count = 0; count < 11; count += 1)
    await get('/api/user', credentials(`ann:wrong ${count}`))
  expect((await get('/api/user', credentials('ann:correct horse'))).status).toBe(200)
})

test('the counts of wrong passwords are bounded: the oldest of 10,000 networks is evicted', async () => {
  const limit = new AttemptLimit(() => 0)
  const fail = (address: string) => limit.attempt(address, async () => false)
  for (let count = 0; count < 10; count += 1) await fail('192.0.2.1')
  await expect(fail('192.0.2.1')).rejects.toMatchObject({ code: 'too_many_requests' })
  for (let count = 0; count < 9999; count += 1) await fail(`10.0.${count >> 8}.${count & 255}`)
  await expect(fail('192.0.2.1')).rejects.toMatchObject({ code: 'too_many_requests' })
  await fail('10.1.0.0')
  expect(await fail('192.0.2.1')).toBe(false)
})

test('the seventeenth concurrent password check is refused', async () => {
  const limit = new AttemptLimit(() => 0)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const check = (count: number) => limit.attempt(`192.0.2.${count}`, () => promise)
  const checks = Array.from({ length: 16 }, (_, count) => check(count))
  await expect(check(16)).rejects.toMatchObject({ code: 'too_many_requests' })
  resolve(true)
  expect(await Promise.all(checks)).toEqual(Array.from({ length: 16 }, () => true))
  expect(await check(16)).toBe(true)
})

test('twenty concurrent requests of one user are one password check', async () => {
  const { get } = await startWith([ann])
  const requests = Array.from({ length: 20 }, () =>
    get('/api/user', credentials('ann:correct horse')),
  )
  for (const { status } of await Promise.all(requests)) expect(status).toBe(200)
})

containerTest(
  'a right password is remembered for five minutes and then checked again',
  async () => {
    let at = 1_000_000
    const { get } = await startWith([ann], { monotonicMs: () => at })
    const right = credentials('ann:correct horse')
    const wrong = async () =>
      (await get('/api/user', credentials(`ann:${crypto.randomUUID()}`))).status
    expect((await get('/api/user', right)).status).toBe(200)
    at += 299_000
    for (let count = 0; count < 10; count += 1) expect(await wrong()).toBe(401)
    expect((await get('/api/user', right)).status).toBe(200)
    at += 1000
    expect((await get('/api/user', right)).status).toBe(429)
  },
)

test.each([
  ['a plain-text password', ['ann:secret'], 'Entry 1'],
  ['no name', [ann, `:${await hashPassword('x', iterations)}`], 'Entry 2'],
  ['the same name twice', [ann, ann], 'Entry 2'],
  ['a truncated hash', [ann.slice(0, -6)], 'Entry 1'],
  ['too few iterations', [ann.replace(`${iterations}`, '1000')], 'Entry 1'],
])(
  '%s in BASIC_USERS fails at start, with the position of the entry and not its text',
  async (_, users, entry) => {
    const starting = startWith(users)
    await expect(starting).rejects.toMatchObject({ code: 'bad_setting' })
    await expect(starting).rejects.toThrow(entry)
    await expect(starting).rejects.not.toThrow('secret')
  },
)

test('a password does not match a hash that differs in one byte', async () => {
  const hash = readPasswordHash(ann.slice('ann:'.length))
  if (hash === undefined) throw new Error('The hash could not be read.')
  expect(await isPassword('correct horse', hash)).toBe(true)
  for (const place of [0, 15, 31]) {
    const changed = hash.hash.map((byte, index) => (index === place ? byte ^ 1 : byte))
    expect(await isPassword('correct horse', { ...hash, hash: changed })).toBe(false)
  }
})

test('two hashes of one password have different salts', async () => {
  const [one, two] = await Promise.all([
    hashPassword('x', iterations),
    hashPassword('x', iterations),
  ])
  expect(one).not.toBe(two)
  expect(readPasswordHash(one)?.iterations).toBe(iterations)
})
