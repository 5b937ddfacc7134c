import { expect, test } from 'bun:test'
import { createOfflineFetch } from '../../../src/demo/model/offline.ts'
import { builtIn, sunday } from './player.ts'

const offline = createOfflineFetch({ thinkMs: 0 })
const maxCharacters = 16_384
const [serviceNow] = builtIn(sunday)
const tools = serviceNow?.tools.map(({ name, description, parameters }) => ({
  type: 'function',
  function: { name, description, parameters },
}))
const format = { type: 'json_schema', json_schema: { name: 'triage_decision' } }
const system =
  '- ServiceNow: change requests and incidents.\n- Service Health: the health of Azure.'

/** The least of three times, in ms, so that other work of the machine does not count. */
async function costOf(text: string): Promise<number> {
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: text },
  ]
  const times: number[] = []
  for (let i = 0; i < 3; i++) {
    const started = performance.now()
    for (const rest of [{ tools }, { response_format: format }]) {
      const body = JSON.stringify({ model: 'offline', messages, ...rest })
      await offline('http://offline.invalid/v1/chat/completions', { method: 'POST', body })
    }
    times.push(performance.now() - started)
  }
  return Math.min(...times)
}

test.each([
  'open incidents for snowflake and ',
  'xqzvk ',
  'a-',
  'incidnet chnage ',
  '1 and 2 or 3, ',
  'since monday between 2 and 4pm ',
  '"a" ',
  'not ',
  '. ',
  '数据',
  "can't ",
  '| - ',
])('16 KB and the longest text that is read are planned in under 20 ms: "%s"', async (part) => {
  await costOf('open incidents')
  for (const length of [maxCharacters, 1000]) {
    expect(await costOf(part.repeat(maxCharacters).slice(0, length))).toBeLessThan(20)
  }
})
