import type { SeenProxy } from './proxies.ts'
import type { Check, Finding, Fix } from './report.ts'

/** Fixes for paths on which no proxy was recognised. */
const generalFixes: Partial<Record<Check, string>> = {
  stream:
    'Find what answers in place of OpsAgent, and let it pass GET requests and text/event-stream responses on unchanged.',
  buffered:
    'Turn response buffering off for event streams. HAProxy (not recognisable): `option http-no-delay`. Virus scanners and web application firewalls: exempt text/event-stream.',
  compressed: 'Exclude text/event-stream from compression.',
  cut: 'Set the idle time-out to 60 s or longer. HAProxy (not recognisable): `timeout server 60s` and `timeout client 60s`.',
  heartbeats: 'Turn response buffering off, and let SSE comments through.',
  headers: 'Let the response headers of OpsAgent through unchanged.',
  processes: 'Run one process of OpsAgent without replicas. For more load, use a larger machine.',
  clock: 'Synchronise the clocks of both machines with NTP.',
  post_wait: 'Set the response time-out to 60 s or longer.',
  http_version: 'Enable HTTP/2 where TLS ends: all tabs then share one connection.',
}

const waitLess =
  'Alternatively, set ANSWER_WAIT_SECONDS of OpsAgent below the limit. Until then no answer is lost: the page fetches it.'

const isolateProxy =
  'To find the proxy, run the doctor on the server itself (`bun run doctor http://localhost:8000`), then one hop further each time. The first address with a different report is the cause.'

/** What to change for findings that are not fine: in the recognised proxies, or in general. */
export function fixesFor(findings: Finding[], proxies: SeenProxy[]): Fix[] {
  const checks = findings.filter(needsFix).map(({ check }) => check)
  const fixes = checks.flatMap((check) => fixesOf(check, proxies))
  const isOnPath = checks.some((check) => check !== 'clock' && check !== 'processes')
  if (isOnPath && fixes.some(({ proxy }) => proxy === undefined)) {
    fixes.push({ checks, says: isolateProxy })
  }
  if (checks.includes('post_wait')) fixes.push({ checks: ['post_wait'], says: waitLess })
  return mergeEqual(fixes)
}

/** Late headers and late heartbeats are effects of buffering, which has its own finding. */
function needsFix({ check, verdict }: Finding): boolean {
  return (
    verdict === 'broken' || (verdict === 'note' && check !== 'stream' && check !== 'heartbeats')
  )
}

function fixesOf(check: Check, proxies: SeenProxy[]): Fix[] {
  const isLimit = check === 'cut' || check === 'post_wait'
  const known = proxies.flatMap(({ name, fixes }) => {
    const says = fixes[check] ?? (isLimit ? fixes.timeout : undefined)
    return says === undefined ? [] : [{ checks: [check], proxy: name, says }]
  })
  const general = generalFixes[check]
  if (known.length > 0 || general === undefined) return known
  return [{ checks: [check], says: general }]
}

/** The same change can fix several findings. */
function mergeEqual(fixes: Fix[]): Fix[] {
  const merged = new Map<string, Fix>()
  for (const fix of fixes) {
    const key = `${fix.proxy}: ${fix.says}`
    const same = merged.get(key)
    if (same === undefined) merged.set(key, fix)
    else same.checks.push(...fix.checks)
  }
  return [...merged.values()]
}
