import { expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { openRunbooks } from '../../src/entry/runbooks.ts'
import { createRunbookTool } from '../../src/tools/runbooks.ts'
import { useCleanUps } from '../support/clean-ups.ts'
import { memoryLog } from '../support/memory-log.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'

expectNothingLeft()
const { dataDir } = useCleanUps()

const gateway = `# Data gateway

The gateway connects the plant to Azure.

## Restart

Drain the node, then restart the service:

\`\`\`sh
# restart it
systemctl restart gateway
\`\`\`

## Certificate

Renew the certificate once a year.
`
const disk = `# Disk full

Delete old logs of the gateway first.
`

async function makeFolder() {
  const folder = dataDir()
  await Bun.write(join(folder, 'gateway.md'), gateway)
  await Bun.write(join(folder, 'storage/disk.md'), disk)
  await Bun.write(join(folder, 'notes.txt'), 'gateway gateway')
  return folder
}

type Found = { total: number; sections: { source: string; title: string; text: string }[] }

async function makeSearch(folder: string) {
  const tool = createRunbookTool(await openRunbooks(folder, memoryLog().log))
  return async (query: string, limit?: number) => {
    const args = JSON.stringify({ query, ...(limit !== undefined && { limit }) })
    return JSON.parse(await tool.execute(args, new AbortController().signal)) as Found
  }
}

test('sections are found, the best first, with their source', async () => {
  const search = await makeSearch(await makeFolder())
  const { total, sections } = await search('restarting the gateway')
  expect(total).toBe(4)
  expect(sections[0]).toMatchObject({ source: 'gateway.md:5', title: 'Data gateway › Restart' })
  expect(sections[0]?.text).toContain('# restart it\nsystemctl restart gateway')
  expect(sections[0]?.text).not.toContain('certificate')
  expect((await search('the disk is full')).sections[0]?.source).toBe('storage/disk.md:1')
  expect((await search('gateway', 1)).sections).toHaveLength(1)
  expect(await search('kubernetes')).toEqual({ total: 0, sections: [] })
})

test('a file that was added, changed or removed is noticed by the next search', async () => {
  const folder = await makeFolder()
  const search = await makeSearch(folder)
  expect((await search('kubernetes')).total).toBe(0)
  await Bun.write(join(folder, 'kubernetes.md'), '# Kubernetes\n\nDrain the node.')
  expect((await search('kubernetes')).total).toBe(1)
  await Bun.write(join(folder, 'kubernetes.md'), '# Nomad\n\nDrain the node first.')
  expect((await search('nomad')).total).toBe(1)
  rmSync(join(folder, 'kubernetes.md'))
  expect((await search('nomad')).total).toBe(0)
})

test('a long section is cut', async () => {
  const folder = dataDir()
  await Bun.write(join(folder, 'long.md'), `# Long\n\n${'words '.repeat(10_000)}`)
  const { sections } = await (await makeSearch(folder))('words')
  expect(sections[0]?.text.length).toBeLessThan(6200)
  expect(sections[0]?.text).toEndWith('…')
})

test('a folder that does not exist stops the start', async () => {
  const opened = openRunbooks(join(dataDir(), 'nowhere'), memoryLog().log)
  await expect(opened).rejects.toThrow('is not a folder.')
})

test('the offline model answers from the runbooks, and the sections are shown as the result of the tool', async () => {
  const runbooks = await openRunbooks(await makeFolder(), memoryLog().log)
  const { open, post, get } = await makeServer({}, { runbooks })
  const path = `/api/conversations/${await open()}`
  const run = crypto.randomUUID()
  await post(`${path}/messages`, { message: 'Search the runbooks for "certificate"', run })
  const { answer, events } = (await (await get(`${path}/runs/${run}`)).json()) as {
    answer: string
    events: { type: string; tool?: string; preview?: string }[]
  }
  expect(answer).toContain('Renew the certificate once a year.')
  expect(answer).toContain('gateway.md:14')
  expect(answer).not.toContain('sample data')
  const finished = events.find(({ type }) => type === 'tool.finished')
  expect(finished).toMatchObject({ tool: 'search_runbooks' })
  expect(finished?.preview).toContain('gateway.md:14')
})
