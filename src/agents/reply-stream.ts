import { isRecord, parseJson } from './reply-text.ts'

type Fields = Record<string, unknown>

/**
 * The completion in a body that is not labelled as JSON: JSON all the same, or a stream of chunks, whose parts are
 * joined. A chunk with an error is returned as it is, and so is a text that holds neither.
 */
export function readBody(text: string): unknown {
  const whole = parseJson(text)
  if (whole !== undefined) return whole
  const message: Fields = {}
  let finish: unknown
  let usage: unknown
  let isStream = false
  for (const line of text.split('\n')) {
    const chunk = parseJson(line.replace(/^data:/, ''))
    if (!isRecord(chunk)) continue
    if (chunk.error) return chunk
    usage = chunk.usage ?? usage
    const [choice] = Array.isArray(chunk.choices) ? chunk.choices : []
    if (!isRecord(choice)) continue
    isStream = true
    finish = choice.finish_reason ?? finish
    // Some servers send the message so far with every chunk.
    if (isRecord(choice.message)) Object.assign(message, choice.message)
    else if (isRecord(choice.delta)) addDelta(message, choice.delta)
  }
  return isStream ? { choices: [{ message, finish_reason: finish }], usage } : text
}

function addDelta(message: Fields, delta: Fields): void {
  for (const [name, part] of Object.entries(delta)) {
    if (part === null) continue
    if (name === 'tool_calls' && typeof part === 'object') {
      const begun = Array.isArray(message[name]) ? message[name] : []
      for (const call of [part].flat().filter(isRecord)) addCall(begun, call)
      message[name] = begun
    } else {
      message[name] = join(message[name], part)
    }
  }
}

function addCall(begun: Fields[], part: Fields): void {
  const first = begun.findLast((one) => isSame(one, part))
  if (first === undefined) return void begun.push(part)
  const to = functionOf(first)
  const from = functionOf(part)
  to.name ||= from.name
  to.arguments = join(to.arguments, from.arguments)
  first.id ||= part.id
}

/** Whether a part belongs to a call. Some servers send no index, and some send the index 0 with every call. */
function isSame(first: Fields, part: Fields): boolean {
  const { name } = functionOf(part)
  const { name: begun = name } = functionOf(first)
  if (first.id && part.id && first.id !== part.id) return false
  if (name && begun !== name) return false
  if (first.index !== undefined && part.index !== undefined) return first.index === part.index
  return part.id ? first.id === part.id : !name
}

function functionOf(call: Fields): Fields {
  return isRecord(call.function) ? call.function : call
}

/** Content is a text, or a list of parts; a stream may have both. */
function join(before: unknown, part: unknown): unknown {
  if (part === undefined) return before
  if (before === undefined || before === null) return part
  if (typeof before === 'string' && typeof part === 'string') return before + part
  if (!Array.isArray(before)) return Array.isArray(part) ? [before, ...part] : part
  before.push(...[part].flat())
  return before
}
