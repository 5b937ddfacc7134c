import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { hashPassword } from '../http/identity/password-hash.ts'

/**
 * `bun run make-password NAME`: prompts for a password and writes the entry for BASIC_USERS to standard output. The
 * password is not an argument, because arguments appear in the shell history and in the process list.
 */
async function makePassword(name: string | undefined): Promise<void> {
  if (name === undefined || !/^[^:,\s][^:,]*$/.test(name)) {
    return fail('Usage: bun run make-password NAME. The name must not contain a colon or a comma.')
  }
  process.stderr.write(`Password for ${name}: `)
  const password = await readSecret()
  process.stderr.write('\n')
  if (password.length < minCharacters) {
    return fail(`The password must have at least ${minCharacters} characters.`)
  }
  process.stdout.write(`${name.trim()}:${await hashPassword(password)}\n`)
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

await makePassword(process.argv[2])
