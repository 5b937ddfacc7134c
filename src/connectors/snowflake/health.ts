import type { ServiceHealth } from '../../tools/records.ts'
import type { Row } from './statements.ts'

/** The health of a row of SHOW WAREHOUSES. https://docs.snowflake.com/en/sql-reference/sql/show-warehouses */
export function warehouseHealthOf(row: Row): ServiceHealth {
  const state = row.STATE ?? 'UNKNOWN'
  const [running, queued] = [Number(row.RUNNING ?? 0), Number(row.QUEUED ?? 0)]
  const service = `Virtual Warehouses: ${row.NAME ?? ''}`
  const words = `State ${state.toLowerCase()}, ${running} statements running, ${queued} queued.`
  if (state === 'SUSPENDED' && row.AUTO_RESUME === 'false') {
    const summary = `${words} Statements fail, because it does not resume by itself.`
    const advice = 'Resume the warehouse, or set AUTO_RESUME to true.'
    return { service, status: 'degraded', summary, advice }
  }
  if (queued > running) {
    const summary = `${words} More statements wait than run.`
    return { service, status: 'degraded', summary }
  }
  return { service, status: 'healthy', summary: words }
}

/** The health of a task by its last run. https://docs.snowflake.com/en/sql-reference/functions/task_history */
export function taskHealthOf(row: Row): ServiceHealth {
  const name = [row.DATABASE_NAME, row.SCHEMA_NAME, row.NAME].join('.')
  const isFailed = row.STATE !== 'SUCCEEDED'
  const suspended =
    row.STATE === 'FAILED_AND_AUTO_SUSPENDED' ? ', and Snowflake has suspended the task' : ''
  const error = [row.ERROR_CODE, row.ERROR_MESSAGE?.slice(0, 500)].filter(Boolean).join(': ')
  return {
    service: `Tasks: ${name}`,
    status: isFailed ? 'degraded' : 'healthy',
    ...(row.COMPLETED_AT && { since: row.COMPLETED_AT }),
    summary: isFailed ? `The last run failed${suspended}. ${error}` : 'The last run succeeded.',
  }
}
