import { expect } from 'bun:test'
import type { EventBody, ThinkingEvent } from '../../src/core/event.ts'
import { ShownTexts } from '../../src/core/shown-texts.ts'
import { routes, urlOf } from '../../src/http/routes.ts'
import { longestStall } from '../support/longest-stall.ts'
import { endOf, questionOf, storeTurns } from '../support/stored-runs.ts'
import { containerTest, expectNothingLeft, makeServer } from '../support/test-server.ts'
import { hostileTexts } from './texts.ts'

expectNothingLeft()

const worst = [...hostileTexts(65_000).values()]
const worstText = (index: number) => worst[index % worst.length] ?? ''

/** The longest log that a run can have: the most events, each with the longest texts that it may show. */
function longestRun(): ThinkingEvent[] {
  const texts = new ShownTexts(8192)
  const bodies: EventBody[] = [
    { type: 'run.started', question: worstText(0).slice(0, 16_000) },
    { type: 'agent.invoked', span: '1', agent: 'ServiceNow' },
  ]
  for (let index = 0; index < 998; index += 1) {
    const one = { span: `${index + 2}`, agent: 'ServiceNow', tool: 'list_incidents' }
    const given = texts.show(worstText(index)).text
    const preview = texts.show(worstText(index + 1)).text
    bodies.push(
      { type: 'tool.called', ...one, parent: '1', arguments: given },
      { type: 'tool.finished', ...one, durationMs: 1, preview },
    )
  }
  bodies.push({ type: 'agent.finished', span: '1', agent: 'ServiceNow', durationMs: 1 })
  bodies.push({ type: 'run.finished', durationMs: 1 })
  return bodies.map((body, index) => ({ ...body, seq: index + 1, at: 1 }))
}

async function makeHistory() {
  const { get, open, post, store } = await makeServer({
    keepAliveSeconds: 0.05,
    firstEventSeconds: 0,
  })
  const id = await open()
  const own = store.forOwner('local')
  await own.updateConversation(id, { title: worstText(3).slice(0, 200) })
  await storeTurns(store, id, 60, worstText)
  const run = crypto.randomUUID()
  await own.beginRun(id, { ...questionOf(run), content: worstText(5).slice(0, 16_000) })
  const content = worst.join('\n\n').slice(0, 65_000)
  const answer = { id: crypto.randomUUID(), run, role: 'assistant' as const, content, createdAt: 1 }
  await own.endRun(id, endOf(run), longestRun(), answer)
  const shared = await post(urlOf(routes.api.share, { id, run }))
  const { url: link } = (await shared.json()) as { url: string }
  const read = async (path: string) => {
    const response = await get(path)
    expect([path, response.status]).toEqual([path, 200])
    await response.arrayBuffer()
  }
  return { id, run, link, read }
}

const queries = {
  'the page': () => routes.home,
  'a search': () => `${routes.home}?q=word`,
  'a conversation': (id: string) => urlOf(routes.conversation, { id }),
  'a run with its details': (id: string, run: string) => urlOf(routes.run, { id, run }),
  'the lines of a run': (id: string, run: string) => urlOf(routes.runLines, { id, run }),
  'the turn of a run': (id: string, run: string) => urlOf(routes.messages, { id }, { run }),
  'the thinking of a run': (id: string, run: string) => urlOf(routes.thinking, { id }, { run }),
  'a shared run': (_id: string, _run: string, link: string) => link,
  'a run as Markdown': (id: string, run: string) =>
    urlOf(routes.exportRun, { id, run }, { format: 'markdown' }),
  'a run as HTML': (id: string, run: string) =>
    urlOf(routes.exportRun, { id, run }, { format: 'html' }),
  'a run as a JSON file': (id: string, run: string) =>
    urlOf(routes.exportRun, { id, run }, { format: 'json' }),
  'conversations as JSON': () => routes.api.conversations,
  'a conversation as JSON': (id: string) => urlOf(routes.api.conversation, { id }),
  'a run as JSON': (id: string, run: string) => urlOf(routes.api.run, { id, run }),
  'the thinking as JSON': (id: string, run: string) =>
    urlOf(routes.api.thinking, { id }, { run, format: 'json' }),
}

containerTest.each(Object.entries(queries))(
  '%s of the worst texts keeps the event loop busy for less than 50 ms',
  async (_, pathOf) => {
    const { id, run, link, read } = await makeHistory()
    const stalls: number[] = []
    // The best of four, because the first ones run code that is not compiled yet.
    for (let attempt = 0; attempt < 4; attempt += 1) {
      stalls.push(await longestStall(() => read(pathOf(id, run, link))))
    }
    expect(Math.min(...stalls)).toBeLessThan(50)
  },
  60_000,
)
