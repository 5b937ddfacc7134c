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

  test('headings of one level in the text have one level on the page', () => {
    const tags = parse(render('## One\n\n## Two\n\n### Three\n\n## Four')).elements
    expect(tags.map(({ tag }) => tag)).toEqual(['h3', 'h3', 'h4', 'h3'])
  })

  test('a column of times names UTC once, and other columns stay as they are', () => {
    const html = render(
      '| Start | Note | Mixed |\n|---|---|---|\n| Mon 09:00 UTC | at UTC | 09:00 UTC |\n| – | x | 10:00 |',
    )
    expect(parse(html).text).toBe('Start (UTC) Note Mixed Mon 09:00 at UTC 09:00 UTC – x 10:00')
  })

  test('a cell has the label of its column, unless the text has very many cells', () => {
    expect(attribute(render('| `a` b |\n|---|\n| 1 |'), 'data-label')).toBe(' b')
    const long = `| a | b |\n|---|---|\n${'| 1 | 2 |\n'.repeat(1001)}`
    expect(attribute(render(long), 'data-label')).toBeUndefined()
  })

  test('code and tables have a button that copies them, where the page has the script', () => {
    const text = '```sql\nselect 1\n```\n\n| a |\n|---|\n| 1 |'
    const names = (html: string) =>
      parse(html)
        .elements.filter(({ tag }) => tag === 'button')
        .map(({ attributes }) => Object.fromEntries(attributes).class)
    expect(names(String(<Markdown text={text} hasButtons />))).toEqual([
      'quiet copy-code',
      'quiet copy-csv',
    ])
    expect(names(render(text))).toEqual([])
  })

  test('a reference is a link to its step, except in code, and is in no other link', () => {
    const references = new Map([[1, '/run#step-4']])
    const text = 'Open. [1] [2] `[1]` [a [1] b](https://x.example)\n\n[1]: https://evil.example'
    const html = String(<Markdown text={text} references={references} />)
    expect(html).toContain('Open.\u00a0<a class="ref" href="/run#step-4">[1]</a> [2]')
    expect(html).toContain('<code>[1]</code>')
    expect(html).toContain('[a\u00a0<a class="ref" href="/run#step-4">[1]</a> b]')
    expect(html).not.toContain('evil.example')
  })

  test('tickets and names in tables lead to a question about them', () => {
    const text =
      'See **CHG0030412** and [INC0010037](https://x.example).\n\n| Service | Note |\n|---|---|\n| Azure & "Storage" | Azure |\n| – | INC0010038 |'
    const html = String(<Markdown text={text} entities={{ canAsk: true }} />)
    const asked = parse(html).elements.flatMap(({ attributes }) => {
      const { class: name, href = '' } = Object.fromEntries(attributes)
      return name === 'ask' ? [new URLSearchParams(href).get('ask')] : []
    })
    expect(asked).toEqual(['CHG0030412', 'Azure & "Storage"', 'INC0010038'])
    expect(forbidden(html)).toEqual([])
    expect(render(text)).not.toContain('class="ask"')
  })

  test('tickets lead to their system where its address is known', () => {
    const ticketUrl = (number: string) => `https://sn.example/?a=1&n=${number}`
    const html = String(<Markdown text="See INC0010037." entities={{ ticketUrl, canAsk: true }} />)
    expect(html).toContain('<a href="https://sn.example/?a=1&amp;n=INC0010037"')
    expect(html).not.toContain('class="ask"')
  })

  test('a table has its own scroll box and aligns columns without a style attribute', () => {
    const html = render('| a | b |\n|---|--:|\n| 1 | 2 |')
    expect(html).toStartWith('<div class="table"')
    expect(html).toContain('<td class="right" data-label="b">2</td>')
    expect(forbidden(html)).toEqual([])
  })
})
