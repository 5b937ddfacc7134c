import { describe, expect, test } from 'bun:test'
import { PendingTurn } from '../../views/pending-turn.tsx'
import { TurnView } from '../../views/turn.tsx'
import { hostile, turn } from './fixtures.ts'
import { attribute, forbidden, parse } from './markup.ts'

describe('a turn that is over', () => {
  test.each(['finished', 'failed', 'stopped', 'interrupted'] as const)(
    'collapses its thinking into one link when it %s',
    (status) => {
      const html = String(<TurnView turn={turn({ status })} />)
      const link = html.match(/<a class="summary-link".*?<\/a>/s)?.[0]
      expect(parse(link).text).toBe(`⊙ Thinking ${status} ▸`)
      expect(attribute(link, 'href')).toBe('/conversations/c1/runs/r1')
      expect(attribute(link, 'hx-target')).toBe('#flyout')
      expect(parse(html).text).toContain('3.4 s')
    },
  )

  test('shows the answer, and offers no second try when there is one', () => {
    const html = String(<TurnView turn={turn()} />)
    expect(html).toContain('All is <strong>well</strong>.')
    expect(html).not.toContain('Retry')
  })

  test('that failed shows what is there, why there is no more, and asks the same again', () => {
    const html = String(
      <TurnView turn={turn({ status: 'failed', answer: 'Half.', error: 'It took too long.' })} />,
    )
    expect(parse(html).text).toContain('Half.')
    expect(parse(html).text).toContain('It took too long.')
    const retry = html.match(/<form class="retry".*?<\/form>/s)?.[0]
    expect(attribute(retry, 'action')).toBe('/conversations/c1/messages')
    expect(retry).toContain('name="message" value="Is all well?"')
    expect(retry).not.toContain('name="run"')
  })

  test('that was stopped without a word says so by itself', () => {
    const { answer: _, ...silent } = turn({ status: 'stopped' })
    expect(parse(<TurnView turn={silent} />).text).toContain('There is no answer.')
  })
})

describe('a turn that is running', () => {
  const html = String(<TurnView turn={turn({ status: 'running', elapsedMs: 65_000 })} />)

  test('listens to its thinking until "done"', () => {
    expect(attribute(html, 'hx-sse:connect')).toBe('/conversations/c1/thinking?run=r1')
    expect(attribute(html, 'hx-sse:close')).toBe('done')
    expect(parse(html).text).toContain('Thinking... 1 min 05 s')
  })

  test('fetches itself when it is done, or when the stream is held up', () => {
    expect(attribute(html, 'hx-get')).toBe('/conversations/c1/runs/r1')
    expect(html).toContain('hx-get="/conversations/c1/messages?run=r1"')
    expect(attribute(html, 'hx-trigger')).toBe("done from:'closest .turn' delay:100ms, every 20s")
  })

  test('gives way to the error once it is gone, but a turn that is being asked does not', () => {
    const asked = String(<PendingTurn conversation="c1" run="r1" question="Why?" />)
    expect(html).toContain('hx-status:404="swap:outerHTML"')
    expect(asked).not.toContain('hx-status:404')
  })

  test('does not post its question again', () => {
    expect(parse(html).elements[0]?.attributes.map(([name]) => name)).not.toContain('hx-post')
  })
})

test('hostile text stays text in every part of a turn', () => {
  for (const status of ['running', 'finished', 'failed'] as const) {
    const html = String(
      <TurnView
        turn={turn({
          status,
          conversation: hostile,
          run: hostile,
          question: hostile,
          answer: hostile,
          error: hostile,
        })}
      />,
    )
    expect(forbidden(html)).toEqual([])
    const tags = parse(html).elements.map(({ tag }) => tag)
    expect(tags).not.toContain('img')
    expect(tags).not.toContain('script')
    expect(parse(html).text).toContain(hostile)
  }
})
