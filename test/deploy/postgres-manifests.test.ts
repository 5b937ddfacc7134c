import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { YAML } from 'bun'
import packageFile from '../../package.json' with { type: 'json' }
import { settingVariables } from '../support/write-settings.ts'

const folder = join(import.meta.dir, '../../deploy')
const read = (path: string) => Bun.file(join(folder, path)).text()
const unknown = (names: string[]) => names.filter((name) => !settingVariables.includes(name))

/** SHUTDOWN_SECONDS of the manifests. The platform must wait longer before it kills the process. */
const shutdownSeconds = 25

/** The command that `bun run migrate` runs. */
const migration = ['bun', 'src/entry/migrate.ts']

type Service = Record<string, unknown> & { environment: Record<string, string | number> }

const composeNames = ['postgres', 'migrate', 'opsagent-1', 'opsagent-2', 'caddy'] as const
async function readCompose() {
  const text = await read('docker-compose.postgres.yml')
  return YAML.parse(text) as {
    services: Record<(typeof composeNames)[number], Service>
    networks: Record<string, unknown>
    volumes: Record<string, unknown>
  }
}

test('the compose file with Postgres gives no container an unneeded privilege', async () => {
  const { services, networks, volumes } = await readCompose()
  expect(Object.keys(services)).toEqual([...composeNames])
  for (const name of composeNames) {
    expect(services[name]).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    })
  }
  // The database is reachable from the servers only, and the servers through Caddy only.
  for (const name of composeNames.filter((one) => one !== 'caddy')) {
    expect(services[name]).not.toHaveProperty('ports')
  }
  expect(services.caddy.networks).toEqual(['front'])
  expect(services.postgres.networks).toEqual(['database'])
  expect(networks).toMatchObject({ database: { internal: true } })
  expect(services.postgres.volumes).toContain('database:/var/lib/postgresql/data')
  expect(services.postgres.volumes).toContain(
    './postgres/roles.sql:/docker-entrypoint-initdb.d/roles.sql:ro',
  )
  expect(Object.keys(volumes)).toContain('database')
})

test('the compose file with Postgres migrates as the owner, and serves with least rights', async () => {
  const { services } = await readCompose()
  const { migrate, caddy } = services
  expect(migrate.environment.DATABASE_URL).toMatch(/^postgres:\/\/opsagent_owner:\$\{OWNER_/)
  expect(migrate).toMatchObject({
    command: migration,
    restart: 'no',
    depends_on: { postgres: { condition: 'service_healthy' } },
  })
  for (const server of [services['opsagent-1'], services['opsagent-2']]) {
    const { environment } = server
    expect(environment.DATABASE_URL).toMatch(/^postgres:\/\/opsagent:\$\{APP_/)
    expect(environment).toMatchObject({ MIGRATE: 'off', AUTH: 'basic' })
    expect(JSON.stringify(environment)).not.toContain('OWNER_PASSWORD')
    expect(unknown(Object.keys(environment))).toEqual([])
    expect(Number(environment.SHUTDOWN_SECONDS)).toBe(shutdownSeconds)
    expect(Number.parseInt(String(server.stop_grace_period), 10)).toBeGreaterThan(
      shutdownSeconds + 5,
    )
    expect(server.depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' } })
  }
  expect(caddy.environment.UPSTREAMS).toBe('opsagent-1:8000 opsagent-2:8000')
  expect(await read('caddy/Caddyfile.postgres')).toContain('{$UPSTREAMS:')
  expect(unknown(Object.keys(migrate.environment))).toEqual([])
})

type Pod = {
  terminationGracePeriodSeconds: number
  initContainers: Container[]
  containers: (Container & { lifecycle: { preStop: { exec: { command: string[] } } } })[]
}
type Container = { image: string; command?: string[]; env: Variable[] }
type Variable = { name: string; value?: string; valueFrom?: unknown }

async function readPod() {
  const text = await read('kubernetes/opsagent-postgres.yaml')
  const documents = YAML.parse(text) as { kind: string; spec: unknown }[]
  const deployment = documents[0]?.spec as { template: { spec: Pod } }
  return { documents, pod: deployment.template.spec }
}

const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
}

test('the deployment with Postgres keeps three pods in service during an update', async () => {
  const { documents, pod } = await readPod()
  expect(documents.map(({ kind }) => kind)).toEqual([
    'Deployment',
    'PodDisruptionBudget',
    'Service',
  ])
  expect(documents[0]?.spec).toMatchObject({
    replicas: 3,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    template: {
      spec: {
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000 },
        containers: [
          {
            livenessProbe: { httpGet: { path: '/healthz' } },
            readinessProbe: { httpGet: { path: '/readyz' } },
            securityContext: restricted,
          },
        ],
        volumes: [{ emptyDir: {} }],
      },
    },
  })
  expect(documents[1]?.spec).toMatchObject({ maxUnavailable: 1 })
  const [program, seconds] = pod.containers[0]?.lifecycle.preStop.exec.command ?? []
  expect(program).toBe('sleep')
  // The sleep counts towards the grace period.
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(Number(seconds) + shutdownSeconds + 5)
})

test('the deployment with Postgres migrates as the owner, and serves with least rights', async () => {
  const { pod } = await readPod()
  const [migrate] = pod.initContainers
  const [server] = pod.containers
  const databaseOf = (env: Variable[] = []) => env.find(({ name }) => name === 'DATABASE_URL')
  const secret = (name: string) => ({ valueFrom: { secretKeyRef: { name, key: 'DATABASE_URL' } } })
  expect(migrate).toMatchObject({
    image: server?.image,
    command: migration,
    securityContext: restricted,
  })
  expect(databaseOf(migrate?.env)).toMatchObject(secret('opsagent-database-owner'))
  expect(databaseOf(server?.env)).toMatchObject(secret('opsagent-database'))
  expect(JSON.stringify(server)).not.toContain('opsagent-database-owner')
  const variables = [...(server?.env ?? []), ...(migrate?.env ?? [])]
  expect(unknown(variables.map(({ name }) => name))).toEqual([])
  expect(server?.env).toContainEqual({ name: 'MIGRATE', value: 'off' })
  expect(server?.env).toContainEqual({ name: 'SHUTDOWN_SECONDS', value: String(shutdownSeconds) })
})

test('the migration command is the one of the package', () => {
  expect(Object.values(packageFile.scripts)).toContain(migration.join(' '))
})

test('both deployments have the same image and the same service', async () => {
  const [sqlite, postgres] = await Promise.all(
    ['kubernetes/opsagent.yaml', 'kubernetes/opsagent-postgres.yaml'].map(async (path) => {
      const text = await read(path)
      const documents = YAML.parse(text) as { kind: string }[]
      return {
        service: documents.find(({ kind }) => kind === 'Service'),
        images: new Set(text.match(/image: \S+/g)),
      }
    }),
  )
  expect(sqlite?.service).toBeDefined()
  expect(sqlite?.images.size).toBe(1)
  expect(postgres).toEqual(sqlite)
})
