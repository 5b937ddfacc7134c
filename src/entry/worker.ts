import { secretsOf } from '../config.ts'
import { asOpsError } from '../core/errors.ts'
import { createIdentity } from '../http/identity/identity.ts'
import { edgeVariables, ignoredSettings, readEdgeConfig } from './edge-config.ts'
import { createEdgeLog } from './edge-log.ts'
import { EdgeObject, type ObjectState, openEdgeAgents } from './edge-object.ts'
import { createRouter, type Objects, type Route } from './edge-router.ts'

/** The bindings of the Worker. The other ones are the settings, as variables and secrets. */
export type Env = { USERS: Objects } & Record<string, unknown>

type Context = { waitUntil(work: Promise<unknown>): void }

/** The object of one user. Its class name is in the configuration of the Worker. */
export class UserObject extends EdgeObject {
  constructor(state: ObjectState, env: Env) {
    super(state, readEdgeConfig(env), {}, edgeVariables(env))
  }
}

let opened: Route | undefined

// biome-ignore lint/style/noDefaultExport: the platform looks for it
export default {
  /** Answers every request except those for static files, which the platform answers. */
  async fetch(request: Request, env: Env, context: Context): Promise<Response> {
    try {
      opened ??= await openRouter(env)
    } catch (cause) {
      const sentence = `OpsAgent cannot start. ${asOpsError(cause).message}`
      createEdgeLog({ logFormat: 'text', logLevel: 'error' }).error(sentence, { cause })
      return new Response(`${sentence}\n`, { status: 500 })
    }
    return opened(request, env.USERS, (work) => context.waitUntil(work))
  },
}

/** Once per isolate: settings change only with a new deployment. */
async function openRouter(env: Env): Promise<Route> {
  const config = readEdgeConfig(env)
  // The objects read it too. Here a wrong file is reported by every request.
  await openEdgeAgents(config, edgeVariables(env))
  const log = createEdgeLog(config, secretsOf(config))
  const { identify } = createIdentity(config, { now: Date.now, log })
  const ignored = ignoredSettings(env)
  if (ignored.length > 0)
    log.warn(`these settings have no effect in a Worker: ${ignored.join(', ')}`)
  if (config.auth === 'none') {
    log.error(
      'AUTH is none: everybody who knows the URL reads and changes all conversations. Set AUTH to cloudflare-access, oidc-jwt or basic.',
    )
  }
  return createRouter(identify, log)
}
