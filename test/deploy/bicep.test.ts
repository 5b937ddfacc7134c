import { expect, test } from 'bun:test'
import { basename, join } from 'node:path'
import { Glob } from 'bun'
import { settingVariables } from '../support/write-settings.ts'

const folder = join(import.meta.dir, '../../deploy/azure')
const paths = [...new Glob('*.bicep').scanSync(folder)]
const files = await Promise.all(
  paths.map(async (path) => [path, await Bun.file(join(folder, path)).text()] as const),
)

/** Files that other files deploy. They have no parameter file. */
const modules = ['history-share.bicep', 'postgres-server.bicep']
const deployments = files.filter(([path]) => !modules.includes(path))

/** @throws Error if there is no such file */
function sourceOf(wanted: string): string {
  const found = files.find(([path]) => path === wanted)
  if (found === undefined) throw new Error(`There is no ${wanted}.`)
  return found[1]
}

/** The source without comments and string contents. Keeps the expressions in `${…}`, because they are code. */
function codeOf(source: string): string {
  return source
    .replace(/(^|\s)\/\/[^\n]*/g, '$1')
    .replace(/'((?:\\.|[^'\\])*)'/g, (_, text: string) =>
      [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, code]) => ` ${code} `).join(''),
    )
}

/** The names that a file declares with a keyword such as `param`. */
function declared(source: string, kind: string): string[] {
  return [...source.matchAll(new RegExp(`^${kind} (\\w+)`, 'gm'))].flatMap(([, name]) => name ?? [])
}

// No Bicep compiler works offline. These tests find typing errors, not wrong properties.
test.each(files)('%s has balanced brackets and quotes', (_, source) => {
  const open: string[] = []
  const pairs: Record<string, string> = { '}': '{', ']': '[', ')': '(' }
  for (const character of codeOf(source)) {
    if ('{[('.includes(character)) open.push(character)
    const opened = pairs[character]
    if (opened !== undefined) expect(open.pop()).toBe(opened)
  }
  expect(open).toEqual([])
  expect((source.replace(/(^|\s)\/\/[^\n]*/g, '').match(/(?<!\\)'/g) ?? []).length % 2).toBe(0)
})

test.each(files)(
  '%s describes each parameter and output, and uses each parameter and variable',
  (_, source) => {
    for (const kind of ['param', 'output']) {
      for (const name of declared(source, kind)) {
        const described = new RegExp(
          `@description\\('[^\\n]+'\\)\\n(?:@[^\\n]+\\n)*${kind} ${name} `,
        )
        expect(source).toMatch(described)
      }
    }
    const code = codeOf(source)
    for (const name of [...declared(source, 'param'), ...declared(source, 'var')]) {
      expect(`${name} ${code.match(new RegExp(`\\b${name}\\b`, 'g'))?.length}`).not.toBe(
        `${name} 1`,
      )
    }
  },
)

test.each(files)('%s uses only names that it declares', (_, source) => {
  const kinds = ['param', 'var', 'resource', 'module']
  const names = new Set(kinds.flatMap((kind) => declared(source, kind)))
  const scopes = ['resourceGroup', 'tenant', 'environment']
  const functions = ['empty', 'union', 'concat', 'json', 'loadTextContent', ...scopes]
  const words = ['true', 'false', 'output', 'targetScope', 'existing', ...kinds, ...functions]
  // Identifiers in value position: after `:`, `=`, `?`, `(`, `!` or `,`, or at the start of a list item.
  const values = codeOf(source).matchAll(
    /(?:[:=?(!,]\s*|^\s+|\s{2})([a-z]\w*)(?=[\s.,()[\]]|$)(?!\s*:|:)/gm,
  )
  const used = [...values].map(([, name = '']) => name)
  const types = ['string', 'int', 'bool', 'object', 'array']
  const undeclared = used.filter((name) => ![...names, ...words, ...types].includes(name))
  expect([...new Set(undeclared)]).toEqual([])
})

test.each(files)('%s pins API versions to a date and uses no preview', (_, source) => {
  const types = [...source.matchAll(/^resource \w+ '([^']+)'/gm)].map(([, type]) => type)
  expect(types.length).toBeGreaterThan(0)
  for (const type of types) expect(type).toMatch(/^Microsoft\.\w+(\/\w+)+@20\d\d-\d\d-\d\d$/)
})

test.each(files)('%s contains no secret', (_, source) => {
  expect(source).not.toMatch(/listKeys|(password|secret|key)\w* string = '[^']+'/i)
})

test.each(deployments)(
  '%s has no secret parameter, and passes secrets of a Key Vault on',
  (_, source) => {
    expect(source).not.toContain('@secure')
    for (const [, value] of source.matchAll(/^ +\w*Password: (.*)$/gm)) {
      expect(value).toMatch(/^vault\.getSecret\('[a-z-]+'\)$/)
    }
  },
)

/** Variables of the job that runs roles.sql. */
const psqlVariables = [
  'ROLES_SQL',
  'OWNER_PASSWORD',
  'APP_PASSWORD',
  'PGHOST',
  'PGUSER',
  'PGPASSWORD',
  'PGSSLMODE',
]

test.each(deployments)('%s names only variables of OpsAgent, the platform or psql', (_, source) => {
  const known = new Set([...settingVariables, ...psqlVariables])
  const named = [...source.matchAll(/(?:^\s+|name: ')([A-Z][A-Z_]{3,})(?::|')/gm)]
  const unknown = named
    .map(([, name = '']) => name)
    .filter((name) => !known.has(name) && !name.startsWith('WEBSITES_'))
  expect(unknown).toEqual([])
  expect(named.length).toBeGreaterThan(3)
})

test.each(deployments)('%s runs one instance, or several with Postgres', (_, source) => {
  const several = source.includes("name: 'DATABASE_URL'")
  expect(source).toMatch(
    several
      ? /minReplicas: 2\s+maxReplicas: 4\b/
      : /capacity: 1\b|minReplicas: 1\s+maxReplicas: 1\b/,
  )
})

test.each(deployments)(
  '%s has a parameter file with every required parameter and no unknown one',
  async (path, source) => {
    const parameters = await Bun.file(join(folder, `${path}param`)).text()
    expect(parameters).toContain(`using '${basename(path)}'`)
    const names = declared(parameters, 'param')
    const required = [...source.matchAll(/^param (\w+) \w+$/gm)].flatMap(([, name]) => name ?? [])
    expect(names).toEqual(expect.arrayContaining(required))
    expect(names.filter((name) => !declared(source, 'param').includes(name))).toEqual([])
  },
)

test('the database is reachable from its network over TLS only', () => {
  const source = sourceOf('postgres-server.bicep')
  expect(source).toContain('@secure()\nparam administratorPassword string\n')
  expect(source).toContain("publicNetworkAccess: 'Disabled'")
  expect(source).toMatch(/name: 'require_secure_transport'\s+properties: {\s+value: 'on'/)
})

test('the servers with Postgres have least rights, and only the jobs read the other secrets', () => {
  const source = sourceOf('container-apps-postgres.bicep')
  const resources = source.split(/^(?=resource )/m)
  const resource = (name: string) => {
    const found = resources.find((text) => text.startsWith(`resource ${name} `))
    if (found === undefined) throw new Error(`There is no resource ${name}.`)
    return found
  }
  const secrets = (text: string) =>
    [...text.matchAll(/vaultUri}secrets\/([a-z-]+)'\s+identity: (\w+)\.id/g)].map(
      ([, secret, identity]) => `${identity} ${secret}`,
    )
  expect(secrets(resource('app'))).toEqual(['identity database-url'])
  expect(secrets(resource('migrateJob'))).toEqual(['jobsIdentity database-owner-url'])
  expect(secrets(resource('rolesJob'))).toEqual([
    'jobsIdentity database-administrator-password',
    'jobsIdentity database-owner-password',
    'jobsIdentity database-app-password',
  ])
  expect(resource('app')).toMatch(/name: 'MIGRATE'\s+value: 'off'/)
  expect(resource('migrateJob')).toMatch(/'bun'\s+'src\/entry\/migrate\.ts'/)
  expect(resource('rolesJob')).toContain("loadTextContent('../postgres/roles.sql')")
})
