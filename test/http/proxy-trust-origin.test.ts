import { expect, test } from 'bun:test'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()

const json = { 'content-type': 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Every kind of write there is, each to a conversation of its own. */
async function writes(headers: Record<string, string>, settings = {}, peer = '203.0.113.9') {
  const { app, open, runs } = await makeServer(
    { host: '0.0.0.0', ...settings },
    { remoteAddress: () => peer },
  )
  const send = async (
    method: string,
    path: string,
    type: Record<string, string>,
    body?: string,
  ) => {
    const request = new Request(`http://inner:8000${path}`, {
      ...{ method, headers: { host: 'inner:8000', ...type, ...headers } },
      ...(body !== undefined && { body }),
    })
    const { status } = await app.fetch(request)
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
  await runs.drain(5000)
  return statuses.map((status) => (status === 403 ? 'refused' : 'taken'))
}

type Case = [string, Record<string, string>, 'taken' | 'refused']

const site = (value: string) => ({ 'sec-fetch-site': value })
const origin = (value: string) => ({ origin: value })
const foreign = origin('https://evil.example')

const always: Case[] = [
  ['a program', {}, 'taken'],
  ['our page', site('same-origin'), 'taken'],
  ['our page, with an origin that a proxy hides', { ...site('same-origin'), ...foreign }, 'taken'],
  ['a person without a page', site('none'), 'taken'],
  ['another site', { ...site('cross-site'), ...foreign }, 'refused'],
  ['another site that says nothing more', site('cross-site'), 'refused'],
  ['a neighbour on the same domain', site('same-site'), 'refused'],
  ['a kind of site that there is not', site('ours'), 'refused'],
  ['another site in an old browser', foreign, 'refused'],
  ['a page in a sandbox', origin('null'), 'refused'],
  ['nonsense', origin('http://'), 'refused'],
  ['an origin that begins like ours', origin('http://inner:8000.evil.example'), 'refused'],
  ['another port', origin('http://inner:8001'), 'refused'],
  ['no port', origin('http://inner'), 'refused'],
  ['a scheme that is none of ours', origin('ftp://inner:8000'), 'refused'],
]

test.each([
  ...always,
  ['our page in an old browser', origin('http://inner:8000'), 'taken'],
  ['our page behind TLS that nobody told us of', origin('https://inner:8000'), 'taken'],
  ['a claim to be behind a proxy', { ...foreign, 'x-forwarded-host': 'evil.example' }, 'refused'],
  [
    'a site that outvotes its origin',
    { ...site('cross-site'), ...origin('http://inner:8000') },
    'refused',
  ],
] satisfies Case[])('without a proxy every write of %s is %3$s', async (_, headers, fate) => {
  expect(new Set(await writes(headers))).toEqual(new Set([fate]))
})

const told = {
  ...{ 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' },
  'x-forwarded-host': 'ops.example',
}

test.each([
  ...always,
  ['our page in an old browser', origin('https://ops.example'), 'taken'],
  ['our page with the port written', origin('https://ops.example:443'), 'taken'],
  ['our name without TLS', origin('http://ops.example'), 'refused'],
  ['our inner name', origin('http://inner:8000'), 'refused'],
] satisfies Case[])('behind a proxy every write of %s is %3$s', async (_, headers, fate) => {
  const settings = { trustedProxies: ['10.0.0.1'] }
  const statuses = await writes({ ...told, ...headers }, settings, '10.0.0.1')
  expect(new Set(statuses)).toEqual(new Set([fate]))
})

test('a proxy that says nothing of the scheme may end TLS', async () => {
  const settings = { trustedProxies: ['10.0.0.1'] }
  const headers = { 'x-forwarded-host': 'ops.example', ...origin('https://ops.example') }
  expect(new Set(await writes(headers, settings, '10.0.0.1'))).toEqual(new Set(['taken']))
})

test('reading is let through from everywhere', async () => {
  const { get } = await makeServer({ host: '0.0.0.0' })
  expect((await get('/', { ...site('cross-site'), ...foreign })).status).toBe(200)
})
