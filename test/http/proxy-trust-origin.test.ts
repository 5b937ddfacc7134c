import { expect, test } from 'bun:test'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Sends every kind of write, each to its own conversation, and returns whether each was accepted. */
async function writes(headers: Record<string, string>, settings = {}, parts = {}) {
  const { request, open } = await makeServer(
    { host: '0.0.0.0', ...settings },
    { ownHosts: 'any', ...parts },
  )
  const send = async (
    method: string,
    path: string,
    type: Record<string, string>,
    body?: string,
  ) => {
    const { status } = await request(`http://inner:8000${path}`, {
      method,
      headers: { host: 'inner:8000', ...type, ...headers },
      ...(body !== undefined && { body }),
    })
    return status
  }
  const api = async () => `/api/conversations/${await open()}`
  const page = async () => `/conversations/${await open()}`
  const run = crypto.randomUUID()
  const statuses = [
    await send('POST', '/api/conversations', json, '{}'),
    await send('POST', `${await api()}/messages`, json, '{"message":"hello"}'),
    await send('PUT', await api(), json, '{"title":"x"}'),
    await send('DELETE', await api(), {}),
    await send('POST', `${await api()}/runs/${run}/stop`, {}),
    await send('PATCH', await api(), json, '{}'),
    await send('POST', '/conversations', form, 'message=hello'),
    await send('POST', `${await page()}/messages`, form, 'message=hello'),
    await send('PUT', await page(), form, 'title=x'),
    await send('DELETE', await page(), {}),
  ]
  return statuses.map((status) => (status === 403 ? 'refused' : 'accepted'))
}

type Case = [string, Record<string, string>, 'accepted' | 'refused']

const site = (value: string) => ({ 'sec-fetch-site': value })
const origin = (value: string) => ({ origin: value })
const foreign = origin('https://evil.example')

const always: Case[] = [
  ['a program', {}, 'accepted'],
  ['the own page', site('same-origin'), 'accepted'],
  [
    'the own page, with an origin that a proxy changed',
    { ...site('same-origin'), ...foreign },
    'accepted',
  ],
  ['a browser without a page', site('none'), 'accepted'],
  ['another site', { ...site('cross-site'), ...foreign }, 'refused'],
  ['another site without an origin', site('cross-site'), 'refused'],
  ['another host of the same domain', site('same-site'), 'refused'],
  ['an unknown kind of site', site('same-party'), 'refused'],
  ['another site in an old browser', foreign, 'refused'],
  ['a sandboxed page', origin('null'), 'refused'],
  ['an invalid origin', origin('http://'), 'refused'],
  ['an origin with the own host as a prefix', origin('http://inner:8000.evil.example'), 'refused'],
  ['another port', origin('http://inner:8001'), 'refused'],
  ['no port', origin('http://inner'), 'refused'],
  ['another scheme', origin('ftp://inner:8000'), 'refused'],
]

test.each([
  ...always,
  ['the own page in an old browser', origin('http://inner:8000'), 'accepted'],
  ['the own page behind TLS that no proxy reports', origin('https://inner:8000'), 'accepted'],
  [
    'a client that forges proxy headers',
    { ...foreign, 'x-forwarded-host': 'evil.example' },
    'refused',
  ],
  [
    'another site with a forged origin',
    { ...site('cross-site'), ...origin('http://inner:8000') },
    'refused',
  ],
] satisfies Case[])('without a proxy every write of %s is %3$s', async (_, headers, outcome) => {
  expect(new Set(await writes(headers))).toEqual(new Set([outcome]))
})

const fromProxy = {
  'x-forwarded-for': '192.0.2.1',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'ops.example',
}

const behindProxy = [{ trustedProxies: ['10.0.0.1'] }, { remoteAddress: () => '10.0.0.1' }] as const

containerTest.each([
  ...always,
  ['the own page in an old browser', origin('https://ops.example'), 'accepted'],
  ['the own page with an explicit port', origin('https://ops.example:443'), 'accepted'],
  ['the own host without TLS', origin('http://ops.example'), 'refused'],
  ['the inner host', origin('http://inner:8000'), 'refused'],
] satisfies Case[])('behind a proxy every write of %s is %3$s', async (_, headers, outcome) => {
  const statuses = await writes({ ...fromProxy, ...headers }, ...behindProxy)
  expect(new Set(statuses)).toEqual(new Set([outcome]))
})

containerTest('a proxy that does not report the scheme may terminate TLS', async () => {
  const headers = { 'x-forwarded-host': 'ops.example', ...origin('https://ops.example') }
  expect(new Set(await writes(headers, ...behindProxy))).toEqual(new Set(['accepted']))
})

test('reads are accepted from every site', async () => {
  const { get } = await makeServer({ host: '0.0.0.0' }, { ownHosts: 'any' })
  expect((await get('/', { ...site('cross-site'), ...foreign })).status).toBe(200)
})
