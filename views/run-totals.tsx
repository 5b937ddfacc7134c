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
  const finished = events.filter((event) => event.type === 'agent.finished')
  const usages = finished.flatMap(({ usage }) => usage ?? [])
  const input = usages.reduce((total, { inputTokens }) => total + inputTokens, 0)
  const output = usages.reduce((total, { outputTokens }) => total + outputTokens, 0)
  const cost = costOf(events, finished, prices)
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
      {usages.length > 0 && cost !== undefined && (
        <>
          <dt>Cost</dt>
          <dd>{costText(cost)}</dd>
        </>
      )}
    </dl>
  )
}

type Finished = Extract<ThinkingEvent, { type: 'agent.finished' }>

/** In US dollars, or undefined if the price of a model is not known. A fallback counts for the whole agent. */
function costOf(
  [first]: Props['events'],
  finished: readonly Finished[],
  prices: Props['prices'],
): number | undefined {
  const ofRun = first?.type === 'run.started' ? first.model : undefined
  let cost = 0
  for (const { usage, model = ofRun, fallback = model } of finished) {
    if (usage === undefined) continue
    const price = fallback === undefined ? undefined : prices?.[fallback]
    if (price === undefined) return undefined
    cost += (usage.inputTokens * price.input + usage.outputTokens * price.output) / 1_000_000
  }
  return cost
}

/** At least two significant digits, because a question costs less than a cent. */
function costText(cost: number): string {
  return `$${cost >= 0.1 || cost === 0 ? cost.toFixed(2) : cost.toPrecision(2)}`
}
