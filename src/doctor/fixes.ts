import type { Check, Finding } from './finding.ts'
import type { SeenProxy } from './proxies.ts'

/** What to change, for which findings, and in what. */
export type Fix = { checks: Check[]; proxy?: string; says: string }

/** What helps whatever stands in between. */
const general: Partial<Record<Check, string>> = {
  stream:
    'Something answers in place of OpsAgent. Let it pass GET on, and answers of the type text/event-stream as they come.',
  buffered:
    'Turn the buffering of responses off for event streams in what stands in between. HAProxy leaves no trace: there it is `option http-no-delay`. Virus scanners and web application firewalls wait for the whole of an answer, too: exempt text/event-stream.',
  compressed: 'Take text/event-stream out of what is compressed on the way.',
  cut: 'Raise the time-out between two bytes to 60 s or more in what stands in between. HAProxy leaves no trace: there it is `timeout server 60s`, and `timeout client 60s`.',
  heartbeats:
    'Whatever holds the comments back will cut the stream as idle: let it pass each byte on.',
  headers:
    'Let the headers of OpsAgent through as they are; nothing on the way needs to change them.',
  processes:
    'Run one process of OpsAgent, and no replica: a run lives in the process that runs it. Let the machine grow instead.',
  clock: 'Let both machines ask a time server (NTP): tokens and certificates depend on the time.',
  post_wait:
    'Raise the limit for an answer to 60 s or more in what stands in between, or set ANSWER_WAIT_SECONDS of OpsAgent below it. No answer is lost either way: the page fetches it.',
  http_version: 'Let what ends TLS speak HTTP/2: all tabs then share one connection.',
}

/** How to find out who it is, when nobody gave himself away. */
const narrowDown =
  'To find out who it is, run the doctor on the server itself first (`bun run doctor http://localhost:8000`), then from hop to hop: the first address where the report changes is the place.'

/** What to do about the findings that are not fine: in the proxies that were recognised, or wherever it may be. */
export function fixesFor(findings: Finding[], proxies: SeenProxy[]): Fix[] {
  const checks = findings
    .filter(({ check, verdict }) => {
      // A head or a heartbeat that comes late was held back with the events: that is said there.
      const isSaid = check === 'stream' || check === 'heartbeats'
      return verdict === 'broken' || (verdict === 'note' && !isSaid)
    })
    .map(({ check }) => check)
  const fixes = checks.flatMap((check) => fixesOf(check, proxies))
  const onTheWay = checks.some((check) => check !== 'clock' && check !== 'processes')
  if (onTheWay && !fixes.every(({ proxy }) => proxy !== undefined)) {
    fixes.push({ checks, says: narrowDown })
  }
  return withoutRepeats(fixes)
}

function fixesOf(check: Check, proxies: SeenProxy[]): Fix[] {
  const known = proxies.flatMap(({ name, fixes }) => {
    const says = fixes[check]
    return says === undefined ? [] : [{ checks: [check], proxy: name, says }]
  })
  const says = general[check]
  return known.length > 0 || says === undefined ? known : [{ checks: [check], says }]
}

/** One change may mend several things. */
function withoutRepeats(fixes: Fix[]): Fix[] {
  const kept: Fix[] = []
  for (const fix of fixes) {
    const same = kept.find(({ says, proxy }) => says === fix.says && proxy === fix.proxy)
    if (same === undefined) kept.push(fix)
    else same.checks.push(...fix.checks)
  }
  return kept
}
