import {
  type ChatRequest,
  type Completion,
  type Message,
  type Quirk,
  rejection,
  toBody,
} from './compatible-server.ts'

type Call = { id: string; type: string; function: { name: string; arguments: string } }

/** What a model thinks. It must not appear in an answer. */
export const secret = 'The user wants {secret} numbers, so I call "list_change_requests".'

/** Rejects response formats, except the accepted ones. */
function formats(status: number, ...accepted: (string | undefined)[]): Quirk {
  return {
    reject({ response_format: format, tools }: ChatRequest) {
      if (tools !== undefined || accepted.includes(format?.type)) return undefined
      return rejection(status, `response_format ${format?.type} is unavailable now`)
    },
  }
}

function calls(change: (calls: Call[]) => Message): Quirk {
  return {
    message(message) {
      if (!Array.isArray(message.tool_calls)) return message
      return { ...message, ...change(message.tool_calls as Call[]) }
    },
  }
}

const eachCall = (change: (call: Call, index: number) => unknown) =>
  calls((all) => ({ role: 'assistant', tool_calls: all.map(change) }))
const text = (change: NonNullable<Quirk['text']>): Quirk => ({ text: change })
const inText = (write: (call: string) => string) =>
  calls((all) => {
    const written = all.map(({ function: { name, arguments: given } }) =>
      write(JSON.stringify({ name, arguments: JSON.parse(given) })),
    )
    return { role: 'assistant', content: written.join('\n'), tool_calls: undefined }
  })
/** Adds reasoning to the content, also to that of a message that calls tools. */
const thinking = (write: (text: string) => string): Quirk => ({
  message: (message) =>
    typeof message.content === 'string' || message.content === null
      ? { ...message, content: write(message.content ?? '') }
      : message,
})
const finish = (reason: unknown): Quirk => ({
  completion: (completion) => ({ ...completion, finish: reason }),
})
const usage = (reported: unknown): Quirk => ({
  completion: (completion) => ({ ...completion, usage: reported }),
})

/** An event stream with one event for each piece of the message. */
function stream(
  pieces: (message: Message) => Message[],
  lineEnd = '\n',
  type = 'text/event-stream',
) {
  return ({ message, finish: reason, usage: reported }: Completion) => {
    const deltas = pieces(message).map((delta) => ({ choices: [{ index: 0, delta }] }))
    const last = { choices: [{ index: 0, delta: {}, finish_reason: reason }] }
    const events = [...deltas, last, { choices: [], usage: reported }].map((one) =>
      JSON.stringify(one),
    )
    const lines = [': comment', ...[...events, '[DONE]'].map((data) => `data: ${data}`)]
    const body = lines.join(lineEnd + lineEnd) + lineEnd + lineEnd
    return new Response(body, { headers: { 'content-type': type } })
  }
}

/** Cuts every text of a message into pieces of five characters. */
function cut({ tool_calls: all, ...message }: Message): Message[] {
  const pieces: Message[] = [{ role: 'assistant', content: '' }]
  for (const [name, value] of Object.entries(message)) {
    if (name === 'role') continue
    const parts = typeof value === 'string' ? (value.match(/.{1,5}/gsu) ?? []) : [value]
    pieces.push(...parts.map((part) => ({ role: 'assistant', [name]: part })))
  }
  const calls = Array.isArray(all) ? (all as Partial<Call>[]) : []
  for (const [index, { function: called, ...call }] of calls.entries()) {
    const add = (part: unknown) => pieces.push({ role: 'assistant', tool_calls: [part] })
    const given = called?.arguments
    if (typeof given !== 'string') {
      add({ index, ...call, function: called })
      continue
    }
    add({ index, ...call, function: { ...called, arguments: '' } })
    for (const part of given.match(/.{1,5}/gsu) ?? []) add({ index, function: { arguments: part } })
  }
  if (typeof all === 'string') pieces.push({ role: 'assistant', tool_calls: all })
  return pieces
}

const hasReasoning = ({ role, reasoning_content: given }: Message) =>
  role !== 'assistant' || typeof given === 'string'

/** Adds reasoning beside the content, and rejects a message of the model that is sent back with it, or without. */
const besides = (isAccepted: (message: Message) => boolean): Quirk => ({
  message: (message) => ({ ...message, reasoning_content: secret }),
  reject: ({ messages }) =>
    messages.every(isAccepted) ? undefined : rejection(400, 'reasoning_content'),
})

/** Quirks by what they concern. Those of different groups may occur together. */
export const quirks: Record<string, Record<string, Quirk>> = {
  format: {
    'json_schema is unknown (DeepSeek)': formats(400, 'json_object', undefined),
    'json_schema is a 422': formats(422, 'json_object', undefined),
    'json_schema is a 500 (llama-cpp-python)': formats(500, 'json_object', undefined),
    'response_format is unknown': formats(400, undefined),
  },
  text: {
    'JSON in a code fence': text((one, isDecision) =>
      isDecision ? `\`\`\`json\n${one}\n\`\`\`` : one,
    ),
    'JSON in prose': text((one, isDecision) =>
      isDecision ? `I ask {one} specialist, as [told]:\n\n${one}\n\nIt isn't "hard".` : one,
    ),
    'JSON in another object': text((one, isDecision) =>
      isDecision ? `{"decision": ${one}}` : one,
    ),
    'a list of tasks': text((one, isDecision) =>
      isDecision ? JSON.stringify((JSON.parse(one) as { tasks: unknown }).tasks) : one,
    ),
  },
  reasoning: {
    'a think block': thinking((one) => `<think>\n${secret}\n</think>\n\n${one}`),
    'a think block without its opening tag': thinking((one) => `${secret}</think>${one}`),
    'think blocks before and after': thinking(
      (one) => `<think>${secret}<think>b</think></think>${one}<think>${secret}`,
    ),
    'a [THINK] block (Mistral)': thinking((one) => `[THINK]${secret}[/THINK]${one}`),
    'channels (gpt-oss)': thinking(
      (one) =>
        `<|channel|>analysis<|message|>${secret}<|end|><|start|>assistant<|channel|>final<|message|>${one}<|return|>`,
    ),
    'reasoning_content that must come back (DeepSeek)': besides(hasReasoning),
    'reasoning_content that must not come back (Groq)': besides(
      ({ reasoning_content: given }) => given === undefined,
    ),
  },
  parts: {
    'content as parts': {
      message: (message) =>
        typeof message.content === 'string'
          ? {
              ...message,
              content: [...message.content].map((character) => ({ type: 'text', text: character })),
            }
          : message,
    },
    'content as parts with reasoning (Mistral)': {
      message: (message) => ({
        ...message,
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: secret }] },
          { type: 'reasoning', text: secret },
          ...(message.content ? [{ type: 'text', text: message.content }] : []),
        ],
      }),
    },
  },
  calls: {
    'calls without a type': eachCall(({ type, ...call }) => call),
    'calls without an id': eachCall(({ id, ...call }) => call),
    'calls with one id': eachCall((call) => ({ ...call, id: 'call_00000000' })),
    'empty ids': eachCall((call) => ({ ...call, id: '' })),
    'arguments as objects': eachCall((call) => ({
      ...call,
      function: { ...call.function, arguments: JSON.parse(call.function.arguments) },
    })),
    'arguments that are encoded twice': eachCall((call) => ({
      ...call,
      function: { ...call.function, arguments: JSON.stringify(call.function.arguments) },
    })),
    'calls without a function': eachCall((call) => ({
      name: call.function.name,
      parameters: JSON.parse(call.function.arguments),
    })),
    'the arguments of several calls in one text': calls(([first, ...others]) => ({
      role: 'assistant',
      tool_calls: first && [
        {
          ...first,
          function: {
            name: first.function.name,
            arguments: [first, ...others].map((call) => call.function.arguments).join(''),
          },
        },
      ],
    })),
    'calls as one text': calls((all) => ({ role: 'assistant', tool_calls: JSON.stringify(all) })),
    'calls in tags in the content (Hermes)': inText((call) => `<tool_call>\n${call}\n</tool_call>`),
    'calls in a code fence in the content': inText((call) => `Now:\n\`\`\`json\n${call}\n\`\`\``),
    'calls in the content': inText((call) => call),
  },
  usage: {
    'no usage': usage(undefined),
    'usage of nothing': usage(null),
    'usage of texts': usage({ prompt_tokens: 'many', completion_tokens: -1 }),
  },
  finish: {
    'no finish_reason': finish(undefined),
    'finish_reason null': finish(null),
    'finish_reason stop for calls': finish('stop'),
    'finish_reason tool_calls for an answer': finish('tool_calls'),
    'an unknown finish_reason': finish('eos_token'),
    'a number as finish_reason': finish(2),
  },
  transport: {
    'a stream': { respond: stream(cut) },
    'a stream with CRLF of an unknown type': {
      respond: stream(cut, '\r\n', 'application/octet-stream'),
    },
    'a stream of one event': { respond: stream((message) => [message]) },
    'JSON as text/plain': {
      respond: (completion) => new Response(JSON.stringify(toBody(completion))),
    },
  },
}
