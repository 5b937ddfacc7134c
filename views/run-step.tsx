import type { Child } from 'hono/jsx'
import { label, type ThinkingEvent } from '../src/core/event.ts'
import type { RunPlace } from './approval.tsx'
import { RunRow, type WorkLimits } from './run-row.tsx'
import type { RunNode } from './run-tree.ts'
import { ToolValue } from './tool-value.tsx'

/**
 * When the flyout is drawn, in ms since 1970, the limits of agents and tools, the run, and the spans of the tool calls whose
 * data is formatted.
 */
export type StepContext = {
  now: number
  limits: WorkLimits
  place: RunPlace
  formatted: ReadonlySet<string>
}

type Props = StepContext & { node: RunNode }

/**
 * One node of a run in the flyout, with the nodes below it: the row of the panel, and what the row leaves out. Its id names
 * the first event, so that an answer can refer to a tool call: `step-12`.
 */
export function RunStep({ node, ...context }: Props) {
  const { now, limits, place, formatted } = context
  const { event, progress, end = progress, children } = node
  if (label(end ?? event) === undefined) return null
  const isSpan = event.type === 'agent.invoked' || event.type === 'tool.called'
  return (
    <RunRow
      id={`step-${event.seq}`}
      event={event}
      end={end}
      ageMs={now - (end ?? event).at}
      limits={limits}
      place={place}
    >
      {event.type === 'agent.invoked' && event.task !== undefined && (
        <p class="note" dir="auto">
          {event.task}
        </p>
      )}
      {event.type === 'tool.called' && (
        <ToolData called={event} end={end} isFormatted={formatted.has(event.span)} />
      )}
      {end?.type === 'agent.finished' && end.usage && <Usage usage={end.usage} />}
      {isSpan && (
        <ol>
          {children.map((child) => (
            <RunStep node={child} {...context} />
          ))}
        </ol>
      )}
    </RunRow>
  )
}

type Called = Extract<ThinkingEvent, { type: 'tool.called' }>

type ToolDataProps = { called: Called; end: ThinkingEvent | undefined; isFormatted: boolean }

function ToolData({ called, end, isFormatted }: ToolDataProps) {
  const result = end?.type === 'tool.finished' ? end : undefined
  return (
    <details>
      <summary>{result ? 'Arguments and result' : 'Arguments'}</summary>
      <Data title="Arguments" text={called.arguments} isFormatted={isFormatted} />
      {result && (
        <Data title="Result" text={result.preview} isFormatted={isFormatted}>
          {result.truncated && <span class="badge">shortened</span>}
        </Data>
      )}
    </details>
  )
}

type DataProps = { title: string; text: string; isFormatted: boolean; children?: Child }

function Data({ title, text, isFormatted, children }: DataProps) {
  return (
    <>
      <h4>
        {title} {children}
      </h4>
      {isFormatted ? <ToolValue text={text} /> : <pre dir="auto">{text}</pre>}
    </>
  )
}

function Usage({ usage }: { usage: { inputTokens: number; outputTokens: number } }) {
  const { inputTokens, outputTokens } = usage
  return (
    <p class="note">
      {inputTokens.toLocaleString('en')} tokens in, {outputTokens.toLocaleString('en')} out
    </p>
  )
}
