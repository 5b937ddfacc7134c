import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { hashPassword } from '../http/identity/password-hash.ts'
import { maxEdgeIterations } from './edge-config.ts'

/**
 * `bun run make-password NAME`: prompts for a password and writes the entry for BASIC_USERS to standard output. With
 * `--edge` it has fewer iterations, so that it also works in a Worker. The password is not an argument, because arguments
 * appear in the shell history and in the process list.
 */
async function makePassword([name, option]: readonly string[]): Promise<void> {
  const isKnown = option === undefined || option === '--edge'
  if (name === undefined || !/^[^:,\s-][^:,]*$/.test(name) || !isKnown) {
    return fail(
      'Usage: bun run make-password NAME [--edge]. The name must not contain a colon or a comma.',
    )
  }
  process.stderr.write(`Password for ${name}: `)
  const password = await readSecret()
  process.stderr.write('\n')
  if (password.length < minCharacters) {
    return fail(`The password must have at least ${minCharacters} characters.`)
  }
  const hash = await hashPassword(password, option && maxEdgeIterations)
  process.stdout.write(`${name.trim()}:${hash}\n`)
}

const minCharacters = 8

/** Reads one line from standard input. A terminal does not show it. Empty after Ctrl-C. */
async function readSecret(): Promise<string> {
  const output = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output, terminal: true })
  for await (const line of lines) return line
  return ''
}

function fail(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
  process.exitCode = 1
}

await makePassword(process.argv.slice(2))
