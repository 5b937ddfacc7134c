import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { Glob } from 'bun'

const root = join(import.meta.dir, '../..')

async function sources(): Promise<string> {
  const paths = [...new Glob('test/**/*.test.{ts,tsx}').scanSync(root)]
  return (await Promise.all(paths.map((path) => Bun.file(join(root, path)).text()))).join('\n')
}

/** The names in backquotes in the last column of the tables. */
function namedTests(markdown: string): string[] {
  const rows = markdown.split('\n').filter((line) => /^\| (\d+|\*)/.test(line))
  return rows.flatMap((row) => {
    const last = row.split(' | ').at(-1) ?? ''
    return [...last.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
  })
}

test('every test named in the tables of faults and promises exists', async () => {
  const all = await sources()
  const named = namedTests(await Bun.file(join(import.meta.dir, 'README.md')).text())
  expect(named.length).toBeGreaterThan(60)
  const exists = (name: string) =>
    ["'", '"', '`'].some((quote) => all.includes(quote + name + quote))
  expect(named.filter((name) => name !== 'test/proxy' && !exists(name))).toEqual([])
})
