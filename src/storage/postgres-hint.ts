import type { Hint } from './store.ts'

/** The channel of all hints. */
export const hintChannel = 'opsagent'

/** Postgres refuses 8,000 bytes and more. */
const maxPayload = 7900

/** A hint as the payload of a notification: short, because Postgres copies it to every process. */
export function hintPayload(hint: Hint): string {
  switch (hint.type) {
    case 'written': {
      const payload = `w${hint.runs.join(',')}`
      return payload.length > maxPayload ? '' : payload
    }
    case 'begun':
      return `b${hint.conversation}`
    case 'stop':
      return 's'
    case 'decided':
      return 'a'
    case 'deleted':
      return `d${hint.conversation}`
    case 'anything':
      return ''
  }
}

/** Reads a payload. One that this version does not know says to look at everything. */
export function readHint(payload: string): Hint {
  const rest = payload.slice(1)
  switch (payload[0]) {
    case 'w':
      return { type: 'written', runs: rest.split(',').map(Number) }
    case 'b':
      return { type: 'begun', conversation: rest }
    case 's':
      return { type: 'stop' }
    case 'a':
      return { type: 'decided' }
    case 'd':
      return { type: 'deleted', conversation: rest }
    default:
      return { type: 'anything' }
  }
}
