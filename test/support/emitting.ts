import type { AgentMiddleware } from '../../src/core/call.ts'
import type { EventBody } from '../../src/core/event.ts'

/** An agent middleware that gives a test the `emit` of the run, and holds the run until the test calls `release`. */
export function emittingLayer() {
  const begun = Promise.withResolvers<(event: EventBody) => void>()
  const released = Promise.withResolvers<void>()
  const layer: AgentMiddleware = async function emitForTest({ scope }, next) {
    begun.resolve(scope.emit)
    await released.promise
    return next()
  }
  return { layer, begun: begun.promise, release: () => released.resolve() }
}

/** Emits events in the run of a server that was made with `isEmitting`. The run waits until `release`. */
export type Emitter = {
  /** Emits when the run has begun. */
  emit(events: readonly EventBody[]): Promise<void>
  release(): Promise<void>
}

/** An event whose label is `t<count> finished`. */
export function numbered(count: number, padding = ''): EventBody {
  return {
    type: 'tool.finished',
    span: '9',
    agent: 'ServiceNow',
    durationMs: 0,
    tool: `t${count}`,
    preview: padding,
  }
}

/** The event of a tool call. */
export function called(tool: string): EventBody {
  return { type: 'tool.called', span: '1', parent: '0', agent: 'ServiceNow', tool, arguments: '{}' }
}
