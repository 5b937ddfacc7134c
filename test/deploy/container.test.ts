import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import packageFile from '../../package.json' with { type: 'json' }
import { commandOf, environmentOf, textsOf } from './dockerfile.ts'
import { buildImage, bunUser, type Image } from './image.ts'

let image: Image
beforeAll(async () => {
  image = await buildImage()
}, 120_000)
afterAll(() => image?.remove())

const isRoot = process.getuid?.() === 0

/** Runs a command like the container: in its working folder, with its environment, as a user that may write to /data. */
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
      // The container listens on 0.0.0.0. The test must not be reachable from other machines.
      HOST: '127.0.0.1',
      PORT: port,
      THINK_MS: '0',
    },
    stdout: 'pipe',
    stderr: 'pipe',
    // Files of the image belong to root, so the user `bun` cannot write them. Only root can switch users.
    ...(isRoot && { uid: bunUser, gid: bunUser }),
  })
}

/** Waits for the line that names the address, and returns its port. Reads on, so that a full pipe cannot block. */
async function readPort(output: ReadableStream<Uint8Array>): Promise<string> {
  const found = Promise.withResolvers<string>()
  void (async () => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of output) {
      text += decoder.decode(chunk, { stream: true })
      const port = /listens on http:\/\/[^:]+:(\d+)\n/.exec(text)?.[1]
      if (port !== undefined) found.resolve(port)
    }
    found.reject(new Error('The server exited before it listened.'))
  })()
  return await found.promise
}

test('the image listens on all interfaces, keeps its history in a volume, and does not run as root', () => {
  const { instructions } = image.stage
  expect(environmentOf(image.stage)).toEqual({
    NODE_ENV: 'production',
    HOST: '0.0.0.0',
    PORT: '8000',
    DATA_DIR: '/data',
  })
  expect(textsOf(instructions, 'VOLUME')).toEqual(['/data'])
  expect(textsOf(instructions, 'EXPOSE')).toEqual(['8000'])
  expect(textsOf(instructions, 'USER')).toEqual(['bun'])
})

test('the image starts, answers, passes its health check, and exits with 0 at SIGTERM', async () => {
  const server = start(commandOf(image.stage, 'CMD'), '0')
  const errors = new Response(server.stderr).text()
  const port = await readPort(server.stdout)
  const healthCheck = async () => await start(commandOf(image.stage, 'HEALTHCHECK'), port).exited
  const url = `http://127.0.0.1:${port}`
  try {
    expect(await healthCheck()).toBe(0)
    const page = await fetch(url)
    expect(page.status).toBe(200)
    const files = [...(await page.text()).matchAll(/"(\/static\/[^"]+)"/g)]
    expect(files.length).toBeGreaterThan(3)
    for (const [, path] of files) expect((await fetch(url + path)).status).toBe(200)
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
    const created = await fetch(`${url}/api/conversations`, { ...json, body: '{}' })
    const question = JSON.stringify({ message: 'Which change requests are open?' })
    const messages = `${url}${created.headers.get('location')}/messages`
    const answer = await (await fetch(messages, { ...json, body: question })).json()
    expect(answer).toMatchObject({ run: { status: 'finished' } })
  } finally {
    server.kill('SIGTERM')
    const killTimer = setTimeout(() => server.kill('SIGKILL'), 20_000)
    await server.exited
    clearTimeout(killTimer)
  }
  expect(await errors).toBe('')
  expect(server.exitCode).toBe(0)
  expect(await healthCheck()).toBe(1)
}, 60_000)

test('the server writes only its history', () => {
  expect(readdirSync(join(image.root, 'data'))).toContain('opsagent.db')
  const newest = Math.max(...filesIn(join(image.root, 'app')).map((path) => statSync(path).mtimeMs))
  const history = statSync(join(image.root, 'data/opsagent.db')).birthtimeMs
  expect(newest).toBeLessThan(history)
})

test('the image contains no development package', () => {
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
  const [ownSize, packageSize] = [mb(size(own)), mb(size(filesIn(packages)))]
  process.stderr.write(
    `Size of the app in the image: ${ownSize}, with packages of ${packageSize}.\n`,
  )
})

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
