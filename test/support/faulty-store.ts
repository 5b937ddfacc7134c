import type { OwnerStore, Store } from '../../src/storage/store.ts'

/** Replaces some functions of a store, for every owner. */
export function replaceCalls(
  store: Store,
  replacements: (own: OwnerStore) => Partial<OwnerStore>,
): Store {
  return {
    ...store,
    forOwner(owner) {
      const own = store.forOwner(owner)
      const replaced = replacements(own)
      return new Proxy(own, {
        get(_, name) {
          const call = Reflect.get(replaced, name) ?? Reflect.get(own, name)
          return typeof call === 'function' ? call.bind(own) : call
        },
      })
    },
  }
}
