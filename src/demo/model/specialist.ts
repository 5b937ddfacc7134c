import { writeAnswer } from './answer.ts'
import { type About, type Ask, emptySlots, type PlannedCall } from './ask.ts'
import { readAsks } from './asks.ts'
import { planGenerically } from './generic.ts'
import { healthCalls, pipelineCalls } from './plan-platforms.ts'
import { changeCalls, incidentCalls, type Wish } from './plan-tickets.ts'
import {
  type Call,
  type CompletionRequest,
  fittingArgs,
  type OfferedTool,
  type Reply,
} from './protocol.ts'
import { followThread } from './thread.ts'
import { readTranscript, type Transcript } from './transcript.ts'

/** Answers as a specialist: with calls of the tools that are offered, or with Markdown from their results. */
export function answerSpecialist(request: CompletionRequest): Reply {
  const offered = (request.tools ?? []).map((tool) => tool.function)
  const transcript = readTranscript(request)
  const planned = planFor(transcript, offered)
  if (planned.length === 0) return { content: whatCanBeAsked(offered) }
  const threads = planned.map((call) => followThread(call, transcript, offered))
  const calls = unique(threads.flatMap(({ next }) => next ?? []))
  if (calls.length > 0 && request.tool_choice !== 'none') {
    return { calls: request.parallel_tool_calls === false ? calls.slice(0, 1) : calls }
  }
  return { content: writeAnswer(threads, transcript.now) }
}

/** Answers a request that offers nothing to look things up with. */
export function answerPlainly(): Reply {
  return {
    content:
      'I answer from what tools tell me, and none is offered here. Ask about changes, incidents, pipelines or the health of a platform.',
  }
}

function planFor({ question, now }: Transcript, offered: OfferedTool[]): PlannedCall[] {
  const { asks, general } = readAsks(question, now)
  const wanted = general ? generalAsks((about) => emptyAsk(about, question)) : asks
  const known = planCalls(wanted, offered, now)
  return known.length > 0 ? known : planGenerically(question, offered, emptyAsk('ticket', question))
}

function emptyAsk(about: About, text: string): Ask {
  return {
    ...emptySlots(),
    about,
    headed: true,
    text,
    wants: [],
    completed: false,
    statement: false,
    joined: false,
  }
}

function unique(calls: Call[]): Call[] {
  const keys = calls.map((call) => JSON.stringify(call))
  return calls.filter((_, index) => keys.indexOf(keys[index] ?? '') === index)
}

/** What the tools can do, in the first sentence of each description. */
function whatCanBeAsked(offered: OfferedTool[]): string {
  const lines = offered.map(({ name, description = '' }) => {
    const [sentence = ''] = description.split(/(?<=\.)\s/)
    return `- **${name.replaceAll('_', ' ')}**${sentence === '' ? '' : `: ${sentence}`}`
  })
  return ['I found nothing in the question that I can look up. I can do this:', '', ...lines].join(
    '\n',
  )
}

/** The most calls that one question starts with. */
const maxCalls = 10

const planners: Record<Ask['about'], (ask: Ask, now: number | undefined) => Wish[]> = {
  change: changeCalls,
  incident: incidentCalls,
  ticket: (ask, now) => [...changeCalls(ask, now), ...incidentCalls(ask, now)],
  pipeline: pipelineCalls,
  health: healthCalls,
}

/** The calls that answer the asks, as far as the tools for them are offered. */
function planCalls(asks: Ask[], offered: OfferedTool[], now: number | undefined): PlannedCall[] {
  const calls = asks.flatMap((ask) =>
    planners[ask.about](ask, now).flatMap(({ tool: name, args }) => {
      const tool = offered.find((candidate) => candidate.name === name)
      return tool ? [{ tool: name, args: fittingArgs(tool, args), ask }] : []
    }),
  )
  const keys = calls.map(({ tool, args }) => JSON.stringify([tool, args]))
  return calls.filter((_, index) => keys.indexOf(keys[index] ?? '') === index).slice(0, maxCalls)
}

/** What to look at when somebody asks how everything is. */
function generalAsks(empty: (about: Ask['about']) => Ask): Ask[] {
  return [
    { ...empty('incident'), states: ['open'] },
    { ...empty('pipeline'), states: ['failed'] },
    empty('health'),
  ]
}
