import type { SharedStore } from '../../src/storage/postgres.ts'
import type { OwnerStore, SharedRuns, Store } from '../../src/storage/store.ts'

/** Replaces some functions of a store, for every owner. */
export function replaceCalls(
  store: Store,
  replacements: (own: OwnerStore) => Partial<OwnerStore>,
): Store {
  return {
    ...store,
    forOwner(owner) {
      const own = store.forOwner(owner)
      return overlay(own, replacements(own))
    },
  }
}

/** A shared store whose calls for other processes are partly replaced. */
export function replaceShared(
  store: SharedStore,
  replacements: (shared: SharedRuns) => Partial<SharedRuns>,
): SharedStore {
  return { ...store, shared: overlay(store.shared, replacements(store.shared)) }
}

function overlay<Calls extends object>(calls: Calls, replaced: Partial<Calls>): Calls {
  return new Proxy(calls, {
    get(_, name) {
      const call = Reflect.get(replaced, name) ?? Reflect.get(calls, name)
      return typeof call === 'function' ? call.bind(calls) : call
    },
  })
}
