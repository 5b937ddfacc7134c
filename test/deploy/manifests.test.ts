import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { YAML } from 'bun'
import { settingVariables } from '../support/write-settings.ts'

const folder = join(import.meta.dir, '../../deploy')
const read = (path: string) => Bun.file(join(folder, path)).text()
const known = new Set([...settingVariables, 'NODE_ENV', 'SITE', 'UPSTREAM'])
const unknown = (names: string[]) => names.filter((name) => !known.has(name))

/** How long a run is given at the end, as a manifest sets it; what ends the process must wait longer. */
const shutdownSeconds = 25

type Container = Record<string, unknown> & { environment: Record<string, string | number> }

test('the compose file gives OpsAgent a volume and no right that it does not need', async () => {
  const { services, volumes } = YAML.parse(await read('docker-compose.yml')) as {
    services: Record<'opsagent' | 'caddy', Container>
    volumes: Record<string, unknown>
  }
  const { opsagent, caddy } = services
  expect(opsagent).toMatchObject({
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    volumes: ['history:/data'],
  })
  expect(caddy).toMatchObject({ read_only: true, security_opt: ['no-new-privileges:true'] })
  expect(Object.keys(volumes)).toContain('history')
  // Reached through Caddy only, and by nobody without a password.
  expect(opsagent).not.toHaveProperty('ports')
  expect(opsagent.environment.AUTH).toBe('basic')
  expect(unknown(Object.keys({ ...opsagent.environment, ...caddy.environment }))).toEqual([])
  expect(Number(opsagent.environment.SHUTDOWN_SECONDS)).toBe(shutdownSeconds)
  expect(Number.parseInt(String(opsagent.stop_grace_period), 10)).toBeGreaterThan(
    shutdownSeconds + 5,
  )
})

test('Kubernetes runs one pod, never two at once, with a disk and no right that it does not need', async () => {
  const documents = YAML.parse(await read('kubernetes/opsagent.yaml')) as { kind: string }[]
  expect(documents.map(({ kind }) => kind)).toEqual([
    'PersistentVolumeClaim',
    'Deployment',
    'Service',
  ])
  expect(documents[1]).toMatchObject({
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      template: {
        spec: {
          terminationGracePeriodSeconds: 40,
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000 },
          containers: [
            {
              livenessProbe: { httpGet: { path: '/healthz' } },
              readinessProbe: { httpGet: { path: '/readyz' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
          volumes: [{ persistentVolumeClaim: { claimName: 'opsagent' } }, { emptyDir: {} }],
        },
      },
    },
  })
  const names = [...(await read('kubernetes/opsagent.yaml')).matchAll(/- name: ([A-Z_]+)$/gm)]
  expect(names.length).toBeGreaterThan(2)
  expect(unknown(names.map(([, name = '']) => name))).toEqual([])
})

test('the ingress leads to the service', async () => {
  const ingress = YAML.parse(await read('kubernetes/ingress.yaml'))
  expect(ingress).toMatchObject({
    kind: 'Ingress',
    spec: {
      rules: [
        {
          http: { paths: [{ backend: { service: { name: 'opsagent', port: { name: 'http' } } } }] },
        },
      ],
    },
  })
})

test('the unit of systemd sets only what OpsAgent knows, and starts what the container starts', async () => {
  const unit = await read('systemd/opsagent.service')
  const set = /^Environment=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? []
  expect(unknown(set.map((one) => one.split('=')[0] ?? ''))).toEqual([])
  expect(unit).toContain('ExecStart=/usr/local/bin/bun src/entry/bun.ts')
  expect(await Bun.file(join(folder, '../Dockerfile')).text()).toContain('"src/entry/bun.ts"]')
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(shutdownSeconds + 5)
})

const analyze = Bun.which('systemd-analyze')
if (analyze === null) process.stderr.write('Left out: systemd-analyze is not installed.\n')

test.each(analyze === null ? [] : [[analyze] as const])(
  'systemd understands the unit and finds it little exposed',
  async (program) => {
    const path = mkdtempSync(join(tmpdir(), 'opsagent-unit-'))
    try {
      // Where the project and bun are on a machine of yours, they are not here.
      const unit = (await read('systemd/opsagent.service'))
        .replace('/usr/local/bin/bun', process.execPath)
        .replace('/opt/opsagent', '/')
      const file = join(path, 'opsagent.service')
      await Bun.write(file, unit)
      const run = async (...more: string[]) => {
        const child = Bun.spawn([program, ...more, file], { stdout: 'pipe', stderr: 'pipe' })
        const said = await new Response(child.stderr).text()
        return { said, code: await child.exited }
      }
      expect(await run('verify', '--man=no')).toEqual({ said: '', code: 0 })
      // In tenths: 0 is nothing to fear, 100 everything.
      expect((await run('security', '--offline=true', '--threshold=20')).code).toBe(0)
    } finally {
      rmSync(path, { recursive: true, force: true })
    }
  },
)
