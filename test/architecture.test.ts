import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Glob } from 'bun'
import packageFile from '../package.json' with { type: 'json' }

const root = join(import.meta.dir, '..')
const read = (path: string) => Bun.file(join(root, path)).text()

/** The rows of the table below "## Files": the files that each folder names. */
function fileTable(markdown: string): Map<string, string[]> {
  const section = /^## Files\n([\s\S]*?)(?=^## )/m.exec(markdown)?.[1] ?? ''
  const rows = section.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)
  return new Map(
    [...rows].map(([, folder = '', text = '']) => [
      folder,
      [...text.matchAll(/`([\w.-]+\.tsx?)`/g)].map(([, name = '']) => `${folder}/${name}`),
    ]),
  )
}

const table = fileTable(await read('ARCHITECTURE.md'))

test('the file table in ARCHITECTURE.md names every source file and no other', async () => {
  const onDisk = [...new Glob('{src,views,static}/**/*.{ts,tsx}').scanSync(root)]
  const named = [...table.values()].flat()
  expect(named.length).toBeGreaterThan(120)
  expect({
    missingInTable: onDisk.filter((path) => !named.includes(path)),
    missingOnDisk: named.filter((path) => !onDisk.includes(path)),
    namedTwice: named.filter((path, index) => named.indexOf(path) !== index),
  }).toEqual({ missingInTable: [], missingOnDisk: [], namedTwice: [] })
})

test('every folder in the file table exists', () => {
  expect([...table.keys()].filter((folder) => !existsSync(join(root, folder)))).toEqual([])
  expect([...table.keys()]).toEqual(expect.arrayContaining(['views', 'static']))
})

test('ARCHITECTURE.md gives the reason for every package', async () => {
  const section = /^## Packages\n([\s\S]*?)(?=^## )/m.exec(await read('ARCHITECTURE.md'))?.[1] ?? ''
  const { dependencies, devDependencies } = packageFile
  const packages = Object.keys({ ...dependencies, ...devDependencies })
  expect(packages.filter((name) => !section.includes(`\`${name}\``))).toEqual([])
})

test.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'])(
  'every path of the project in %s exists',
  async (document) => {
    // An example begins with a comment that names the new file.
    const text = (await read(document)).replace(/^\/\/ src\/\S+$/gm, '')
    const matches = text.matchAll(
      /(?<![\w/.-])(?:\.\/)?((?:src|test|views|static|deploy)\/[\w/.-]*\w)/g,
    )
    const paths = [...matches].map(([, path = '']) => path)
    expect(paths.length).toBeGreaterThan(0)
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  },
)
