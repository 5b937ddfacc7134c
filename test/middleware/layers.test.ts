import { expect, test } from 'bun:test'
import type { AgentAnswer, AgentCall, RunScope, ToolCall } from '../../src/core/call.ts'
import { compose, type Middleware } from '../../src/core/compose.ts'
import { OpsError } from '../../src/core/errors.ts'
import type { EventBody } from '../../src/core/event.ts'
import { ShownTexts } from '../../src/core/shown-texts.ts'
import { deadline } from '../../src/middleware/deadline.ts'
import { retry } from '../../src/middleware/retry.ts'
import { agentThinking, toolThinking } from '../../src/middleware/thinking.ts'

function makeScope(signal = new AbortController().signal) {
  const events: EventBody[] = []
  const texts = new ShownTexts(16)
  const scope: RunScope = {
    emit: (event) => void events.push(event),
    signal,
    nextSpan: () => '9',
    show: (text) => texts.show(text),
    pause: () => () => {},
    decision: async () => ({ decision: 'deny' }),
  }
  return { events, scope }
}

const clock = () => {
  let at = 0
  return () => (at += 5)
}

function toolCall(scope: RunScope, given = '{}'): ToolCall {
  return { agent: 'A', tool: 't', span: '2', parent: '1', arguments: given, scope }
}

const thinking = () => toolThinking({ now: clock() })

test.each([
  ['tool_failed', 'tool.failed'],
  ['deadline', 'tool.failed'],
  ['stopped', 'tool.stopped'],
  ['interrupted', 'tool.stopped'],
] as const)('a tool that throws %s emits %s, and the error propagates', async (code, type) => {
  const { events, scope } = makeScope()
  const run = compose([thinking()], async () => {
    throw new OpsError(code)
  })
  await expect(run(toolCall(scope))).rejects.toMatchObject({ code })
  expect(events.map((event) => event.type)).toEqual(['tool.called', type])
})

test('an unexpected error emits the code internal and not its text', async () => {
  const { events, scope } = makeScope()
  const call: AgentCall = { agent: 'A', span: '1', messages: [], model: 'm', scope }
  const layers = [agentThinking({ now: clock() })]
  const run = compose<AgentCall, AgentAnswer<string>>(layers, async () => {
    throw new Error('password=hunter2')
  })
  await expect(run(call)).rejects.toThrow('hunter2')
  expect(JSON.stringify(events)).not.toContain('hunter2')
  expect(events[1]).toMatchObject({ type: 'agent.failed', code: 'internal', durationMs: 5 })
})

test('arguments and results are shortened to a limit in bytes, never inside a character', async () => {
  const { events, scope } = makeScope()
  await compose(
    [thinking()],
    async () => `123456789012345🦊${'x'.repeat(5_000_000)}`,
  )(toolCall(scope, 'ü'.repeat(20)))
  expect(events[0]).toMatchObject({ arguments: `${'ü'.repeat(8)}…` })
  expect(events[1]).toMatchObject({ preview: '123456789012345…', truncated: true })
})

test('a lone surrogate in a result is replaced', async () => {
  const { events, scope } = makeScope()
  await compose([thinking()], async () => 'a\ud800b')(toolCall(scope))
  expect(events[1]).toMatchObject({ preview: 'a\ufffdb' })
})

test('a call that exceeds its deadline throws, and the inner call is aborted', async () => {
  const { scope } = makeScope()
  let inner: AbortSignal | undefined
  const run = compose<ToolCall, string>([deadline(5, 1)], (call) => {
    inner = call.scope.signal
    return new Promise(() => {})
  })
  await expect(run(toolCall(scope))).rejects.toMatchObject({ code: 'deadline' })
  await expect(run(toolCall(scope))).rejects.toThrow()
  expect(inner?.aborted).toBe(true)
})

test('a call with its own limit has that deadline', async () => {
  const { scope } = makeScope()
  const call: AgentCall = { agent: 'A', span: '1', messages: [], model: 'm', limitMs: 1, scope }
  const forever = () => new Promise<AgentAnswer<string>>(() => {})
  const run = compose<AgentCall, AgentAnswer<string>>([deadline(3_600_000, 0)], forever)
  await expect(run(call)).rejects.toMatchObject({ code: 'deadline' })
})

test('a stop ends a call at once with the reason of the stop', async () => {
  const controller = new AbortController()
  const { scope } = makeScope(controller.signal)
  const run = compose<ToolCall, string>([deadline(60_000, 1)], () => new Promise(() => {}))
  const ended = run(toolCall(scope))
  controller.abort(new OpsError('interrupted'))
  await expect(ended).rejects.toMatchObject({ code: 'interrupted' })
  await expect(run(toolCall(scope))).rejects.toMatchObject({ code: 'interrupted' })
})

function failing(times: number, code: 'tool_failed' | 'tool_arguments') {
  let calls = 0
  const core = async () => {
    calls += 1
    if (calls <= times) throw new OpsError(code)
    return `answer ${calls}`
  }
  return core
}

const once: Middleware<ToolCall, string> = retry({ times: 1, codes: ['tool_failed'] })

test('a call that fails temporarily is retried within one span', async () => {
  const { events, scope } = makeScope()
  const run = compose([thinking(), once], failing(1, 'tool_failed'))
  expect(await run(toolCall(scope))).toBe('answer 2')
  expect(events.map(({ type }) => type)).toEqual(['tool.called', 'tool.finished'])
})

test('a call is retried only once, and only for the given codes', async () => {
  const { scope } = makeScope()
  await expect(compose([once], failing(2, 'tool_failed'))(toolCall(scope))).rejects.toThrow(
    OpsError,
  )
  await expect(compose([once], failing(1, 'tool_arguments'))(toolCall(scope))).rejects.toThrow(
    OpsError,
  )
})

test('a call is not retried after a stop', async () => {
  const { scope } = makeScope(AbortSignal.abort(new OpsError('stopped')))
  await expect(compose([once], failing(1, 'tool_failed'))(toolCall(scope))).rejects.toThrow(
    OpsError,
  )
})
