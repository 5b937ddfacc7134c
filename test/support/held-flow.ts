import { isTriage, type Script } from './scripted-model.ts'
import { gate, seedFlow } from './scripts.ts'

/** The flow of the seed. The specialist waits before its answer until `open` is called. */
export function heldFlow() {
  const held = gate()
  const script: Script = async (request, turn) => {
    if (!isTriage(request) && turn === 1) await held.opened
    return seedFlow(request, turn)
  }
  return { script, open: held.open }
}
