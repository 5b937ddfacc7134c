/** A JSON object or array that was found in a text, and its position. */
export type FoundJson = { value: object; start: number; end: number }

/** Limits of the search for JSON: characters that are scanned without a result, and values. */
const maxScanned = 1_000_000
const maxFound = 1000

/** The JSON objects and arrays in a text that may also have prose, code fences and tags. The outermost ones, in order. */
export function jsonIn(text: string): FoundJson[] {
  const found: FoundJson[] = []
  const opening = /[[{]/g
  let scanned = 0
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const start = match.index
    const end = endOfJson(text, start)
    const value = end === undefined ? undefined : parseJson(text.slice(start, end))
    if (end !== undefined && typeof value === 'object' && value !== null) {
      found.push({ value, start, end })
      if (found.length === maxFound) break
      opening.lastIndex = end
    } else {
      scanned += (end ?? text.length) - start
      if (scanned > maxScanned) break
    }
  }
  return found
}

/** The value of a JSON text, or undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether a value is an object and no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Where the bracket at `start` is closed, or undefined. Brackets in strings do not count. */
function endOfJson(text: string, start: number): number | undefined {
  let depth = 0
  let isString = false
  for (let at = start; at < text.length; at += 1) {
    const character = text[at]
    if (isString && character === '\\') at += 1
    else if (character === '"') isString = !isString
    else if (isString) continue
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    if (depth === 0) return at + 1
  }
  return undefined
}

/**
 * The tags around reasoning: `<think>` (DeepSeek, Qwen) with its variants, `[THINK]` (Mistral), and the channels of
 * gpt-oss, of which only `final` is for the user. A tag in inline code is text.
 */
const reasoningTag =
  /(?<!`)(?:<\/?(?:\w{1,20}:)?(?:think|thinking|thought|reasoning)>|\[\/?THINK\]|(?:<\|start\|>assistant)?<\|channel\|>[^<]{1,100}<\|message\|>)/g

/**
 * Removes reasoning. Text before a closing tag without an opening one is reasoning too, because some chat templates put
 * the opening tag into the prompt; so is text after an opening tag without a closing one, because the model was cut.
 */
export function withoutReasoning(text: string): string {
  let kept = ''
  let from = 0
  let isReasoning = false
  for (const { 0: tag, index } of text.matchAll(reasoningTag)) {
    const isEnd = /^.\/|>final\b/.test(tag)
    if (isEnd && !isReasoning) kept = ''
    if (!isEnd && !isReasoning) kept += text.slice(from, index)
    isReasoning = !isEnd
    from = index + tag.length
  }
  const shown = isReasoning ? kept : kept + text.slice(from)
  return shown.replace(/<\|(?:end|return)\|>\s*$/, '').trim()
}
