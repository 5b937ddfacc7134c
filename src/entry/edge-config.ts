import { type Config, readConfig } from '../config.ts'
import { OpsError } from '../core/errors.ts'

/** The highest number of PBKDF2 iterations that Cloudflare accepts. https://github.com/cloudflare/workerd/issues/1346 */
export const maxEdgeIterations = 100_000

/**
 * Reads the settings from the bindings of a Worker.
 * @throws OpsError `bad_setting` also for a setting that cannot work there
 */
export function readEdgeConfig(bindings: Record<string, unknown>): Config {
  const config = readConfig(edgeVariables(bindings))
  if (config.auth === 'easy-auth' || config.auth === 'forwarded') {
    throw new OpsError('bad_setting', {
      message: `AUTH=${config.auth} needs a proxy in front of the server, which a Worker does not have. Use cloudflare-access, oidc-jwt or basic.`,
    })
  }
  for (const [index, entry] of config.basicUsers.entries()) {
    if (Number(/:pbkdf2:(\d+):/.exec(entry)?.[1] ?? 0) <= maxEdgeIterations) continue
    throw new OpsError('bad_setting', {
      message: `Entry ${index + 1} of BASIC_USERS has more PBKDF2 iterations than Cloudflare accepts. Create it with \`bun run make-password NAME --edge\`.`,
    })
  }
  return { ...config, host: '0.0.0.0' }
}

/** The settings that are set although they have no effect in a Worker. */
export function ignoredSettings(bindings: Record<string, unknown>): string[] {
  const variables = edgeVariables(bindings)
  return Object.keys(variables).filter((name) => withoutEffect.has(name))
}

/** What the platform decides, and what another store or a process needs. */
const withoutEffect = new Set<string>([
  'PORT',
  'HOST',
  'DATA_DIR',
  'TRUSTED_PROXIES',
  'PROXY_HEADERS',
  'SHUTDOWN_SECONDS',
  'DATABASE_URL',
  'DATABASE_CONNECTIONS',
  'MIGRATE',
  'AGENTS_FILE',
  'RUNBOOKS_DIR',
])

/** The bindings that are variables or secrets. */
export function edgeVariables(bindings: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(bindings).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )
}
