import { afterEach, expect, jest, test } from 'bun:test'
import { Approvals } from '../../src/core/approvals.ts'
import type { AgentAnswer, AgentCall, RunScope, ToolCall } from '../../src/core/call.ts'
import { compose } from '../../src/core/compose.ts'
import { OpsError } from '../../src/core/errors.ts'
import { ShownTexts } from '../../src/core/shown-texts.ts'
import { TimeLimit } from '../../src/core/time-limit.ts'
import { requireApproval } from '../../src/middleware/approval.ts'
import { deadline } from '../../src/middleware/deadline.ts'

afterEach(() => void jest.useRealTimers())

const limitMs = 1000

/** Begins a run whose agent calls a tool that never ends. Resolves when the call waits for an approval. */
async function beginCall() {
  jest.useFakeTimers()
  const requested = Promise.withResolvers<void>()
  const called = Promise.withResolvers<void>()
  const approvals = new Approvals()
  const run = new AbortController()
  const abort = () => run.abort(new OpsError('deadline'))
  const limit = new TimeLimit(limitMs, () => performance.now(), abort)
  const texts = new ShownTexts(1000)
  const scope: RunScope = {
    emit: ({ type }) => type === 'approval.requested' && requested.resolve(),
    signal: run.signal,
    nextSpan: () => '2',
    show: (text) => texts.show(text),
    pause: () => limit.pause(),
    decision: (...given) => approvals.wait(...given),
  }
  const tool = { agent: 'A', tool: 't', span: '2', parent: '1', arguments: '{}' }
  const callTool = compose<ToolCall, string>([requireApproval(3600), deadline(limitMs, 0)], () => {
    called.resolve()
    return new Promise(() => {})
  })
  const callAgent = compose<AgentCall, AgentAnswer<string>>(
    [deadline(limitMs, 0)],
    async (call) => ({
      value: await callTool({ ...tool, needsApproval: true, scope: call.scope }),
    }),
  )
  const ended = callAgent({ agent: 'A', span: '1', messages: [], model: 'm', scope })
  await Promise.race([requested.promise, ended])
  return { approvals, run, ended, called: called.promise }
}

test('the wait for an approval counts against no limit, and the time after it does', async () => {
  const { approvals, run, ended, called } = await beginCall()
  jest.advanceTimersByTime(3600 * limitMs - 1)
  await approvals.decide('2', { decision: 'approve', by: 'ann' })
  await Promise.race([called, ended])
  expect(run.signal.aborted).toBe(false)
  // Each of the three limits ends, and after it the time to settle.
  for (let count = 0; count < 4; count += 1) jest.advanceTimersByTime(limitMs)
  // The time limit of the test works with real timers only.
  jest.useRealTimers()
  await expect(ended).rejects.toMatchObject({ code: 'deadline' })
  expect(run.signal.aborted).toBe(true)
})

test('without an answer within the limit the call is denied', async () => {
  const { ended, called } = await beginCall()
  jest.advanceTimersByTime(3600 * limitMs)
  jest.useRealTimers()
  await expect(ended).rejects.toThrow('nobody answered in time')
  expect(await Promise.race([called, 'not called'])).toBe('not called')
})
