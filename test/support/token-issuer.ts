import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'

type Key = Awaited<ReturnType<typeof makeKey>>

/** A stand-in for an OpenID provider: its keys are read over a real socket. Stop it in the test. */
export async function startTokenIssuer({ port = 0, alg = 'RS256' } = {}) {
  let key = await firstKey(alg)
  let answer: () => Response = () => Response.json({ keys: [key.jwk] })
  let asked = 0
  const server = Bun.serve({
    port,
    hostname: '127.0.0.1',
    fetch() {
      asked += 1
      return answer()
    },
  })
  return {
    keysUrl: `http://127.0.0.1:${server.port}/keys`,
    issuer: 'https://issuer.example/',
    audience: 'opsagent',
    /** How often the keys were asked for. */
    get asked() {
      return asked
    },
    get key() {
      return key
    },
    /** From now on another key signs, and is the only one that is published. */
    async rotate(kid: string) {
      key = await makeKey(kid, alg)
    },
    /** What the address of the keys answers from now on. */
    answerWith(other: () => Response) {
      answer = other
    },
    /** A good token, but for what is changed in it. */
    sign: (claims: JWTPayload = {}) => signWith(key, { ...goodClaims(), ...claims }),
    stop: () => server.stop(true),
  }
}

/** What a good token says. Seconds since 1970, as tokens have them. */
export function goodClaims(): JWTPayload {
  const at = Math.floor(Date.now() / 1000)
  return {
    ...{ iss: 'https://issuer.example/', aud: 'opsagent', sub: 'ann', name: 'Ann' },
    ...{ iat: at, nbf: at, exp: at + 300 },
  }
}

/** A token with exactly these claims; a claim that is undefined is left out. */
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

/** A pair of keys with a name. */
export async function makeKey(kid: string, alg = 'RS256') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }
  return { kid, alg, privateKey, publicKey, jwk }
}
