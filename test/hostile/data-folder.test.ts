import { expect, test } from 'bun:test'
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { useCleanUps } from '../support/clean-ups.ts'
import { startProcess, startServer } from '../support/server-process.ts'
import { canMount, makeDisk } from '../support/small-disk.ts'
import { until } from '../support/socket-server.ts'

const { onEnd, dataDir } = useCleanUps()

async function start(path: string) {
  const server = await startServer({ DATA_DIR: path })
  onEnd(async () => {
    server.kill('SIGKILL')
    await server.exited
  })
  return server
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8)
}

function modesIn(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, modeOf(join(folder, name))]))
}

const privateModes = {
  'opsagent.db': '600',
  'opsagent.db-shm': '600',
  'opsagent.db-wal': '600',
  'opsagent.lock': '600',
  'opsagent.lock-journal': '600',
}

test.each([0o000, 0o277])('with the umask %d a new data folder is private', async (umask) => {
  const folder = join(dataDir(), 'new')
  const before = process.umask(umask)
  const starting = start(folder)
  process.umask(before)
  await starting
  expect(modeOf(folder)).toBe('700')
  expect(modesIn(folder)).toEqual(privateModes)
})

test('a data folder that other users can read is made private at the next start', async () => {
  const folder = dataDir()
  const first = await start(folder)
  first.kill('SIGKILL')
  await first.exited
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o664)
  chmodSync(folder, 0o755)
  const second = await start(folder)
  expect(modeOf(folder)).toBe('700')
  expect(modesIn(folder)).toEqual(privateModes)
  second.kill('SIGTERM')
  expect(await second.errors).toBe('')
})

test('a folder that all users share keeps its mode, and the log warns', async () => {
  const folder = join(dataDir(), 'shared')
  mkdirSync(folder)
  chmodSync(folder, 0o1777)
  const server = await start(folder)
  expect(modeOf(folder)).toBe('1777')
  expect(modesIn(folder)).toEqual(privateModes)
  server.kill('SIGTERM')
  expect(await server.errors).toContain(`cannot change the mode of ${folder} (1777). `)
})

test('a second server does not start although the lock file was deleted', async () => {
  const folder = dataDir()
  const first = await start(folder)
  rmSync(join(folder, 'opsagent.lock'))
  const second = startProcess({ DATA_DIR: folder })
  expect(await second.exited).toBe(1)
  expect(await second.errors).toStartWith(
    'OpsAgent cannot start. Another server already uses this data folder.',
  )
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200)
  first.kill('SIGKILL')
  await first.exited
  await start(folder)
  expect(readdirSync(folder).sort()).toEqual(Object.keys(privateModes))
})

test('a server is not ready while its database file is deleted or replaced', async () => {
  const folder = dataDir()
  const { url, kill, errors } = await start(folder)
  const file = join(folder, 'opsagent.db')
  const status = async () => (await fetch(`${url}/readyz`)).status
  expect(await status()).toBe(200)
  rmSync(file)
  await until(async () => (await status()) === 503, 'it is not ready')
  writeFileSync(file, '')
  for (let check = 0; check < 3; check += 1) expect(await status()).toBe(503)
  kill('SIGTERM')
  const lines = (await errors).split('\n').filter((line) => line.includes('failed its check'))
  expect(lines).toHaveLength(1)
  expect(await errors).toContain(`${file} was deleted or replaced while the server runs`)
})

test('many probes of readiness write at most once a second', async () => {
  const folder = dataDir()
  const { url } = await start(folder)
  const sizeOf = () => statSync(join(folder, 'opsagent.db-wal')).size
  const before = sizeOf()
  const from = performance.now()
  for (let probe = 0; probe < 200; probe += 1) {
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
  }
  const grown = sizeOf() - before
  expect(grown).toBeGreaterThan(0)
  const seconds = (performance.now() - from) / 1000
  // A write is a page of 4 KiB with its head.
  expect(grown).toBeLessThanOrEqual((seconds + 2) * 4120)
})

test('a damaged database ends the start with a sentence about backups', async () => {
  const folder = dataDir()
  writeFileSync(join(folder, 'opsagent.db'), 'no database '.repeat(1000))
  const { exited, errors } = startProcess({ DATA_DIR: folder })
  expect(await exited).toBe(1)
  expect(await errors).toMatch(
    /cannot start\. .*The database is damaged.*history restore FILE.*\n$/,
  )
})

const diskTest = test.skipIf(!canMount)

diskTest('a disk that cannot be written ends the start with a sentence about rights', async () => {
  const { path, remove } = makeDisk('size=4m,ro')
  onEnd(remove)
  const { exited, errors } = startProcess({ DATA_DIR: path })
  expect(await exited).toBe(1)
  const output = await errors
  expect(output).toMatch(/cannot start\. .*This process may not write there.*\n$/)
  expect(output).not.toContain('damaged')
})

diskTest('a server is not ready while its disk is full, and ready again afterwards', async () => {
  const { path, fill, free, remove } = makeDisk('size=8m')
  onEnd(remove)
  const { url } = await start(path)
  const status = async () => (await fetch(`${url}/readyz`)).status
  expect(await status()).toBe(200)
  fill()
  await until(async () => (await status()) === 503, 'it is not ready')
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  free()
  await until(async () => (await status()) === 200, 'it is ready')
})
