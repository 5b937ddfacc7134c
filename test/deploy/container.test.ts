import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import packageFile from '../../package.json' with { type: 'json' }
import { until } from '../support/socket-server.ts'
import { commandOf, environmentOf, textsOf } from './dockerfile.ts'
import { buildImage, bunUser, type Image } from './image.ts'

let image: Image
beforeAll(async () => {
  image = await buildImage()
}, 120_000)
afterAll(() => image?.remove())

const isRoot = process.getuid?.() === 0

/** A port that was free a moment ago. */
function freePort(): string {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  listener.stop(true)
  return String(listener.port)
}

/** Runs a command as the container would: in its folder, with its environment, as its user, who may write /data only. */
function start(command: string[], port: string) {
  const { root, stage } = image
  const environment = environmentOf(stage)
  return Bun.spawn([join(root, 'usr/local/bin', command[0] ?? ''), ...command.slice(1)], {
    cwd: join(root, textsOf(stage.instructions, 'WORKDIR').at(-1) ?? ''),
    env: {
      ...environment,
      PATH: join(root, 'usr/local/bin'),
      HOME: '/nowhere',
      DATA_DIR: join(root, environment.DATA_DIR ?? ''),
      // The container listens to its network; a test listens to nobody but itself.
      HOST: '127.0.0.1',
      PORT: port,
      THINK_MS: '0',
    },
    stdout: 'pipe',
    stderr: 'pipe',
    // Not root, so the tree, which is root's, is read-only to it. Who is not root cannot become another.
    ...(isRoot && { uid: bunUser, gid: bunUser }),
  })
}

test('the container listens to its network, keeps its history in a volume, and is not root', () => {
  const { instructions } = image.stage
  expect(environmentOf(image.stage)).toEqual({
    ...{ NODE_ENV: 'production', HOST: '0.0.0.0', PORT: '8000', DATA_DIR: '/data' },
  })
  expect(textsOf(instructions, 'VOLUME')).toEqual(['/data'])
  expect(textsOf(instructions, 'EXPOSE')).toEqual(['8000'])
  expect(textsOf(instructions, 'USER')).toEqual(['bun'])
})

test('what the Dockerfile makes starts, answers, is found healthy, and ends at SIGTERM with 0', async () => {
  const port = freePort()
  const server = start(commandOf(image.stage, 'CMD'), port)
  const complaints = new Response(server.stderr).text()
  const healthCheck = async () => await start(commandOf(image.stage, 'HEALTHCHECK'), port).exited
  const url = `http://127.0.0.1:${port}`
  try {
    const alive = async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.ok === true
    await until(async () => server.exitCode !== null || (await alive()), 'it answers')
    expect(await healthCheck()).toBe(0)
    const page = await fetch(url)
    expect(page.status).toBe(200)
    const files = [...(await page.text()).matchAll(/"(\/static\/[^"]+)"/g)]
    expect(files.length).toBeGreaterThan(3)
    for (const [, path] of files) expect((await fetch(url + path)).status).toBe(200)
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
    const created = await fetch(`${url}/api/conversations`, { ...json, body: '{}' })
    const question = JSON.stringify({ message: 'Which change requests are open?' })
    const where = `${url}${created.headers.get('location')}/messages`
    const answer = await (await fetch(where, { ...json, body: question })).json()
    expect(answer).toMatchObject({ run: { status: 'finished' } })
  } finally {
    server.kill('SIGTERM')
    const giveUp = setTimeout(() => server.kill('SIGKILL'), 20_000)
    await server.exited
    clearTimeout(giveUp)
  }
  expect(await complaints).toBe('')
  expect(server.exitCode).toBe(0)
  expect(await healthCheck()).toBe(1)
}, 60_000)

test('it wrote nothing but its history', () => {
  expect(readdirSync(join(image.root, 'data'))).toContain('opsagent.db')
  const newest = Math.max(...filesIn(join(image.root, 'app')).map((path) => statSync(path).mtimeMs))
  const history = statSync(join(image.root, 'data/opsagent.db')).birthtimeMs
  expect(newest).toBeLessThan(history)
})

test('it holds no package that only the tests need', () => {
  const packages = join(image.root, 'app/node_modules')
  for (const name of Object.keys(packageFile.dependencies)) {
    expect(`${name} ${existsSync(join(packages, name))}`).toBe(`${name} true`)
  }
  for (const name of Object.keys(packageFile.devDependencies)) {
    expect(`${name} ${existsSync(join(packages, name))}`).toBe(`${name} false`)
  }
  const own = filesIn(join(image.root, 'app')).filter((path) => !path.startsWith(packages))
  const size = (paths: string[]) => paths.reduce((sum, path) => sum + statSync(path).size, 0)
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
  const both = [mb(size(own)), mb(size(filesIn(packages)))] as const
  process.stderr.write(`The app in the container: ${both[0]} of ours, ${both[1]} of packages.\n`)
})

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
