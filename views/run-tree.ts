import type { ThinkingEvent } from '../src/core/event.ts'

/**
 * A span with its first and last event and the spans inside it, or a single event. `progress` is the newest of a tool that
 * works.
 */
export type RunNode = {
  event: ThinkingEvent
  progress?: ThinkingEvent
  end?: ThinkingEvent
  children: RunNode[]
}

/** The events of a run as a tree: tools below their agent, specialists below triage. */
export function runTree(events: readonly ThinkingEvent[]): RunNode[] {
  const roots: RunNode[] = []
  const spans = new Map<string, RunNode>()
  const approvals = new Map<string, RunNode>()

  const add = (event: ThinkingEvent, parent?: RunNode): RunNode => {
    const node: RunNode = { event, children: [] }
    const siblings = parent?.children ?? roots
    siblings.push(node)
    return node
  }

  for (const event of events) {
    switch (event.type) {
      case 'agent.invoked':
      case 'tool.called':
        spans.set(event.span, add(event, event.parent ? spans.get(event.parent) : undefined))
        break
      case 'context.trimmed':
        add(event, spans.get(event.parent))
        break
      case 'approval.requested':
        approvals.set(event.span, add(event, spans.get(event.span)))
        break
      case 'approval.decided': {
        const node = approvals.get(event.span)
        if (node) node.end = event
        else add(event, spans.get(event.span))
        break
      }
      case 'tool.progressed': {
        const node = spans.get(event.span)
        if (node) node.progress = event
        break
      }
      case 'agent.finished':
      case 'agent.failed':
      case 'agent.stopped':
      case 'tool.finished':
      case 'tool.failed':
      case 'tool.stopped': {
        const node = spans.get(event.span)
        const approval = approvals.get(event.span)
        // A call that was stopped has no decision.
        if (approval) approval.end ??= event
        // The first event of the span may be inside a gap; the last one is then shown alone.
        if (node) node.end = event
        else add(event)
        break
      }
      case 'triage.decided':
        add(
          event,
          roots.findLast((node) => node.event.type === 'agent.invoked' && !node.end),
        )
        break
      case 'gap':
        add(event)
        break
    }
  }
  return roots
}
