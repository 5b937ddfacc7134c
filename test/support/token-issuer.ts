import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'

type Key = Awaited<ReturnType<typeof makeKey>>

/** Starts a fake OpenID provider that serves its key set over a real socket. The test must stop it. */
export async function startTokenIssuer({ port = 0, alg = 'RS256' } = {}) {
  let key = await firstKey(alg)
  let respond: () => Response = () => Response.json({ keys: [key.jwk] })
  let reads = 0
  const server = Bun.serve({
    port,
    hostname: '127.0.0.1',
    fetch() {
      reads += 1
      return respond()
    },
  })
  return {
    keysUrl: `http://127.0.0.1:${server.port}/keys`,
    issuer: 'https://issuer.example/',
    audience: 'opsagent',
    /** The number of requests for the key set. */
    get reads() {
      return reads
    },
    get key() {
      return key
    },
    /** Replaces the key that signs, and that is in the key set. */
    async rotate(kid: string) {
      key = await makeKey(kid, alg)
    },
    /** Replaces the response to requests for the key set. */
    respondWith(next: () => Response) {
      respond = next
    },
    /** Signs a valid token. `changes` replace its claims. */
    sign: (changes: Record<string, unknown> = {}) =>
      signWith(key, { ...validClaims(), ...changes }),
    stop: () => server.stop(true),
  }
}

/** The claims of a valid token. Times are in seconds since 1970. */
export function validClaims(): JWTPayload {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: 'https://issuer.example/',
    aud: 'opsagent',
    sub: 'ann',
    name: 'Ann',
    iat: now,
    nbf: now,
    exp: now + 300,
  }
}

/** Signs a token with exactly these claims. Omits undefined ones. */
export function signWith({ privateKey, kid, alg }: Key, claims: JWTPayload): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(privateKey)
}

const firstKeys = new Map<string, Promise<Key>>()

/** The key that every issuer starts with. It is made once per algorithm, because RSA keys take 100 ms of CPU. */
function firstKey(alg: string): Promise<Key> {
  const made = firstKeys.get(alg) ?? makeKey('first', alg)
  firstKeys.set(alg, made)
  return made
}

/** Generates a key pair with a key id. */
export async function makeKey(kid: string, alg = 'RS256') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }
  return { kid, alg, privateKey, publicKey, jwk }
}
