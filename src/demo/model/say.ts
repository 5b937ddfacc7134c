import type { About, Ask } from './ask.ts'

const nouns: Record<Exclude<About, 'health' | 'pipeline'>, string> = {
  change: 'change requests',
  incident: 'incidents',
  ticket: 'tickets',
}

/** Words for a value that read back as the same value. */
const spoken: Record<string, string> = {
  in_progress: 'in progress',
  on_hold: 'on hold',
  running: 'running',
}

/** Puts an ask into a question that stands alone and reads back as the same ask. */
export function say(ask: Ask): string {
  const words =
    ask.about === 'health'
      ? healthWords(ask)
      : ask.about === 'pipeline'
        ? pipelineWords(ask)
        : ask.numbers.length > 0
          ? numberWords(ask)
          : ticketWords(ask)
  const text = words.filter((word) => word !== '').join(' ')
  return `${text}?`
}

function list(values: string[], link = ' and '): string {
  return values.map((value) => spoken[value] ?? value).join(link)
}

function when({ time }: Ask): string {
  return time?.words ?? ''
}

function healthWords(ask: Ask): string[] {
  const parts = ask.services.map((service) => service.split('/').reverse().join(' of '))
  const subjects = [...parts, ...(parts.length > 0 ? [] : ask.platforms)]
  if (subjects.length === 0) return ['Are the platforms healthy', within(ask), when(ask)]
  return [subjects.length > 1 ? 'Are' : 'Is', list(subjects), 'healthy', within(ask), when(ask)]
}

function within({ regions }: Ask): string {
  return regions.length > 0 ? `in ${list(regions)}` : ''
}

function pipelineWords(ask: Ask): string[] {
  const has = (want: Ask['wants'][number]) => ask.wants.includes(want)
  const name = ask.pipelines.map((pipeline) => `"${pipeline}"`).join(' and ')
  const failed = ask.states.includes('failed')
  if (ask.runs.length > 0) return ['Show the run details of', list(ask.runs)]
  if (has('why'))
    return name ? ['Why did', name, 'fail', when(ask)] : ['Why did pipelines fail', when(ask)]
  if (has('duration') && name) return ['How long did the latest run of', name, 'take']
  if ((has('steps') || has('latest')) && name)
    return ['Show the run details of the latest run of', name]
  if (failed) {
    const counted = has('count') ? 'How many' : 'Which'
    return name
      ? [counted, 'runs of', name, 'failed', when(ask)]
      : [counted, 'pipelines failed', when(ask)]
  }
  const state = ask.states[0] ? list(ask.states.slice(0, 1)) : ''
  if (name) return ['What is the status of the pipeline', name, when(ask)]
  return [
    has('count') ? 'How many pipelines' : 'Which pipelines',
    state && `are ${state}`,
    when(ask),
  ]
}

function numberWords(ask: Ask): string[] {
  const numbers = list(ask.numbers)
  if (ask.wants.includes('who')) return ['Who is assigned to', numbers]
  if (ask.wants.includes('why') || ask.wants.includes('cause')) return ['What caused', numbers]
  if (ask.wants.includes('when')) return ['When was', numbers]
  return ['Show the details of', numbers]
}

function ticketWords(ask: Ask): string[] {
  if (ask.about === 'health' || ask.about === 'pipeline') return []
  const subjects = [
    ...ask.services.map((service) => service.split('/').at(-1) ?? ''),
    ...ask.platforms,
  ]
  return [
    ask.wants.includes('count') ? 'How many' : ask.limit ? `The last ${ask.limit}` : 'Which',
    ask.wants.includes('unassigned') ? 'unassigned' : '',
    list(ask.states),
    list(ask.priorities.map((priority) => `P${priority}`)),
    list(ask.risks.map((risk) => `${risk} risk`)),
    list(ask.types),
    nouns[ask.about],
    subjects.length > 0 ? `for ${list(subjects)}` : '',
    ask.texts.length > 0 ? `about ${ask.texts.map((text) => `"${text}"`).join(' and ')}` : '',
    ask.groups.length > 0 ? `assigned to the ${list(ask.groups)} team` : '',
    when(ask),
  ]
}
