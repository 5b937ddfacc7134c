import { expect, test } from 'bun:test'
import type { AnswerSection, Evidence } from '../../src/core/evidence.ts'
import { AnswerBody } from '../../views/answer.tsx'
import { hostile } from './fixtures.ts'
import { forbidden, parse } from './markup.ts'

const bodies: [string, string, Partial<AnswerSection>][] = [
  ['ServiceNow', '**5** are open. [1]\n\n## Detail\n\nOf [2].', { numbers: [1] }],
  ['Service Health', 'All is well [2].', { numbers: [2], removed: 1 }],
  ['Log Analytics', 'Trust me.', { state: 'unbacked' }],
  ['Network', '*This part is missing.*', { state: 'missing' }],
]

/** An answer of these sections, as the workflow puts it together. */
function answerOf(parts: typeof bodies): { text: string; evidence: Evidence } {
  let text = ''
  const sections = parts.map(([agent, body, rest]) => {
    text += `${text === '' ? '' : '\n\n'}## ${agent}\n\n`
    const from = text.length
    text += body
    return {
      agent,
      from,
      to: text.length,
      numbers: [],
      removed: 0,
      state: 'backed' as const,
      ...rest,
    }
  })
  const references = [
    { number: 1, agent: 'ServiceNow', tool: 'list_change_requests', step: 4 },
    { number: 2, agent: 'Service Health', tool: 'check_databricks_health', step: 9 },
  ]
  return { text: `${text}\n\n*Sample data.*`, evidence: { sections, references } }
}

const stepUrl = (step: number) => `/run#step-${step}`
const render = (parts: typeof bodies) =>
  String(<AnswerBody {...answerOf(parts)} stepUrl={stepUrl} hasButtons />)

test('each section can be folded, and sibling sections have equal headings', () => {
  const { elements } = parse(render(bodies))
  expect(elements.filter(({ tag }) => tag === 'details')).toHaveLength(4)
  expect(elements.filter(({ tag }) => tag === 'h3')).toHaveLength(4)
  expect(elements.filter(({ tag }) => tag === 'h4')).toHaveLength(1)
  expect(render(bodies)).toContain('<span class="verdict">5 are open.</span>')
})

test('a section refers to its own results only', () => {
  const links = render(bodies).match(/<a class="ref"[^>]*>/g)
  expect(links).toEqual([
    '<a class="ref" href="/run#step-4">',
    '<a class="ref" href="/run#step-9">',
  ])
})

test('a section without a result is marked, and a missing one is not', () => {
  const { text } = parse(render(bodies))
  expect(text.match(/Not backed by a tool result/g)).toHaveLength(1)
  expect(text).toContain('Log Analytics Trust me. Not backed by a tool result Trust me.')
  expect(text).toContain('1 reference to nothing was removed.')
})

test('the results are listed below, and the note at the end stays', () => {
  expect(parse(render(bodies)).text).toEndWith(
    'Sample data. [1] ServiceNow › list_change_requests [2] Service Health › check_databricks_health',
  )
})

test('hostile texts stay texts, also as the names of agents and tools', () => {
  const { text, evidence } = answerOf([[hostile, `${hostile} [1]`, { numbers: [1] }], ...bodies])
  const references = [{ number: 1, agent: hostile, tool: hostile, step: 4 }]
  const html = String(
    <AnswerBody text={text} evidence={{ ...evidence, references }} stepUrl={stepUrl} />,
  )
  expect(forbidden(html)).toEqual([])
  expect(parse(html).elements.map(({ tag }) => tag)).not.toContain('img')
})

test('positions outside of the text show nothing and break nothing', () => {
  const section = { agent: 'A', from: -5, to: 10_000, numbers: [7], removed: 0 }
  const evidence = { sections: [{ ...section, state: 'backed' as const }], references: [] }
  expect(String(<AnswerBody text="short" evidence={evidence} stepUrl={stepUrl} />)).toContain(
    'short',
  )
})
