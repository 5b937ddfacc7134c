/** Whoever asks. Conversations, runs and streams belong to the `id`; people see the `name`. */
export type User = { id: string; name: string }

/** Tells who sent a request, or nothing when it is nobody we know. The way to plug in a sign-on. */
export type Identify = (request: Request) => User | undefined | Promise<User | undefined>

/** `AUTH=none`: everybody is the one local user. */
export function localUser(): Identify {
  const user = { id: 'local', name: 'You' }
  return () => user
}
