import type { z } from 'zod'
import type { HealthStatus, ServiceHealth } from '../../tools/records.ts'
import { type clusterSchema, maxRuns, type runSchema, type warehouseSchema } from './lists.ts'

const maxNamed = 5

/** The health of a SQL warehouse. A stopped one starts with the next query. */
export function warehouseHealthOf(warehouse: z.output<typeof warehouseSchema>): ServiceHealth {
  const { name, state, health } = warehouse
  const status: HealthStatus =
    health?.status === 'FAILED' ? 'outage' : health?.status === 'DEGRADED' ? 'degraded' : 'healthy'
  const reason = health?.summary || health?.message || health?.details
  const detail = status !== 'healthy' && reason ? ` ${reason.slice(0, 500)}` : ''
  return {
    service: `SQL Warehouses: ${name}`,
    status,
    summary: `State ${wordsOf(state)}.${detail}`,
  }
}

/** The health of a cluster. Clusters that ended as intended are left out: most of them belong to jobs. */
export function clusterHealthOf(cluster: z.output<typeof clusterSchema>): ServiceHealth[] {
  const { cluster_name, state, state_message, terminated_time, termination_reason } = cluster
  const service = `Clusters: ${cluster_name}`
  const type = termination_reason?.type ?? ''
  const isFault = type === 'CLOUD_FAILURE' || type === 'SERVICE_FAULT'
  if (state !== 'ERROR' && !isFault) {
    if (state === 'TERMINATED' || state === 'TERMINATING') return []
    return [{ service, status: 'healthy', summary: `State ${wordsOf(state)}.` }]
  }
  const code = wordsOf(termination_reason?.code ?? state)
  const message = state_message ? ` ${state_message.slice(0, 500)}` : ''
  return [
    {
      service,
      status: state === 'ERROR' ? 'outage' : 'degraded',
      ...(terminated_time && { since: new Date(terminated_time).toISOString() }),
      summary: `${isFault ? 'Ended by the platform' : 'Error'}: ${code}.${message}`,
    },
  ]
}

/** The health of jobs. Runs that failed in their own code do not count: they are no problem of the platform. */
export function jobsHealthOf(
  runs: readonly z.output<typeof runSchema>[],
  hours: number,
): ServiceHealth {
  const ends = runs.map((run) => ({ run, ...run.status?.termination_details }))
  const byPlatform = ends.filter(
    ({ type }) => type === 'INTERNAL_ERROR' || type === 'CLOUD_FAILURE',
  )
  const ownFailures = ends.filter(({ type }) => type === 'CLIENT_ERROR')
  const named = byPlatform
    .slice(0, maxNamed)
    .map(({ run, code, message }) =>
      [run.run_name ?? 'a run', wordsOf(code ?? ''), message ?? ''].filter(Boolean).join(': '),
    )
  const range =
    runs.length < maxRuns
      ? `${runs.length} runs ended in the last ${hours} hours`
      : `Of the last ${runs.length} runs`
  const counts = `${range}: ${byPlatform.length} failed because of the platform, ${ownFailures.length} in their own code.`
  const ended = byPlatform.at(-1)?.run.end_time
  return {
    service: 'Jobs',
    status: byPlatform.length > 0 ? 'degraded' : 'healthy',
    ...(ended && { since: new Date(ended).toISOString() }),
    summary: [counts, ...named].join(' ').slice(0, 1500),
  }
}

/** `CLOUD_PROVIDER_SHUTDOWN` as words. */
function wordsOf(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ')
}
