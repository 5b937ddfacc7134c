import { openPostgresStore } from '../../src/storage/postgres.ts'
import { useCleanUps } from './clean-ups.ts'
import { usePostgres } from './postgres.ts'
import { storedConversation } from './stored-runs.ts'

/** Databases with two processes for the tests of a file. Its stores are closed after each test. */
export function usePostgresStores() {
  const { makeDatabase, cluster } = usePostgres()
  const { onEnd } = useCleanUps()

  /** Two stores on one database, each a process with a lease, and a conversation. By default leases outlast the test. */
  async function makeStores({ leaseMs = 60_000 } = {}) {
    const database = await makeDatabase()
    const open = async () => {
      const store = await openPostgresStore(database.url, {
        migrate: true,
        leaseMs,
        connections: 4,
      })
      onEnd(store.close)
      await store.shared.join()
      return store
    }
    const [store, other] = [await open(), await open()]
    const ann = store.forOwner('ann')
    await ann.createConversation(storedConversation)
    return { database, store, other, ann, annThere: other.forOwner('ann') }
  }

  return {
    makeDatabase,
    makeStores,
    cluster,
    onEnd,
  }
}

/** What a promise rejects with. */
export async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  )
}
