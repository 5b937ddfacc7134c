import type { ThinkingEvent } from '../src/core/event.ts'
import { kind, nameOf } from './run-row.tsx'
import type { RunNode } from './run-tree.ts'

type Props = { nodes: readonly RunNode[]; start: number; end: number }

const rowHeight = 26
/** More bars than this are left out: the steps below show all. */
const maxBars = 200

type Begin = Extract<ThinkingEvent, { type: 'agent.invoked' | 'tool.called' }>
type Bar = { begin: Begin; last: ThinkingEvent | undefined; depth: number }

/**
 * A bar for each agent and tool, from `start` to `end` of the run in ms since 1970. Each is a link to its step whose label
 * has the exact times. Positions are percentages, so that the picture has the width of its column without a script.
 */
export function Waterfall({ nodes, start, end }: Props) {
  const bars = barsOf(nodes).slice(0, maxBars)
  if (bars.length === 0) return null
  const total = Math.max(1, end - start)
  return (
    <svg class="waterfall" width="100%" height={bars.length * rowHeight}>
      <title>Timeline</title>
      <defs>
        <pattern id="failed-pattern" width="6" height="6" patternUnits="userSpaceOnUse">
          <rect width="6" height="6" class="pattern-ground" />
          <path d="M0 6L6 0" class="pattern-line" />
        </pattern>
      </defs>
      {bars.map((bar, index) => (
        <BarView bar={bar} y={index * rowHeight} start={start} end={end} total={total} />
      ))}
    </svg>
  )
}

type BarProps = { bar: Bar; y: number; start: number; end: number; total: number }

function BarView({ bar: { begin, last, depth }, y, start, end, total }: BarProps) {
  const from = Math.max(0, begin.at - start)
  const to = Math.max(from, (last?.at ?? end) - start)
  const state = last ? kind(last) : `${kind(begin)} running`
  const took = last && 'durationMs' in last ? last.durationMs : to - from
  const times = `+${exact(from)} to ${last ? `+${exact(to)}` : 'now'}, ${exact(took)}`
  const name = begin.type === 'tool.called' ? begin.tool : begin.agent
  const [, ending = 'in progress'] = last?.type.split('.') ?? []
  return (
    <a
      href={`#step-${begin.seq}`}
      class={`bar ${state}`}
      aria-label={`${nameOf(begin)}: ${ending}, ${times}`}
    >
      <rect class="bar-ground" x="0" y={y} width="100%" height={rowHeight} />
      <text class="bar-name" x={4 + depth * 10} y={y + 13}>
        {name}
      </text>
      <text class="bar-times" x="100%" dx="-4" y={y + 13} text-anchor="end">
        {times}
      </text>
      <rect
        class="bar-time"
        x={percent(from / total)}
        y={y + 17}
        width={percent(Math.max(0.012, (to - from) / total))}
        height="6"
        rx="2"
      />
    </a>
  )
}

function barsOf(nodes: readonly RunNode[], depth = 0): Bar[] {
  return nodes.flatMap(({ event, end, children }) => {
    const below = barsOf(children, depth + 1)
    const isSpan = event.type === 'agent.invoked' || event.type === 'tool.called'
    return isSpan ? [{ begin: event, last: end, depth }, ...below] : below
  })
}

/** A time to the millisecond: "412 ms", "1.204 s". */
function exact(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(3)} s`
}

/** Short, so that the page stays small. */
function percent(share: number): string {
  return `${Math.round(Math.min(1, share) * 1000) / 10}%`
}
