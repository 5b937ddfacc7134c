import type { Child } from 'hono/jsx'
import { label, type ThinkingEvent } from '../src/core/event.ts'
import { ApprovalRow, isApproval, type RunPlace } from './approval.tsx'
import { duration, elapsed } from './duration.ts'

/** How long agents and tools may work, and an approval may take. */
export type WorkLimits = { agentSeconds: number; toolSeconds: number; approvalSeconds: number }

type Props = {
  event: ThinkingEvent
  /** The last event of the span that `event` begins. The row then shows both. */
  end?: ThinkingEvent | undefined
  /** How long ago the newest of these events was, in ms. Browsers have other clocks. */
  ageMs: number
  limits: WorkLimits
  place: RunPlace
  children?: Child
  id?: string
}

/**
 * One row of the thinking panel: an agent, a tool, or an event without a span. The stream sends a row for each event. The
 * script adds the row of a first event, and a later event of the same span updates it, so that repeated rows change
 * nothing. The words are exactly the label of the newest event.
 */
export function RunRow({ event, end, ageMs, limits, place, children, id }: Props) {
  if (isApproval(event)) {
    return (
      <ApprovalRow
        id={id}
        event={event}
        end={end}
        ageMs={ageMs}
        limitSeconds={limits.approvalSeconds}
        place={place}
      />
    )
  }
  const shown = end ?? event
  const isRunning = event.type === 'agent.invoked' || event.type === 'tool.called'
  const isEnd = 'span' in shown && 'durationMs' in shown
  const isOpen = (isRunning && !isEnd) || shown.type === 'tool.progressed'
  return (
    <li
      id={id}
      class={`row ${isOpen ? `${kind(event)} running` : kind(shown)}`}
      data-key={'span' in event ? `span-${event.span}` : `event-${event.seq}`}
      data-parent={'parent' in event && event.parent ? `span-${event.parent}` : undefined}
      data-seq={shown.seq}
      data-age-ms={Math.max(0, Math.round(ageMs))}
      data-end={isEnd ? '' : undefined}
      data-name={isRunning ? nameOf(event) : undefined}
      data-limit-seconds={isRunning ? limitOf(event, limits) : undefined}
    >
      <p class="line">
        {event.type === 'tool.called' && (
          <>
            <span class="owner" dir="auto">
              {event.agent} ›
            </span>{' '}
          </>
        )}
        <span class="words" dir="auto">
          {label(shown)}
        </span>{' '}
        <span class="rest">
          {event.type === 'tool.called' && (
            <span class="facts" dir="auto">
              {shortArguments(event.arguments)}
            </span>
          )}{' '}
          <span class="result">
            {isEnd && <Result event={shown} />}
            {isRunning && !isEnd && elapsed(ageMs)}
          </span>
        </span>
      </p>
      {children}
      {isRunning && children === undefined && <ol />}
    </li>
  )
}

/** The row of an event on the page, or '' for an event without a line. `now` is in ms since 1970. */
export function rowOf(
  event: ThinkingEvent,
  now: number,
  limits: WorkLimits,
  place: RunPlace,
): string {
  if (label(event) === undefined) return ''
  return String(<RunRow event={event} ageMs={now - event.at} limits={limits} place={place} />)
}

type SpanEnd = Extract<ThinkingEvent, { span: string; durationMs: number }>

/** The mark of an end repeats the words, so it is hidden from screen readers. */
function Result({ event }: { event: SpanEnd }) {
  const [, participle = ''] = event.type.split('.')
  const mark = participle === 'finished' ? '✓' : participle === 'failed' ? '✕' : '■'
  return (
    <>
      <span aria-hidden="true">{mark}</span> {duration(event.durationMs)}
    </>
  )
}

/** The class of a row: agent, tool, triage or gap, followed by failed or stopped. */
export function kind(event: ThinkingEvent): string {
  const [noun = '', participle = ''] = event.type.split('.')
  return participle === 'failed' || participle === 'stopped' ? `${noun} ${participle}` : noun
}

/** The name of a span outside its row: "ServiceNow", "ServiceNow › list_change_requests". */
export function nameOf(event: Extract<ThinkingEvent, { agent: string }>): string {
  return 'tool' in event ? `${event.agent} › ${event.tool}` : event.agent
}

function limitOf(event: ThinkingEvent, { agentSeconds, toolSeconds }: WorkLimits): number {
  return event.type === 'tool.called' ? toolSeconds : agentSeconds
}

const maxArgumentsCharacters = 160
const maxArgumentCharacters = 60

/** The arguments of a tool in one line: "state=open limit=10". Arguments that are no JSON object are shown as they are. */
export function shortArguments(text: string): string {
  const parts = Object.entries(readObject(text) ?? { '': text }).map(([name, value]) => {
    const shown = cut(
      typeof value === 'string' ? value : JSON.stringify(value),
      maxArgumentCharacters,
    )
    return name === '' ? shown : `${name}=${shown}`
  })
  return cut(parts.join(' '), maxArgumentsCharacters)
}

function readObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function cut(text: string, maxCharacters: number): string {
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters).toWellFormed()}…` : text
}
