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

/** SHUTDOWN_SECONDS of the manifests. The platform must wait longer before it kills the process. */
const shutdownSeconds = 25

type Container = Record<string, unknown> & { environment: Record<string, string | number> }

test('the compose file gives OpsAgent a volume and no unneeded privilege', async () => {
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
  // Reachable through Caddy only, and with a password only.
  expect(opsagent).not.toHaveProperty('ports')
  expect(opsagent.environment.AUTH).toBe('basic')
  expect(unknown(Object.keys({ ...opsagent.environment, ...caddy.environment }))).toEqual([])
  expect(Number(opsagent.environment.SHUTDOWN_SECONDS)).toBe(shutdownSeconds)
  expect(Number.parseInt(String(opsagent.stop_grace_period), 10)).toBeGreaterThan(
    shutdownSeconds + 5,
  )
})

test('the deployment runs one pod at a time, with a disk and no unneeded privilege', async () => {
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

test('the ingress routes to the service', async () => {
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

test('the systemd unit sets only known variables, and starts the same entry as the container', async () => {
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
  'systemd-analyze accepts the unit and rates its exposure as low',
  async (program) => {
    const path = mkdtempSync(join(tmpdir(), 'opsagent-unit-'))
    try {
      // The paths of the unit do not exist on the test machine.
      const unit = (await read('systemd/opsagent.service'))
        .replace('/usr/local/bin/bun', process.execPath)
        .replace('/opt/opsagent', '/')
      const file = join(path, 'opsagent.service')
      await Bun.write(file, unit)
      const run = async (...more: string[]) => {
        const child = Bun.spawn([program, ...more, file], { stdout: 'pipe', stderr: 'pipe' })
        const errors = await new Response(child.stderr).text()
        return { errors, code: await child.exited }
      }
      expect(await run('verify', '--man=no')).toEqual({ errors: '', code: 0 })
      // Exposure in tenths: 0 is the lowest, 100 the highest.
      expect((await run('security', '--offline=true', '--threshold=20')).code).toBe(0)
    } finally {
      rmSync(path, { recursive: true, force: true })
    }
  },
)
