/** A status as people read it: a mark, which alone would not do, and a word. */
const marks: Record<string, string> = {
  healthy: '✅ healthy',
  degraded: '⚠️ degraded',
  outage: '❌ outage',
  maintenance: '🔧 maintenance',
  unknown: '❔ unknown',
  succeeded: '✅ succeeded',
  failed: '❌ failed',
  in_progress: '⏳ in progress',
  skipped: '⏭️ skipped',
}

/** The status of a run or a part of a platform with its mark; an unknown one as it is. */
export function marked(status: unknown): string {
  return marks[String(status)] ?? spaced(status)
}

/** A value of the source system in words: "in_progress" is "in progress". */
export function spaced(value: unknown): string {
  return value === undefined || value === null ? '' : String(value).replaceAll('_', ' ')
}

const priorities: Record<string, string> = { 1: 'critical', 2: 'high', 3: 'moderate', 4: 'low' }

/** "P1 critical" for 1. */
export function priorityName(priority: unknown): string {
  const name = priorities[String(priority)]
  return name === undefined ? spaced(priority) : `P${priority} ${name}`
}

/** The risk of a change; a high one carries a mark. */
export function riskName(risk: unknown): string {
  return risk === 'high' ? '⚠️ high' : spaced(risk)
}
