/** Reads a text that a script has stored. Undefined also where the browser blocks storage. */
export function readStored(storage: 'localStorage' | 'sessionStorage', key: string) {
  try {
    return window[storage].getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

/** Stores a text, or removes it if it is empty. Does nothing where the browser blocks storage, or when it is full. */
export function writeStored(
  storage: 'localStorage' | 'sessionStorage',
  key: string,
  text: string,
): void {
  try {
    if (text === '') window[storage].removeItem(key)
    else window[storage].setItem(key, text)
  } catch {
    // Only a comfort is lost.
  }
}
