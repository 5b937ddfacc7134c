import { isRecord, parseJson } from './reply-text.ts'

type Fields = Record<string, unknown>

/**
 * The completion in a body that is not labelled as JSON: JSON all the same, or a stream of chunks, whose parts are
 * joined. Returns the chunk with the error if the stream has one, and the text if it holds neither.
 */
export function readBody(text: string): unknown {
  const whole = parseJson(text)
  if (whole !== undefined) return whole
  const chunks = text.split('\n').map((line) => parseJson(line.replace(/^data:/, '')))
  const message: Fields = {}
  let completion: Fields | undefined
  for (const chunk of chunks) {
    if (!isRecord(chunk)) continue
    if (!Array.isArray(chunk.choices)) return chunk
    const [choice] = chunk.choices.filter(isRecord)
    const usage = chunk.usage ?? completion?.usage
    const finish_reason = choice?.finish_reason ?? completion?.finish_reason
    completion = { choices: [{ message, finish_reason }], finish_reason, usage }
    // Some servers send the message so far with every chunk.
    if (isRecord(choice?.message)) Object.assign(message, choice.message)
    else if (isRecord(choice?.delta)) addDelta(message, choice.delta)
  }
  return completion ?? text
}

function addDelta(message: Fields, { tool_calls: calls, ...delta }: Fields): void {
  for (const [name, part] of Object.entries(delta)) message[name] = join(message[name], part)
  for (const call of [calls].flat().filter(isRecord)) {
    const begun = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isRecord) : []
    addCall(begun, call)
    message.tool_calls = begun
  }
}

function addCall(begun: Fields[], { function: given, ...call }: Fields): void {
  const named = isRecord(given) ? given : {}
  const first = begun.findLast((one) => isSame(one, call, named))
  if (first === undefined) return void begun.push({ ...call, function: { ...named } })
  const { arguments: args, name } = isRecord(first.function) ? first.function : {}
  Object.assign(first, call, {
    id: first.id || call.id,
    function: { name: name || named.name, arguments: join(args, named.arguments) },
  })
}

/** Whether a part belongs to a call. Some servers send no index, and some send the index 0 with every call. */
function isSame(first: Fields, part: Fields, { name }: Fields): boolean {
  const begun = isRecord(first.function) ? first.function.name : undefined
  if (first.id && part.id && first.id !== part.id) return false
  if (begun && name && begun !== name) return false
  if (first.index !== undefined && part.index !== undefined) return first.index === part.index
  return first.id === part.id || (!part.id && !name)
}

/** Content is a text, or a list of parts; a stream may have both. */
function join(before: unknown, part: unknown): unknown {
  if (part === null || part === undefined) return before
  if (before === null || before === undefined) return part
  if (typeof before === 'string' && typeof part === 'string') return before + part
  if (!Array.isArray(before)) return Array.isArray(part) ? [before, ...part] : part
  before.push(...[part].flat())
  return before
}
