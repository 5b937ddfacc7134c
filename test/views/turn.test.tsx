import { describe, expect, test } from 'bun:test'
import { Markdown } from '../../views/markdown.tsx'
import { PendingTurn } from '../../views/pending-turn.tsx'
import { TurnView } from '../../views/turn.tsx'
import { hostile, turn } from './fixtures.ts'
import { attribute, forbidden, parse } from './markup.ts'

describe('a turn that has ended', () => {
  test.each(['finished', 'failed', 'stopped', 'interrupted'] as const)(
    'collapses its thinking into one link: %s',
    (status) => {
      const html = String(<TurnView turn={turn({ status })} />)
      const link = html.match(/<a class="summary-link".*?<\/a>/s)?.[0]
      expect(parse(link).text).toBe(`⊙ Thinking ${status} · 3.4 s ▸ for “Is all well?”`)
      expect(attribute(link, 'href')).toBe('/conversations/c1/runs/r1')
      expect(attribute(link, 'hx-target')).toBe('#flyout')
    },
  )

  test('says what the run did, and offers a retry when a part of it failed', () => {
    const counts = { agents: 3, tools: 4, failed: 0 }
    const whole = String(<TurnView turn={turn({ counts })} />)
    expect(parse(whole).text).toContain('⊙ Thinking finished · 3 agents · 4 tools · 3.4 s ▸')
    expect(whole).not.toContain('Retry')
    const failed = { agents: 1, tools: 1, failed: 1 }
    const partial = String(<TurnView turn={turn({ counts: failed })} />)
    expect(parse(partial).text).toContain('finished · 1 agent · 1 tool · 1 failed · 3.4 s')
    expect(partial).toContain('class="summary finished partial"')
    expect(partial).toContain('name="message" value="Is all well?"')
  })

  test('shows the answer and no retry when it finished', () => {
    const html = String(<TurnView turn={turn()} />)
    expect(html).toContain('All is <strong>well</strong>.')
    expect(html).not.toContain('Retry')
  })

  test('offers the answer as Markdown and the run as files', () => {
    const html = String(<TurnView turn={turn()} />)
    expect(attribute(html, 'data-href')).toBe('/conversations/c1/runs/r1/export?format=answer')
    for (const format of ['markdown', 'html', 'json']) {
      expect(html).toContain(`href="/conversations/c1/runs/r1/export?format=${format}"`)
    }
  })

  test('names its links after the question, so that those of two turns differ', () => {
    const turns = [turn({ canShare: true }), turn({ canShare: true, question: 'And\nnow?' })]
    const names = turns.flatMap((one) => {
      const html = String(<TurnView turn={one} />)
      return (html.match(/<a .*?<\/a>/gs) ?? []).map((link) => parse(link).text)
    })
    expect(names).toContain('Share for “now?”')
    expect(names.length).toBeGreaterThan(9)
    expect(new Set(names).size).toBe(names.length)
  })

  test('shows the beginning of a long question', () => {
    const long = Array.from({ length: 9 }, (_, index) => `line ${index}`).join('\n')
    const html = String(<TurnView turn={turn({ question: long })} />)
    expect(html).toContain('<details class="question"><summary')
    expect(html).toContain(`${long}</summary>`)
    expect(String(<TurnView turn={turn()} />)).not.toContain('<details class="question"')
  })

  test('shows the partial answer, the reason and a retry when it failed', () => {
    const html = String(
      <TurnView
        turn={turn({
          status: 'failed',
          answer: Markdown({ text: 'Half.' }),
          error: 'It took too long.',
        })}
      />,
    )
    expect(parse(html).text).toContain('Half.')
    expect(parse(html).text).toContain('It took too long.')
    const retry = html.match(/<form class="retry".*?<\/form>/s)?.[0]
    expect(attribute(retry, 'action')).toBe('/conversations/c1/messages')
    expect(retry).toContain('name="message" value="Is all well?"')
    expect(retry).not.toContain('name="run"')
  })

  test('has a default reason when it was stopped without an answer', () => {
    const { answer: _, ...silent } = turn({ status: 'stopped' })
    expect(parse(<TurnView turn={silent} />).text).toContain(
      'You stopped this question. There is no answer.',
    )
  })
})

describe('a turn in progress', () => {
  const html = String(<TurnView turn={turn({ status: 'running', elapsedMs: 65_000 })} />)

  test('reads its thinking until the event "done"', () => {
    expect(attribute(html, 'hx-sse:connect')).toBe('/conversations/c1/thinking?run=r1')
    expect(attribute(html, 'hx-sse:close')).toBe('done')
    expect(parse(html).text).toContain('Thinking... 1 min 05 s')
    expect(parse(html).text).toContain('The stream is delayed by a proxy.')
  })

  test('loads itself after "done", and every 20 s in case the stream is delayed', () => {
    expect(attribute(html, 'hx-get')).toBe('/conversations/c1/runs/r1')
    expect(html).toContain('hx-get="/conversations/c1/messages?run=r1"')
    expect(attribute(html, 'hx-trigger')).toBe("done from:'closest .turn' delay:100ms, every 20s")
  })

  test('is replaced by the error after a deletion, unless its own POST reports errors', () => {
    const asked = String(<PendingTurn conversation="c1" run="r1" question="Why?" />)
    expect(html).toContain('hx-status:404="swap:outerHTML"')
    expect(asked).toContain('hx-status:4xx="swap:none"')
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
          answer: Markdown({ text: hostile }),
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
