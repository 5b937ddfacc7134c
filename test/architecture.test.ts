import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Glob } from 'bun'

const root = join(import.meta.dir, '..')
const read = (path: string) => Bun.file(join(root, path)).text()

/** Folders that the file table may leave out. */
const optionalFolders = ['src/demo', 'src/doctor']

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
  const isOptional = (path: string) =>
    !table.has(dirname(path)) && optionalFolders.some((folder) => path.startsWith(`${folder}/`))
  const onDisk = [...new Glob('{src,views,static}/**/*.{ts,tsx}').scanSync(root)].filter(
    (one) => !isOptional(one),
  )
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

test.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'])(
  'every path of the project in %s exists',
  async (document) => {
    // An example begins with a comment that names the new file.
    const text = (await read(document)).replace(/^\/\/ src\/\S+$/gm, '')
    const matches = text.matchAll(/(?<![\w/.-])(?:\.\/)?((?:src|test)\/[\w/.-]*\w)/g)
    const paths = [...matches].map(([, path = '']) => path)
    expect(paths.length).toBeGreaterThan(0)
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  },
)
