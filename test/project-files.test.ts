import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { Glob, YAML } from 'bun'
import packageFile from '../package.json' with { type: 'json' }

const root = join(import.meta.dir, '..')
const read = (path: string) => Bun.file(join(root, path)).text()

/** The text of the files that match, by path. */
async function readAll(...patterns: string[]): Promise<[string, string][]> {
  const paths = patterns.flatMap((pattern) => [
    ...new Glob(pattern).scanSync({ cwd: root, dot: true }),
  ])
  return await Promise.all(
    paths.map(async (path): Promise<[string, string]> => [path, await read(path)]),
  )
}

const [, bunVersion = ''] = packageFile.packageManager.split('@')

test('every file that names a version of Bun names the one of packageManager', async () => {
  const files = await readAll('*.md', 'Dockerfile', '{.ci,.github,.devcontainer,deploy}/**')
  const named = files.flatMap(([path, text]) =>
    [...text.matchAll(/\bbun[@:](\d+\.\d+\.\d+)|BUN_VERSION=(\S+)/g)].map(
      ([, first, second]) => `${path}: ${first ?? second}`,
    ),
  )
  expect(named.length).toBeGreaterThan(1)
  expect(named.filter((one) => !one.endsWith(`: ${bunVersion}`))).toEqual([])
  expect(packageFile.engines.bun).toBe(`>=${bunVersion}`)
  expect(packageFile.devDependencies['bun-types']).toBe(bunVersion)
})

test('the newest entry of the changelog is the version of package.json', async () => {
  const [, newest] = /^## \[(\S+)\] - \d{4}-\d\d-\d\d$/m.exec(await read('CHANGELOG.md')) ?? []
  expect(newest).toBe(packageFile.version)
})

test.each(await readAll('.github/**/*.yml'))('%s is valid YAML', (_, text) => {
  expect(YAML.parse(text)).toBeObject()
})

test.each(await readAll('renovate.json', '.devcontainer/devcontainer.json'))(
  '%s is valid JSON',
  (_, text) => {
    expect(JSON.parse(text)).toBeObject()
  },
)

test('each field of an issue form has a label and an id that no other field has', async () => {
  for (const [, text] of await readAll('.github/ISSUE_TEMPLATE/{bug,feature}.yml')) {
    const { body } = YAML.parse(text) as { body: { id?: string; attributes: { label?: string } }[] }
    const fields = body.filter(({ id }) => id !== undefined)
    expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length)
    expect(fields.every(({ attributes }) => attributes.label)).toBe(true)
  }
})

test('the workflows have no more permissions than they use, and pin the major version of actions', async () => {
  const ci = YAML.parse(await read('.github/workflows/ci.yml'))
  expect(ci).toMatchObject({ permissions: { contents: 'read' }, jobs: { check: {} } })
  const release = YAML.parse(await read('.github/workflows/release.yml'))
  expect(release).toMatchObject({
    permissions: {},
    jobs: { image: { needs: 'check', permissions: { contents: 'read', packages: 'write' } } },
  })
  for (const [, text] of await readAll('.github/workflows/*.yml')) {
    for (const [, action] of text.matchAll(/uses: (\S+)/g)) {
      expect(action).toMatch(/^(\.\/\S+\.yml|[\w-]+\/[\w-]+@v\d+)$/)
    }
  }
})
