import { expect, test } from 'bun:test'
import {
  hashPassword,
  isPassword,
  readPasswordHash,
} from '../../src/http/identity/password-hash.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const rounds = 100_000
const ann = `ann:${await hashPassword('correct horse', rounds)}`
const jorg = `Jörg:${await hashPassword('Käse:Brot', rounds)}`
const auth = 'basic' as const

const basic = (text: string) => ({
  authorization: `Basic ${Buffer.from(text, 'utf8').toString('base64')}`,
})
const serverOf = (basicUsers: string[], parts = {}) => makeServer({ auth, basicUsers }, parts)

test('name and password open the door, and say who one is', async () => {
  const { get } = await serverOf([ann, jorg])
  const user = await get('/api/user', basic('ann:correct horse'))
  expect(await user.json()).toEqual({ id: 'ann', name: 'ann' })
})

test('a name and a password may be in any writing, and a password have colons', async () => {
  const { get } = await serverOf([ann, jorg])
  for (const form of ['NFC', 'NFD'] as const) {
    const user = await get('/api/user', basic('Jörg:Käse:Brot'.normalize(form)))
    expect(await user.json()).toEqual({ id: 'Jörg', name: 'Jörg' })
  }
})

test('who is not let in is asked for name and password in UTF-8', async () => {
  const { get } = await serverOf([ann])
  for (const path of ['/', '/api/user']) {
    const response = await get(path)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="OpsAgent", charset="UTF-8"')
  }
})

test.each([
  ['a wrong password', basic('ann:wrong')],
  ['the beginning of a password', basic('ann:correct')],
  ['no password', basic('ann:')],
  ['an unknown name', basic('bob:correct horse')],
  ['a name in other letters', basic('Ann:correct horse')],
  ['no name', basic(':correct horse')],
  ['no colon', basic('ann')],
  ['no Base64', { authorization: 'Basic ann:correct horse' }],
  ['broken Base64', { authorization: 'Basic a' }],
  ['no UTF-8', { authorization: `Basic ${btoa('J\xf6rg:K\xe4se:Brot')}` }],
  ['another scheme', { authorization: 'Bearer x.y.z' }],
  ['the hash as a password', basic(ann)],
])('%s is refused, and all of them alike', async (_, headers) => {
  const { get } = await serverOf([ann, jorg])
  const response = await get('/api/user', headers)
  expect(response.status).toBe(401)
  const { request_id, ...problem } = (await response.json()) as Record<string, unknown>
  expect(problem).toEqual({
    ...{ type: 'about:blank', title: 'Please sign in first.', status: 401, code: 'unauthorized' },
  })
})

test('more than ten wrong ones in a minute from one address are refused, right ones too', async () => {
  let at = 1_000_000
  let address = '192.0.2.1'
  const parts = { now: () => at, remoteAddress: () => address }
  const { get } = await serverOf([ann], parts)
  const guess = async (password: string) =>
    (await get('/api/user', basic(`ann:${password}`))).status
  for (let count = 0; count < 10; count += 1) expect(await guess(`wrong ${count}`)).toBe(401)
  expect(await guess('wrong')).toBe(429)
  expect(await guess('correct horse')).toBe(429)
  address = '192.0.2.2'
  expect(await guess('correct horse')).toBe(200)
  address = '192.0.2.1'
  at += 60_000
  expect(await guess('wrong')).toBe(401)
  const { headers } = await get('/api/user')
  expect(headers.get('retry-after')).toBeNull()
})

test('the same wrong one again and again counts each time', async () => {
  const { get } = await serverOf([ann])
  const guess = async () => (await get('/api/user', basic('ann:wrong'))).status
  for (let count = 0; count < 10; count += 1) expect(await guess()).toBe(401)
  expect(await guess()).toBe(429)
})

test('right ones are not counted, however many sign on from one address', async () => {
  const { get } = await serverOf([ann])
  const { authorization } = basic('ann:correct horse')
  for (let count = 1; count <= 20; count += 1) {
    const headers = { authorization: authorization.replace(' ', ' '.repeat(count)) }
    expect((await get('/api/user', headers)).status).toBe(200)
  }
})

test('wrong ones that come all at once are counted too, and told how long to wait', async () => {
  const { get } = await serverOf([ann])
  const guesses = Array.from({ length: 14 }, (_, count) => get('/api/user', basic(`ann:${count}`)))
  const responses = await Promise.all(guesses)
  expect(responses.filter(({ status }) => status === 401)).toHaveLength(10)
  const refused = responses.filter(({ status }) => status === 429)
  expect(refused).toHaveLength(4)
  for (const { headers } of refused) {
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(59)
  }
})

test('one who changes the address within an IPv6 network is one', async () => {
  let count = 0
  const remoteAddress = () => `2001:db8::${count.toString(16)}`
  const { get } = await serverOf([ann], { remoteAddress })
  for (; count < 10; count += 1) {
    expect((await get('/api/user', basic(`ann:wrong ${count}`))).status).toBe(401)
  }
  expect((await get('/api/user', basic('ann:wrong'))).status).toBe(429)
})

test('who is signed in is not held up by the wrong ones of others at the same address', async () => {
  const { get } = await serverOf([ann])
  expect((await get('/api/user', basic('ann:correct horse'))).status).toBe(200)
  for (let count = 0; count < 11; count += 1) await get('/api/user', basic(`ann:wrong ${count}`))
  expect((await get('/api/user', basic('ann:correct horse'))).status).toBe(200)
})

test('twenty requests of a page that opens are one check of the password', async () => {
  const { get } = await serverOf([ann])
  const opening = Array.from({ length: 20 }, () => get('/api/user', basic('ann:correct horse')))
  for (const { status } of await Promise.all(opening)) expect(status).toBe(200)
})

test('a right password is asked for again by nobody for five minutes, and checked after them', async () => {
  let at = 1_000_000
  const { get } = await serverOf([ann], { now: () => at })
  const right = basic('ann:correct horse')
  const wrong = async () => (await get('/api/user', basic(`ann:${crypto.randomUUID()}`))).status
  expect((await get('/api/user', right)).status).toBe(200)
  at += 299_000
  for (let count = 0; count < 10; count += 1) expect(await wrong()).toBe(401)
  expect((await get('/api/user', right)).status).toBe(200)
  at += 1000
  expect((await get('/api/user', right)).status).toBe(429)
})

test.each([
  ['a password as it is', ['ann:secret'], 'Entry 1'],
  ['no name', [ann, `:${await hashPassword('x', rounds)}`], 'Entry 2'],
  ['the same name twice', [ann, ann], 'Entry 2'],
  ['a hash that is cut', [ann.slice(0, -6)], 'Entry 1'],
  ['too few rounds', [ann.replace(`${rounds}`, '1000')], 'Entry 1'],
])('%s in BASIC_USERS is told at start, without what stands there', async (_, users, entry) => {
  const starting = serverOf(users)
  await expect(starting).rejects.toMatchObject({ code: 'bad_setting' })
  await expect(starting).rejects.toThrow(entry)
  await expect(starting).rejects.not.toThrow('secret')
})

test('a hash that differs in any one byte is another', async () => {
  const hash = readPasswordHash(ann.slice('ann:'.length))
  if (hash === undefined) throw new Error('The hash could not be read.')
  expect(await isPassword('correct horse', hash)).toBe(true)
  for (const place of [0, 15, 31]) {
    const changed = hash.hash.map((byte, index) => (index === place ? byte ^ 1 : byte))
    expect(await isPassword('correct horse', { ...hash, hash: changed })).toBe(false)
  }
})

test('two hashes of one password differ', async () => {
  const [one, two] = await Promise.all([hashPassword('x', rounds), hashPassword('x', rounds)])
  expect(one).not.toBe(two)
  expect(readPasswordHash(one)?.iterations).toBe(rounds)
})
