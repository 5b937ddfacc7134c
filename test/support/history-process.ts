import { join } from 'node:path'

const root = join(import.meta.dir, '../..')

/** Runs `bun run history` as a child process. */
export async function runHistory(environment: Record<string, string>, ...args: string[]) {
  const inherited = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' }
  const program = [process.execPath, '--no-env-file', 'src/entry/history-command.ts']
  const child = Bun.spawn([...program, ...args], {
    cwd: root,
    env: { ...inherited, ...environment },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { output, errors, code }
}
