import { join } from 'node:path'

/** A process of ours that answers each command with one reply. It ends with us. */
export type Child<Command, Reply> = {
  ready: Promise<Reply>
  tell: (command: Command) => Promise<Reply>
  end: () => Promise<void>
}

/** Starts a file of this folder as a process of its own. */
export function startChild<Command, Reply>(
  file: string,
  args: string[] = [],
): Child<Command, Reply> {
  let next = Promise.withResolvers<Reply>()
  const child = Bun.spawn([process.execPath, join(import.meta.dir, file), ...args], {
    stdout: 'inherit',
    stderr: 'inherit',
    ipc: (reply) => next.resolve(reply as Reply),
    onExit: () => next.reject(new Error(`${file} ended.`)),
  })
  const ready = next.promise
  return {
    ready,
    tell(command) {
      next = Promise.withResolvers<Reply>()
      child.send(command)
      return next.promise
    },
    async end() {
      next.promise.catch(() => {})
      child.kill()
      await child.exited
    },
  }
}
