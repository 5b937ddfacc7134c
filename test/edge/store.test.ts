import { afterAll, beforeAll, test } from 'bun:test'
import { OpsError, type OpsErrorCode, publicReasons } from '../../src/core/errors.ts'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import type { Store } from '../../src/storage/store.ts'
import { searchContract } from '../storage/search-contract.ts'
import { storeContract } from '../storage/store-contract.ts'
import { startEdgeHarness } from '../support/edge-harness.ts'
import { parse, type StoreReply, stringify } from './store-call.ts'

let harness: Awaited<ReturnType<typeof startEdgeHarness>>

beforeAll(async () => {
  harness = await startEdgeHarness()
}, 60_000)
afterAll(() => harness.stop())

for (const contract of [storeContract, searchContract]) {
  contract(
    'SQLite of a Durable Object',
    async () => ({ store: storeOfObject(crypto.randomUUID()), remove() {} }),
    test,
  )
}

/** The store of an object. Each call is a request to the harness. */
function storeOfObject(name: string): Store {
  async function send(owner: string | undefined, method: string, args: unknown[]) {
    const body = stringify({ owner, method, args })
    const response = await fetch(`${harness.url}/store/${name}`, { method: 'POST', body })
    const { result, error } = parse(await response.text()) as StoreReply
    if (error === undefined) return result
    throw isCode(error.code) ? new OpsError(error.code) : new Error(error.message)
  }
  /** Sends every call of a local store to the object instead. */
  const remote = <Part extends object>(local: Part, owner?: string): Part =>
    new Proxy(local, {
      get:
        (_, method) =>
        (...args: unknown[]) =>
          send(owner, String(method), args),
    })
  const local = openSqliteStore(':memory:')
  return {
    ...remote(local),
    forOwner: (owner) => remote(local.forOwner(owner), owner),
    isTemporary: () => false,
  }
}

function isCode(code: string | undefined): code is OpsErrorCode {
  return code !== undefined && code in publicReasons
}
