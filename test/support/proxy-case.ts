import { join } from 'node:path'

/** Where one proxy runs, and what it stands in front of. */
export type ProxyPlace = {
  /** A folder of its own, with `tls.pem` (certificate and key), `tls.crt` and `tls.key` in it. */
  folder: string
  /** Where people reach it. */
  port: number
  /** A second port, for a proxy behind the proxy. */
  innerPort: number
  /** Where OpsAgent listens. */
  serverPort: number
  /** How long it waits between two bytes of a response. */
  readSeconds: number
}

/** What is started: files by name, and commands. `PROXY` in a command stands for the folder. */
export type ProxyPlan = { files: Record<string, string>; commands: [string, ...string[]][] }

/** One proxy with one config. */
export type ProxyCase = {
  name: string
  /** The programs that it takes. */
  programs: string[]
  /** Whether people reach it over TLS and HTTP/2. */
  http2?: true
  /** Whether it compresses streams too. */
  compresses?: true
  /** Whether it has no read timeout, so that a quiet POST is not cut. */
  patient?: true
  plan: (place: ProxyPlace) => Promise<ProxyPlan>
}

const root = join(import.meta.dir, '../..')

/**
 * A config file of this project with other values in it. A value that is not there is an error: the file and the test
 * would speak of different things.
 */
export async function fill(path: string, values: Record<string, string>): Promise<string> {
  let text = await Bun.file(join(root, path)).text()
  for (const [written, wanted] of Object.entries(values)) {
    if (!text.includes(written)) throw new Error(`${path} does not say ${written}`)
    text = text.replaceAll(written, wanted)
  }
  return text
}
