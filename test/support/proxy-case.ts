import { join } from 'node:path'

/** One proxy with one configuration. */
export type ProxyCase = {
  name: string
  /** The programs it starts. */
  programs: string[]
  /** Whether clients reach it over TLS and HTTP/2. */
  http2?: true
  /** Whether it compresses streams. */
  compresses?: true
  /** Whether it has no read timeout, so that it does not cut a silent POST. */
  noReadTimeout?: true
  plan: (place: ProxyPlace) => Promise<ProxyPlan>
}

/** Addresses, folder and timeout of one running proxy. */
export type ProxyPlace = {
  /** Its working folder, which contains `tls.pem` (certificate and key), `tls.crt` and `tls.key`. */
  folder: string
  /** The port for clients. */
  port: number
  /** A second port, for a proxy behind the proxy. */
  innerPort: number
  /** The port of OpsAgent. */
  serverPort: number
  /** Its read timeout: the longest pause between two bytes of a response. */
  readSeconds: number
}

/** Config files by name, and the commands to start. */
export type ProxyPlan = { files: Record<string, string>; commands: [string, ...string[]][] }

const root = join(import.meta.dir, '../..')

/**
 * Reads a config file of this project and replaces values in it.
 * @throws Error if a value is missing, because the test would then run without the replacement.
 */
export async function fill(path: string, values: Record<string, string>): Promise<string> {
  let text = await Bun.file(join(root, path)).text()
  for (const [original, replacement] of Object.entries(values)) {
    if (!text.includes(original)) throw new Error(`${path} does not contain ${original}`)
    text = text.replaceAll(original, replacement)
  }
  return text
}
