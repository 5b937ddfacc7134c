import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { openFilesWarning } from '../../src/entry/open-files.ts'
import { openConversation } from '../support/process-client.ts'
import { makeDataDir } from '../support/server-process.ts'
import { connectRaw, until } from '../support/socket-server.ts'

const root = join(import.meta.dir, '../..')

test('a limit of open files that MAX_STREAMS can exceed is a warning', () => {
  expect(openFilesWarning(1024, 5000)).toEqual([expect.stringContaining('MAX_STREAMS to 824')])
  expect(openFilesWarning(100, 5000)).toEqual([expect.stringContaining('MAX_STREAMS to 1.')])
  expect(openFilesWarning(5200, 5000)).toEqual([])
  expect(openFilesWarning(undefined, 5000)).toEqual([])
})

test.skipIf(process.platform !== 'linux')(
  'a server without free files says so and serves again when some are free',
  async () => {
    const { path, remove } = makeDataDir()
    const command = `ulimit -n 100; exec "${process.execPath}" --no-env-file src/entry/bun.ts`
    const child = Bun.spawn(['sh', '-c', command], {
      cwd: root,
      env: { PATH: process.env.PATH ?? '', PORT: '0', DATA_DIR: path, MAX_STREAMS_PER_USER: '500' },
      stdout: 'pipe',
      stderr: 'pipe',
    })
    let [out, errors] = ['', '']
    const read = async (stream: ReadableStream<Uint8Array>, add: (text: string) => void) => {
      const decoder = new TextDecoder()
      for await (const chunk of stream) add(decoder.decode(chunk, { stream: true }))
    }
    const reading = Promise.all([
      read(child.stdout, (text) => {
        out += text
      }),
      read(child.stderr, (text) => {
        errors += text
      }),
    ])
    await until(() => out.includes('identity'), 'the server listens')
    const port = Number(/localhost:(\d+)/.exec(out)?.[1])
    const url = `http://127.0.0.1:${port}`
    const warning = 'This process may have 100 files and connections open'
    await until(() => errors.includes(warning), 'a warning at start')
    const conversation = await openConversation(url)
    const clients = await Promise.all(
      Array.from({ length: 120 }, async () => {
        const client = await connectRaw(port)
        client.get(`${conversation}/thinking`)
        return client
      }),
    )
    await until(() => errors.includes('new connections have to wait'), 'a line in the log', 15_000)
    expect(errors).toContain(' of 100 files and connections are open')
    for (const { socket } of clients) socket.terminate()
    await until(async () => (await fetch(`${url}/healthz`)).ok, 'the server serves again')
    expect(errors.match(/have to wait/g)).toHaveLength(1)
    child.kill('SIGTERM')
    expect(await child.exited).toBe(0)
    await reading
    remove()
  },
  60_000,
)
