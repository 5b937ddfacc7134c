import { expect, test } from 'bun:test'
import { ToolValue } from '../../views/tool-value.tsx'
import { hostile } from './fixtures.ts'
import { forbidden, parse } from './markup.ts'

const render = (value: unknown) => String(<ToolValue text={JSON.stringify(value)} />)

test('an array of flat objects is a table, and the members beside it stay JSON', () => {
  const html = render({
    total: 2,
    runs: [
      { id: 'r1', latest: { status: 'failed' }, tags: ['a', 'b'] },
      { id: 'r2', rows: 5 },
    ],
  })
  const { elements, text } = parse(html)
  expect(elements.filter(({ tag }) => tag === 'tr')).toHaveLength(3)
  expect(text).toContain('id latest.status tags rows r1 failed a, b r2')
  expect(html).toContain('{\n  &quot;total&quot;: 2\n}')
})

test('a query is code whose language is highlighted', () => {
  const html = render({ query: 'Runs\n| where Status == "failed" // recent\n| take 5' })
  expect(html).toContain('<span class="code-keyword">where</span>')
  expect(html).toContain('<span class="code-quoted">&quot;failed&quot;</span>')
  expect(html).toContain('<span class="code-comment">// recent</span>')
  expect(html).toContain('<span class="code-number">5</span>')
})

test('a value that is not a list of records stays JSON or text', () => {
  expect(render([[1], [2]])).not.toContain('<table')
  expect(render([{ a: { b: { c: 1 } } }])).not.toContain('<table')
  expect(render(Array.from({ length: 1000 }, () => ({ a: 1 })))).not.toContain('<table')
  expect(String(<ToolValue text='{"cut":' />)).toBe('<pre dir="auto">{&quot;cut&quot;:</pre>')
})

test('deeply nested JSON is not indented to many times its length', () => {
  const nested = `${'['.repeat(2000)}${']'.repeat(2000)}`
  expect(String(<ToolValue text={nested} />).length).toBeLessThan(10_000)
})

test('hostile text stays text in tables and queries', () => {
  const html = render({ query: hostile, rows: [{ [hostile]: hostile }] })
  expect(forbidden(html)).toEqual([])
  expect(parse(html).elements.map(({ tag }) => tag)).not.toContain('img')
})
