import { hashPassword } from '../http/identity/password-hash.ts'

/**
 * `bun run make-password NAME`: asks for a password and writes the entry for BASIC_USERS to standard output. Never from
 * the command line: it would stand in the history of the shell and in the list of processes.
 */
async function makePassword(name: string | undefined): Promise<void> {
  if (name === undefined || !/^[^:,\s][^:,]*$/.test(name)) {
    return fail('Say whose: bun run make-password NAME. A name has no colon and no comma.')
  }
  process.stderr.write(`Password of ${name}: `)
  const password = await readSecret()
  process.stderr.write('\n')
  if (password.length < fewest) return fail(`It needs at least ${fewest} characters.`)
  process.stdout.write(`${name.trim()}:${await hashPassword(password)}\n`)
}

const fewest = 8

/** One line of standard input; on a terminal it is not shown. */
async function readSecret(): Promise<string> {
  const { stdin } = process
  const decoder = new TextDecoder()
  let text = ''
  if (stdin.isTTY) stdin.setRawMode(true)
  try {
    for await (const chunk of stdin) {
      for (const character of decoder.decode(chunk, { stream: true })) {
        if (character === '\n' || character === '\r' || character === end) return text
        if (character === interrupt) return ''
        text = character === erase || character === '\b' ? text.slice(0, -1) : text + character
      }
    }
    return text
  } finally {
    if (stdin.isTTY) stdin.setRawMode(false)
    stdin.pause()
  }
}

// What a terminal sends by itself in raw mode: Ctrl-C, Ctrl-D, Backspace.
const interrupt = '\u0003'
const end = '\u0004'
const erase = '\u007f'

function fail(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
  process.exitCode = 1
}

await makePassword(process.argv[2])
