import { expect, test } from 'bun:test'
import { call, writing } from '../support/evidence.ts'
import type { Script } from '../support/scripted-model.ts'
import { expectNothingLeft, makeServer } from '../support/test-server.ts'
import { hostile } from '../views/fixtures.ts'
import { forbidden, parse } from '../views/markup.ts'

expectNothingLeft()

const formats = ['markdown', 'json', 'html'] as const

async function exported(script: Script, message = 'What is open?') {
  const { open, post, get } = await makeServer({}, { script })
  const id = await open()
  const run = crypto.randomUUID()
  await post(`/api/conversations/${id}/messages`, { message, run })
  const path = `/conversations/${id}/runs/${run}/export?format=`
  const read = async (format: string) => {
    const response = await get(path + format)
    expect(response.status).toBe(200)
    return { text: await response.text(), headers: response.headers }
  }
  return { read, get, path, id, run }
}

const honest = writing({
  ServiceNow: {
    calls: [call('list_change_requests', { state: 'open' })],
    text: 'Five are open. [1]',
  },
})

test('a run is exported with its question, its answer, who was asked, and each tool', async () => {
  const { read, get, path } = await exported(honest)
  for (const format of formats) {
    const { text, headers } = await read(format)
    for (const part of ['What is open?', 'Five are open.', '[1]', 'ServiceNow', 'Log Analytics']) {
      expect(`${format}: ${text}`).toContain(part)
    }
    expect(text).toMatch(/list_?\\?_change\\?_requests/)
    expect(text).toMatch(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d/)
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename="opsagent-run-\w+\.\w+"$/,
    )
    const api = await get(`/api${path}${format}`)
    expect(await api.text()).toBe(text)
  }
})

test('the JSON file has the arguments and the result of the tool that the answer refers to', async () => {
  const { read } = await exported(honest)
  const file = JSON.parse((await read('json')).text)
  expect(file).toMatchObject({ format: 'opsagent-run', question: 'What is open?' })
  const [{ step }] = file.references
  const tool = file.tools.find((one: { step: number }) => one.step === step)
  expect(tool).toMatchObject({ reference: 1, tool: 'list_change_requests', state: 'finished' })
  expect(JSON.parse(tool.arguments)).toEqual({ state: 'open' })
  expect(JSON.parse(tool.result).total).toBeNumber()
})

test('the HTML file needs no other file, and its policy allows no script', async () => {
  const { read } = await exported(honest)
  const { text } = await read('html')
  const elements = parse(text).elements
  const tags = elements.map(({ tag }) => tag)
  for (const tag of ['script', 'link', 'img', 'form', 'button']) expect(tags).not.toContain(tag)
  const policy = text.match(/Content-Security-Policy" content="([^"]*)"/)?.[1] ?? ''
  expect(policy).toContain('default-src &#39;none&#39;')
  const style = text.match(/<style>([\s\S]*?)<\/style>/)?.[1] ?? ''
  const hash = new Bun.CryptoHasher('sha256').update(style).digest('base64')
  expect(policy).toContain(`style-src &#39;sha256-${hash}&#39;`)
  const targets = elements.flatMap(({ attributes }) =>
    attributes.filter(([name]) => name === 'href'),
  )
  const ids = elements.flatMap(({ attributes }) => attributes.filter(([name]) => name === 'id'))
  expect(targets.map(([, value]) => value)).toContain(`#${ids[0]?.[1]}`)
})

test('hostile texts stay texts in every file', async () => {
  const nasty = `${hostile} ![x](https://evil.example/p.png) [x](javascript:alert(1)) [y]: javascript:alert(1)\n\n[y]: javascript:alert(1)\n\n\`\`\`\n</pre><script>\n`
  const { read } = await exported(
    writing({
      ServiceNow: { calls: [call('list_change_requests', { text: nasty })], text: `${nasty} [1]` },
    }),
    nasty,
  )
  const html = (await read('html')).text
  expect(forbidden(html).filter((one) => one !== 'style')).toEqual([])
  expect(parse(html).elements.map(({ tag }) => tag)).not.toContain('img')
  const markdown = (await read('markdown')).text
  const [, answer = ''] = markdown.split('## Answer')
  const [beforeCode = ''] = answer.split('```')
  expect(beforeCode).not.toMatch(/<|(?<!\\)!\[|\]\(javascript|^\[y\]:/m)
  expect(JSON.parse((await read('json')).text).answer).toContain('<script>')
  // A text cannot end the block that it is in.
  expect(markdown).toContain('\n````\n')
})

test('the answer alone is Markdown, with its sources', async () => {
  const { read } = await exported(honest)
  const { text, headers } = await read('answer')
  expect(text).toStartWith('Five are open. [1]\n\nSources:\n\n- [1] ServiceNow › list')
  expect(headers.get('content-type')).toBe('text/markdown; charset=utf-8')
})

test('only the owner exports a run, and an unknown format is refused', async () => {
  const { get, path, id } = await exported(honest)
  expect((await get(`${path}pdf`)).status).toBe(400)
  expect((await get(`/conversations/${id}/runs/${crypto.randomUUID()}/export`)).status).toBe(404)
})
