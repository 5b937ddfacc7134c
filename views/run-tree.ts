import type { ThinkingEvent } from '../src/core/event.ts'

/** One thing of a run with what belongs below it: a span with both of its ends, or an event that is alone. */
export type RunNode = { event: ThinkingEvent; end?: ThinkingEvent; children: RunNode[] }

/** The events of a run as a tree: tools under their agent, agents under the one that asked them. */
export function runTree(events: ThinkingEvent[]): RunNode[] {
  const roots: RunNode[] = []
  const spans = new Map<string, RunNode>()

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
      case 'agent.finished':
      case 'agent.failed':
      case 'agent.stopped':
      case 'tool.finished':
      case 'tool.failed':
      case 'tool.stopped': {
        const node = spans.get(event.span)
        // Its beginning may have fallen into a gap; then the end stands alone.
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
