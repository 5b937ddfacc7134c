import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { makeDataDir } from '../support/server-process.ts'

/** Starts `bun run dev:edge`. Resolves with its URL and with a function that stops it like Ctrl-C. */
async function startDevEdge(folder: string) {
  const child = Bun.spawn([process.execPath, 'src/entry/dev-edge.ts'], {
    cwd: join(import.meta.dir, '../..'),
    env: { ...process.env, DATA_DIR: folder, PORT: '0', THINK_MS: '0' },
    stdout: 'pipe',
    stderr: 'ignore',
  })
  let text = ''
  for await (const bytes of child.stdout) {
    text += new TextDecoder().decode(bytes)
    if (text.includes('\n')) break
  }
  const [, url] = /^OpsAgent runs in workerd on (http:\S+)\. /.exec(text) ?? []
  if (url === undefined) throw new Error(`Another start message: ${text}`)
  return {
    url,
    async stop() {
      child.kill('SIGINT')
      await child.exited
    },
  }
}

test('bun run dev:edge answers, stops, and has its conversations after a restart', async () => {
  const { path, remove } = makeDataDir()
  const first = await startDevEdge(path)
  const headers = { 'content-type': 'application/json' }
  const created = await fetch(`${first.url}/api/conversations`, {
    method: 'POST',
    headers,
    body: '{"title":"Kept"}',
  })
  const { id } = (await created.json()) as { id: string }
  const answer = await fetch(`${first.url}/api/conversations/${id}/messages`, {
    method: 'POST',
    headers,
    body: '{"message":"What change requests are open?"}',
  })
  expect(await answer.json()).toMatchObject({ run: { status: 'finished' } })
  await first.stop()
  await expect(fetch(first.url)).rejects.toThrow()
  const second = await startDevEdge(path)
  const conversation = await fetch(`${second.url}/api/conversations/${id}`)
  expect(await conversation.text()).toContain('What change requests are open?')
  await second.stop()
  remove()
}, 60_000)
