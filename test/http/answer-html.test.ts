import { expect, test } from 'bun:test'
import type { RunMessage } from '../../src/core/run.ts'
import { AnswerHtml } from '../../src/http/runs/answer-html.ts'

/** An answer that counts how often it is read. */
function answerOf(id: string, content: string) {
  let reads = 0
  const answer: RunMessage = {
    id,
    run: 'r1',
    role: 'assistant',
    createdAt: 1,
    get content() {
      reads += 1
      return content
    },
  }
  return { answer, reads: () => reads }
}

test('an answer is rendered once, also for requests at the same moment', async () => {
  const answers = new AnswerHtml()
  const { answer, reads } = answerOf('a1', '**Hi**')
  const rendered = await Promise.all([
    answers.of(answer, 'c1'),
    answers.of(answer, 'c1'),
    answers.of(answer, 'c1'),
  ])
  expect(rendered.map(String)).toEqual(Array(3).fill('<p><strong>Hi</strong></p>\n'))
  await answers.of(answer, 'c1')
  expect(reads()).toBe(1)
})

test('no two answers are rendered in the same turn of the event loop', async () => {
  const answers = new AnswerHtml()
  let turn = 0
  let isCounting = true
  const count = () => {
    turn += 1
    if (isCounting) setImmediate(count)
  }
  setImmediate(count)
  const ids = ['a', 'b', 'c', 'd']
  const turns = await Promise.all(
    ids.map((id) => answers.of(answerOf(id, id).answer, 'c1').then(() => turn)),
  )
  isCounting = false
  expect(new Set(turns).size).toBe(ids.length)
})

test('the answers that were not used for the longest time are rendered again', async () => {
  const answers = new AnswerHtml()
  const long = 'a'.repeat(100_000)
  const first = answerOf('first', long)
  const second = answerOf('second', long)
  await answers.of(first.answer, 'c1')
  await answers.of(second.answer, 'c1')
  for (let index = 0; index < 82; index += 1) {
    await answers.of(answerOf(`other ${index}`, long).answer, 'c1')
    await answers.of(second.answer, 'c1')
  }
  await answers.of(first.answer, 'c1')
  await answers.of(second.answer, 'c1')
  expect([first.reads(), second.reads()]).toEqual([2, 1])
})
