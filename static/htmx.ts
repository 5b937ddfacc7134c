import type { Htmx } from 'htmx.org'

type StreamMessage = { event: string; data: string; id: string }

/** A stream of the SSE extension. `attempt` counts from its last response; `delayCanceller` ends the wait before the next. */
export type StreamConnection = {
  abortController: AbortController
  attempt: number
  delayCanceller: (() => void) | null
  reader: ReadableStreamDefaultReader | null
}

// htmx and its SSE extension run as scripts of their own before the bundle. The package declares no global and none
// of the events of the extension.
declare global {
  interface Window {
    htmx?: Htmx
  }
  interface DocumentEventMap {
    'htmx:sse:before:message': CustomEvent<{ message: StreamMessage }>
    'htmx:sse:before:connection': CustomEvent<{ connection: StreamConnection }>
    'htmx:sse:after:connection': CustomEvent<{ connection: StreamConnection }>
    'htmx:sse:error': CustomEvent<{ status?: number }>
  }
}

/** The htmx of this page. Undefined if its script did not load; forms then work without it. */
export const { htmx } = window
