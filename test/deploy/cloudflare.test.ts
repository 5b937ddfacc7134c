import { expect, test } from 'bun:test'
import { dirname, join, relative } from 'node:path'
import { JSONC } from 'bun'
import { z } from 'zod'
import packageFile from '../../package.json' with { type: 'json' }
import { settingVariables } from '../../src/config.ts'
import { workerModules } from '../../src/entry/edge-build.ts'
import { ignoredSettings, readEdgeConfig } from '../../src/entry/edge-config.ts'
import * as worker from '../../src/entry/worker.ts'
import { compatibilityDate, compatibilityFlags } from '../../src/entry/workerd.ts'

const root = join(import.meta.dir, '../..')
const folder = join(root, 'deploy/cloudflare')

const schema = z.strictObject({
  name: z.string(),
  main: z.string(),
  no_bundle: z.literal(true),
  find_additional_modules: z.literal(true),
  rules: z.tuple([z.strictObject({ type: z.literal('ESModule'), globs: z.array(z.string()) })]),
  build: z.strictObject({ command: z.string() }),
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()),
  assets: z.strictObject({ directory: z.string() }),
  durable_objects: z.strictObject({
    bindings: z.array(z.strictObject({ name: z.string(), class_name: z.string() })),
  }),
  exports: z.record(z.string(), z.unknown()),
  preview_urls: z.literal(false),
  observability: z.unknown(),
  vars: z.record(z.string(), z.string()),
})

const text = await Bun.file(join(folder, 'wrangler.jsonc')).text()
const configuration = schema.parse(JSONC.parse(text))

test('the Worker is deployed with the runtime of the tests', () => {
  expect(configuration.compatibility_date).toBe(compatibilityDate)
  expect(configuration.compatibility_flags).toEqual(compatibilityFlags)
})

test('the deployed files are those of bun run build:edge', () => {
  const { main, assets, build } = configuration
  expect(build.command).toBe(`npx -y ${packageFile.packageManager} run build:edge`)
  expect(packageFile.scripts['build:edge']).toBe('bun src/entry/edge-build.ts')
  const paths = [main, assets.directory].map((path) => relative(root, join(folder, path)))
  expect(paths).toEqual(['dist/edge/worker.js', 'dist/edge/assets'])
  const [{ globs }] = configuration.rules
  expect(['worker.js', ...globs]).toEqual([...workerModules])
})

test('every binding has an exported class, whose objects have a SQLite database', () => {
  const { durable_objects, exports } = configuration
  expect(durable_objects.bindings).toEqual([{ name: 'USERS', class_name: 'UserObject' }])
  expect(exports).toEqual({ UserObject: { type: 'durable-object', storage: 'sqlite' } })
  expect(worker).toHaveProperty('UserObject')
})

test('the variables are settings that have an effect, and nobody can use the chat before they are complete', () => {
  const { vars } = configuration
  expect(Object.keys(vars).filter((name) => !settingVariables.includes(name))).toEqual([])
  expect(ignoredSettings(vars)).toEqual([])
  const complete = { CLOUDFLARE_ACCESS_TEAM: 'team', CLOUDFLARE_ACCESS_AUDIENCE: 'audience' }
  expect(readEdgeConfig({ ...vars, ...complete }).auth).toBe('cloudflare-access')
  expect(vars.CLOUDFLARE_ACCESS_TEAM).toBe('')
})

test('the guide names the version of the package manager and existing commands', async () => {
  const guide = await Bun.file(join(dirname(folder), 'cloudflare/README.md')).text()
  const commands = [...guide.matchAll(/bun(?:@[\d.]+)? run ([\w:-]+)/g)].map(
    ([, name = '']) => name,
  )
  expect(commands).toContain('dev:edge')
  expect(commands.filter((name) => !(name in packageFile.scripts))).toEqual([])
  expect(
    guide
      .match(/npx -y bun@[\d.]+/g)
      ?.every((text) => text === `npx -y ${packageFile.packageManager}`),
  ).toBe(true)
})
