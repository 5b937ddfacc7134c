import { isTriage, lastQuestion, type ModelReply, type Script } from './scripted-model.ts'

/** A call of a tool, for a script. */
export const call = (tool: string, given: Record<string, unknown> = {}) => ({
  tool,
  arguments: given,
})

/** A model that asks specialists. Each first calls its tools, then writes its text. */
export function writing(
  parts: Record<string, { calls: ReturnType<typeof call>[]; text: string }>,
): Script {
  return (request, turn): ModelReply => {
    if (isTriage(request)) {
      return { decide: Object.keys(parts).map((agent) => ({ agent, question: agent })) }
    }
    const part = parts[lastQuestion(request)]
    if (part === undefined) return { text: 'nothing' }
    return turn === 0 && part.calls.length > 0 ? { call: part.calls } : { text: part.text }
  }
}
