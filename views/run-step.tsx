import type { Child } from 'hono/jsx'
import { label, type ThinkingEvent } from '../src/core/event.ts'
import { duration, offset } from './duration.ts'
import type { RunNode } from './run-tree.ts'
import { kind } from './thinking-line.tsx'

type Props = { node: RunNode; start: number; running: boolean }

/** One node of a run in the flyout, with the nodes below it. `start` is when the run started, in ms since 1970. */
export function RunStep({ node, start, running }: Props) {
  const { event, end, children } = node
  return (
    <li class="step" id={event.type === 'tool.called' ? `step-${event.seq}` : undefined}>
      <Line event={event} start={start} />
      {event.type === 'triage.decided' && <Decision event={event} />}
      {event.type === 'agent.invoked' && event.task !== undefined && (
        <p class="note" dir="auto">
          {event.task}
        </p>
      )}
      {event.type === 'tool.called' && <ToolData called={event} end={end} />}
      {children.length > 0 && (
        <ol>
          {children.map((child) => (
            <RunStep node={child} start={start} running={running} />
          ))}
        </ol>
      )}
      {end && <Line event={end} start={start} />}
      {end?.type === 'agent.finished' && end.usage && <Usage usage={end.usage} />}
      {!end && running && 'span' in event && <p class="note">in progress</p>}
    </li>
  )
}

function Line({ event, start }: { event: ThinkingEvent; start: number }) {
  return (
    <p class={`line ${kind(event)}`}>
      <span class="label" dir="auto">
        {label(event) ?? 'Decision'}
      </span>{' '}
      {'durationMs' in event && <span class="duration">{duration(event.durationMs)}</span>}{' '}
      {event.type !== 'gap' && <span class="offset">{offset(event.at - start)}</span>}
    </p>
  )
}

type Decided = Extract<ThinkingEvent, { type: 'triage.decided' }>

function Decision({ event }: { event: Decided }) {
  return (
    <div class="decision">
      {event.rejected !== undefined && <p dir="auto">{event.rejected}</p>}
      {event.tasks.length > 0 && (
        <dl>
          {event.tasks.map(({ agent, question }) => (
            <>
              <dt dir="auto">{agent}</dt>
              <dd dir="auto">{question}</dd>
            </>
          ))}
        </dl>
      )}
      {event.skipped.length > 0 && <p dir="auto">Not asked: {event.skipped.join(', ')}</p>}
    </div>
  )
}

type Called = Extract<ThinkingEvent, { type: 'tool.called' }>

function ToolData({ called, end }: { called: Called; end?: ThinkingEvent | undefined }) {
  const result = end?.type === 'tool.finished' ? end : undefined
  return (
    <details>
      <summary>{result ? 'Arguments and result' : 'Arguments'}</summary>
      <Data title="Arguments" text={called.arguments} />
      {result && (
        <Data title="Result" text={result.preview}>
          {result.truncated && <span class="badge">shortened</span>}
        </Data>
      )}
    </details>
  )
}

function Data({ title, text, children }: { title: string; text: string; children?: Child }) {
  return (
    <>
      <h3>
        {title} {children}
      </h3>
      <pre dir="auto">{pretty(text)}</pre>
    </>
  )
}

// Text that was shortened is no valid JSON and is shown unchanged. So is deeply nested JSON: indenting thousands of
// brackets would produce megabytes of spaces.
function pretty(text: string): string {
  try {
    const indented = JSON.stringify(JSON.parse(text), null, 2)
    return indented.length <= 8 * text.length ? indented : text
  } catch {
    return text
  }
}

function Usage({ usage }: { usage: { inputTokens: number; outputTokens: number } }) {
  const { inputTokens, outputTokens } = usage
  return (
    <p class="note">
      {inputTokens.toLocaleString('en')} tokens in, {outputTokens.toLocaleString('en')} out
    </p>
  )
}
