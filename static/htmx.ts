import type { Htmx } from 'htmx.org'

type StreamMessage = { event: string; data: string; id: string }

// htmx and its SSE extension run as scripts of their own before the bundle. The package declares no global and none
// of the events of the extension.
declare global {
  interface Window {
    htmx?: Htmx
  }
  interface DocumentEventMap {
    'htmx:sse:before:message': CustomEvent<{ message: StreamMessage }>
    'htmx:sse:after:connection': CustomEvent<{ connection: { abortController: AbortController } }>
    'htmx:sse:error': CustomEvent<{ status?: number }>
  }
}

/** The htmx of this page. Undefined if its script did not load; forms then work without it. */
export const { htmx } = window
