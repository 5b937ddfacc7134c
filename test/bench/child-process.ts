import { join } from 'node:path'

/** A child process that sends one reply to each command. It exits together with its parent. */
export type Child<Command, Reply> = {
  ready: Promise<Reply>
  send: (command: Command) => Promise<Reply>
  end: () => Promise<void>
}

/** Starts a file of this folder as a child process. */
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
    send(command) {
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
