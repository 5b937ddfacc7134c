import type { ThinkingEvent } from '../src/core/event.ts'
import { duration } from './duration.ts'
import type { ModelPrices } from './types.ts'

type Props = {
  events: readonly ThinkingEvent[]
  durationMs: number
  prices: ModelPrices | undefined
}

/** The time, the tokens and the cost of a run, as far as the model reports tokens and its price is known. */
export function RunTotals({ events, durationMs, prices }: Props) {
  const usages = events.flatMap((event) =>
    event.type === 'agent.finished' && event.usage ? [event.usage] : [],
  )
  const input = usages.reduce((total, { inputTokens }) => total + inputTokens, 0)
  const output = usages.reduce((total, { outputTokens }) => total + outputTokens, 0)
  const price = priceOf(events, prices)
  return (
    <dl class="totals">
      <dt>Time</dt>
      <dd>{duration(durationMs)}</dd>
      {usages.length > 0 && (
        <>
          <dt>Tokens</dt>
          <dd>
            {input.toLocaleString('en')} in, {output.toLocaleString('en')} out
          </dd>
        </>
      )}
      {usages.length > 0 && price && (
        <>
          <dt>Cost</dt>
          <dd>{costText((input * price.input + output * price.output) / 1_000_000)}</dd>
        </>
      )}
    </dl>
  )
}

function priceOf(events: Props['events'], prices: Props['prices']) {
  const [first] = events
  return first?.type === 'run.started' && first.model !== undefined
    ? prices?.[first.model]
    : undefined
}

/** At least two significant digits, because a question costs less than a cent. */
function costText(cost: number): string {
  return `$${cost >= 0.1 || cost === 0 ? cost.toFixed(2) : cost.toPrecision(2)}`
}
