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

/** Reads one line from standard input. A terminal does not show it. */
async function readSecret(): Promise<string> {
  const { stdin } = process
  const decoder = new TextDecoder()
  const characters: string[] = []
  if (stdin.isTTY) stdin.setRawMode(true)
  try {
    for await (const chunk of stdin) {
      for (const character of decoder.decode(chunk, { stream: true })) {
        if (character === '\n' || character === '\r' || character === ctrlD) {
          return characters.join('')
        }
        if (character === ctrlC) return ''
        if (character === backspace || character === '\b') characters.pop()
        else characters.push(character)
      }
    }
    return characters.join('')
  } finally {
    if (stdin.isTTY) stdin.setRawMode(false)
    stdin.pause()
  }
}

// A terminal in raw mode sends these keys as characters.
const ctrlC = '\u0003'
const ctrlD = '\u0004'
const backspace = '\u007f'

function fail(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
  process.exitCode = 1
}

await makePassword(process.argv[2])
