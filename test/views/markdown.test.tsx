import { describe, expect, test } from 'bun:test'
import { Markdown } from '../../views/markdown.tsx'
import { hostile } from './fixtures.ts'
import { attribute, forbidden, parse } from './markup.ts'

const render = (text: string) => String(<Markdown text={text} />)

describe('Markdown from a model', () => {
  test.each([
    hostile,
    '<b>bold</b>',
    '[x](javascript:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](vbscript:x)',
    '<javascript:alert(1)>',
    '![x](https://evil.example/pixel.png "t")',
    '```"><script>alert(1)</script>\ncode\n```',
    '| a |\n|--:|\n| <img src=x onerror=alert(1)> |',
  ])('renders without active content: %s', (text) => {
    const html = render(text)
    expect(forbidden(html)).toEqual([])
    const tags = parse(html).elements.map(({ tag }) => tag)
    for (const tag of ['script', 'img', 'b', 'iframe']) expect(tags).not.toContain(tag)
  })

  test('links open in a new tab and send no referrer', () => {
    const html = render('[site](https://example.com/a?b=1&c=2) and https://example.org')
    const links = parse(html).elements.filter(({ tag }) => tag === 'a')
    expect(links.map(({ attributes }) => Object.fromEntries(attributes))).toEqual([
      {
        href: 'https://example.com/a?b=1&c=2',
        rel: 'noopener noreferrer nofollow',
        target: '_blank',
      },
      { href: 'https://example.org', rel: 'noopener noreferrer nofollow', target: '_blank' },
    ])
  })

  test('a text that costs too much to render is shown as it is, with its line breaks', () => {
    const text = `${'!['.repeat(10_000)}\n<b>**end**</b>`
    const [paragraph, ...others] = parse(render(text)).elements
    expect(others).toEqual([])
    expect(paragraph?.tag).toBe('p')
    expect(render(text)).toContain('![\n&lt;b&gt;**end**&lt;/b&gt;</p>')
  })

  test('a dense answer of 64 KiB is rendered as Markdown', () => {
    const section =
      '# Changes\n\nThere are **three** changes, see [CHG1](https://x.example/1) and `kubectl get`.\n\n' +
      '- one *first*\n- two\n\n| id | state |\n|---|---|\n| 1 | open |\n| 2 | closed |\n\n'
    const tags = parse(render(section.repeat(65_536 / section.length))).elements
    expect(tags.length).toBeGreaterThan(5000)
  })

  test('a bare URL of more than 2,000 characters stays text', () => {
    expect(render(`https://x.example/${'a'.repeat(1500)} end`)).toContain('<a href="https://x.exa')
    expect(render(`https://x.example/${'a'.repeat(3000)} end`)).not.toContain('<a')
  })

  test('a file name and an e-mail address do not become links', () => {
    expect(render('run deploy.sh as ops@example.com')).not.toContain('<a')
  })

  test('an image becomes its description', () => {
    expect(parse(render('See ![the "chart"](https://x.example/a.png).')).text).toBe(
      'See the "chart".',
    )
  })

  test('headings start below those of the page and skip no level', () => {
    const tags = parse(render('# One\n\n#### Two\n\n## Three')).elements.map(({ tag }) => tag)
    expect(tags).toEqual(['h3', 'h4', 'h4'])
    expect(attribute(render('### Alone'), 'class')).toBeUndefined()
    expect(render('### Alone')).toBe('<h3>Alone</h3>\n')
  })

  test('a table has its own scroll box and aligns columns without a style attribute', () => {
    const html = render('| a | b |\n|---|--:|\n| 1 | 2 |')
    expect(html).toStartWith('<div class="table"')
    expect(html).toContain('<td class="right" data-label="b">2</td>')
    expect(forbidden(html)).toEqual([])
  })
})
