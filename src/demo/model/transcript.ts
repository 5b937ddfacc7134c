import { type Call, type CompletionRequest, contentOf } from './protocol.ts'

/** What a call of a tool came back with: data, or a text where there is no data. */
export type Outcome = { data: unknown } | { failure: string }

/** What a specialist has so far: its question, the present if it was told, and the calls that have been answered. */
export type Transcript = {
  question: string
  /** In ms since 1970. */
  now: number | undefined
  outcomeOf: (call: Call) => Outcome | undefined
  callsMade: number
}

/** Reads the messages of a specialist. */
export function readTranscript({ messages }: CompletionRequest): Transcript {
  const asked = messages.findLastIndex(({ role }) => role === 'user')
  const results = new Map<string, string>()
  for (const message of messages) {
    if (message.role === 'tool' && message.tool_call_id !== undefined) {
      results.set(message.tool_call_id, contentOf(message))
    }
  }
  const outcomes = new Map<string, Outcome>()
  for (const message of messages.slice(asked + 1)) {
    for (const { id, function: called } of message.tool_calls ?? []) {
      const result = results.get(id)
      if (result !== undefined) outcomes.set(keyOf(called.name, called.arguments), outcome(result))
    }
  }
  const system = messages
    .filter(({ role }) => role === 'system' || role === 'developer')
    .map(contentOf)
    .join('\n')
  return {
    question: contentOf(messages[asked]),
    now: presentIn(system),
    outcomeOf: ({ tool, args }) => outcomes.get(keyOf(tool, JSON.stringify(args))),
    callsMade: outcomes.size,
  }
}

function presentIn(system: string): number | undefined {
  const found = /^\s*Now:\s*(\S+)/m.exec(system)?.[1]
  const at = found === undefined ? Number.NaN : Date.parse(found)
  return Number.isNaN(at) ? undefined : at
}

function keyOf(tool: string, args: string): string {
  return `${tool} ${args}`
}

/** A result that is no JSON object or list is a failure told in words. */
function outcome(result: string): Outcome {
  try {
    const data: unknown = JSON.parse(result)
    if (typeof data === 'object' && data !== null) return { data }
  } catch {
    // Words are no fault of the protocol.
  }
  return { failure: result.trim() || 'It answered nothing.' }
}
