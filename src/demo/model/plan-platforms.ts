import type { Ask } from './ask.ts'
import { isoFrom, isoTo, type Wish } from './plan-tickets.ts'

const dayMs = 24 * 3_600_000

/** The calls for an ask about pipelines and their runs. */
export function pipelineCalls(ask: Ask, now: number | undefined): Wish[] {
  if (ask.runs.length > 0) {
    return ask.runs.map((run_id) => ({ tool: 'get_pipeline_run_details', args: { run_id } }))
  }
  const names = ask.pipelines.length > 0 ? ask.pipelines : [undefined]
  return names.map((pipeline) => pipelineCall(ask, pipeline, now))
}

function pipelineCall(ask: Ask, pipeline: string | undefined, now: number | undefined): Wish {
  const wants = (...some: Ask['wants']) => some.some((want) => ask.wants.includes(want))
  const failed = ask.states.includes('failed')
  if (ask.texts.length > 0 || ask.per === 'error' || (ask.per && failed))
    return failures(ask, pipeline, now, 7)
  if (failed && (ask.order === 'most' || ask.order === 'fewest'))
    return failures(ask, pipeline, now, 7)
  const all = pipeline === undefined && ask.states.includes('succeeded')
  if ((failed || all) && ask.time?.span.from !== undefined)
    return failures(ask, pipeline, now, undefined)
  if (
    wants('why') ||
    (pipeline !== undefined && /\berror\b/i.test(ask.text)) ||
    (wants('cause') && (failed || pipeline !== undefined))
  ) {
    return failures(ask, pipeline, now, 7)
  }
  const ofOneRun =
    wants('steps', 'duration') ||
    ((wants('latest') || (wants('details') && !/\bstatus\b/i.test(ask.text))) && !failed)
  const story = !failed && ask.time === undefined && whatHappened.test(ask.text)
  if (pipeline !== undefined && (ofOneRun || story) && !wants('history')) {
    return { tool: 'get_pipeline_run_details', args: { pipeline } }
  }
  // What has not run since a moment has no run that could be listed.
  const since = ask.time?.span.from === undefined && ask.time?.span.to !== undefined
  if (failed && !since) return failures(ask, pipeline, now, undefined)
  return { tool: 'query_pipeline_status', args: { pipeline, status: statusOf(ask) } }
}

/** The latest run tells it with its steps, its error and its incident. */
const whatHappened = /\bwhat(?:['’]?s| has| is)? happen/i

/** The last failure may be some days old when somebody asks why it happened, so more than the usual day is looked at. */
function failures(
  ask: Ask,
  pipeline: string | undefined,
  now: number | undefined,
  lookBackDays: number | undefined,
): Wish {
  const given = isoFrom(ask, now)
  const wide =
    now !== undefined && lookBackDays !== undefined && ask.time === undefined
      ? new Date(now - lookBackDays * dayMs).toISOString()
      : undefined
  const to = isoTo(ask)
  const inPast = to !== undefined && now !== undefined && Date.parse(to) < now - 1000
  return {
    tool: 'list_failed_pipelines',
    args: {
      from: given ?? wide,
      to: inPast ? to : undefined,
      pipeline,
      limit: ask.per || ask.order || ask.texts.length > 0 ? 50 : ask.limit,
    },
  }
}

/** A single run that succeeded or is running is told by the status of its pipeline, so a name needs no filter. */
function statusOf({ states, pipelines, text }: Ask): string | undefined {
  // "Did all succeed?" is answered by those that did not.
  if (pipelines.length > 0 || /\b(?:all|every|each)\b/i.test(text)) return undefined
  if (states.includes('running') || states.includes('in_progress')) return 'in_progress'
  return states.includes('succeeded') && states.length === 1 ? 'succeeded' : undefined
}

const healthTools: Record<string, string> = {
  Databricks: 'check_databricks_health',
  Snowflake: 'check_snowflake_health',
  Azure: 'check_azure_service_health',
}

/** The calls for an ask about the health of platforms: those that are named, or all of them. */
export function healthCalls(ask: Ask): Wish[] {
  const region = ask.regions.length === 1 ? ask.regions[0] : undefined
  const parts = ask.services.map((service) => {
    const [platform = '', ...name] = service.split('/')
    return { platform: homeOf(platform, ask), service: name.join('/') }
  })
  const wholes = ask.platforms.filter(
    (platform) => !parts.some((part) => part.platform === platform),
  )
  const named = [...parts, ...wholes.map((platform) => ({ platform, service: undefined }))]
  const all = Object.keys(healthTools).map((platform) => ({ platform, service: undefined }))
  return (named.length > 0 ? named : all).map(({ platform, service }) => ({
    tool: healthTools[platform] ?? '',
    args: { service, region },
  }))
}

/** A warehouse belongs to Snowflake, and yet "Databricks warehouses" are those of Databricks. */
function homeOf(platform: string, { platforms }: Ask): string {
  const [only] = platforms
  if (platform === 'Azure') return platform
  return platforms.length === 1 && only !== undefined && only !== 'Azure' ? only : platform
}
