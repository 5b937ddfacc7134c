import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { bundleAssets, loadStaticFiles } from '../../src/entry/assets.ts'
import { makeDataDir } from '../support/server-process.ts'

const { urls, respond } = await loadStaticFiles()
const get = (url: string, headers: Record<string, string> = {}) =>
  respond(new Request(`http://localhost${url}`, { headers }))

test('the URL of an asset contains a hash of its content', async () => {
  const { app, css } = await bundleAssets()
  const hash = new Bun.CryptoHasher('sha256').update(css.bytes).digest('hex')
  expect(css.url).toBe(`/static/app.${hash.slice(0, 12)}.css`)
  expect(app.url).toMatch(/^\/static\/app\.[0-9a-f]{12}\.js$/)
  expect(urls).toMatchObject({ app: app.url, css: css.url })
})

test('the script of the page is one bundle without imports', async () => {
  const script = await get(urls.app).text()
  expect(script).not.toMatch(/\bimport\b/)
  // The clock of a running turn is the function that the server renders with.
  expect(script).toContain(' min ')
})

test('browsers keep an asset for ever and get it compressed', async () => {
  const plain = get(urls.css)
  const zipped = get(urls.css, { 'accept-encoding': 'gzip, br' })
  expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(plain.headers.get('content-type')).toBe('text/css; charset=utf-8')
  expect(zipped.headers.get('content-encoding')).toBe('gzip')
  expect(zipped.headers.get('vary')).toBe('accept-encoding')
  expect(Bun.gunzipSync(await zipped.bytes())).toEqual(await plain.bytes())
})

test.each(['ETAG', 'W/ETAG', '"other", ETAG'])(
  'an asset that the browser has is not sent again: if-none-match %s',
  async (header) => {
    const etag = get(urls.icon).headers.get('etag') ?? ''
    expect(etag).toMatch(/^".+"$/)
    const response = get(urls.icon, { 'if-none-match': header.replace('ETAG', etag) })
    expect([response.status, await response.text()]).toEqual([304, ''])
    expect(get(urls.icon, { 'if-none-match': '"other"' }).status).toBe(200)
  },
)

test('another URL is not found', () => {
  expect(() => get('/static/app.css')).toThrow(expect.objectContaining({ code: 'not_found' }))
})

test('the command writes the same files and a manifest of their URLs', async () => {
  const { path, remove } = makeDataDir()
  const command = Bun.spawn([process.execPath, 'src/entry/assets.ts', path], {
    cwd: join(import.meta.dir, '../..'),
  })
  expect(await command.exited).toBe(0)
  expect(await Bun.file(join(path, 'manifest.json')).json()).toEqual(urls)
  for (const url of Object.values(urls)) {
    expect(await Bun.file(join(path, url)).bytes()).toEqual(await get(url).bytes())
  }
  remove()
})

test('the command without a folder shows its usage', async () => {
  const command = Bun.spawn([process.execPath, 'src/entry/assets.ts'], {
    cwd: join(import.meta.dir, '../..'),
    stderr: 'pipe',
  })
  expect(await command.exited).toBe(1)
  expect(await new Response(command.stderr).text()).toStartWith('Usage: bun run assets FOLDER')
})
