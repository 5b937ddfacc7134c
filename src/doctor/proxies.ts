import { platformTable } from './platform-table.ts'
import type { ProxyEntry } from './proxy-entry.ts'
import { proxyTable } from './proxy-table.ts'

/** What the answers, and the requests as they arrived, give away about who stands in between. */
export type Evidence = {
  /** Headers of answers. */
  answers: Headers[]
  /** Names of headers of requests, as the server got them. */
  arrived: string[]
}

/** A proxy that was recognised, and by what. */
export type SeenProxy = { name: string; seenBy: string; fixes: ProxyEntry['fixes'] }

/** The proxies that give themselves away. Some, such as HAProxy, do not. */
export function recogniseProxies(evidence: Evidence): SeenProxy[] {
  return [...proxyTable, ...platformTable].flatMap((entry) => {
    const seenBy = markOf(entry, evidence)
    return seenBy === undefined ? [] : [{ name: entry.name, seenBy, fixes: entry.fixes }]
  })
}

function markOf(entry: ProxyEntry, { answers, arrived }: Evidence): string | undefined {
  for (const headers of answers) {
    for (const [name, pattern] of entry.answer ?? []) {
      const value = readAnswer(headers, name)
      if (value !== undefined && pattern.test(value)) return shown(name, value)
    }
  }
  const names = entry.request?.map((pattern) => arrived.find((name) => pattern.test(name))) ?? []
  const [name] = names
  return name === undefined || names.includes(undefined) ? undefined : `${name} in requests`
}

/** Of cookies, the names alone. */
function readAnswer(headers: Headers, name: string): string | undefined {
  if (name !== 'set-cookie') return headers.get(name) ?? undefined
  const names = headers.getSetCookie().map((cookie) => cookie.split('=', 1)[0] ?? '')
  return names.length === 0 ? undefined : names.join(' ')
}

/** Long values are ids of requests, which are nobody's business. */
function shown(name: string, value: string): string {
  return ['server', 'via', 'x-powered-by', 'set-cookie'].includes(name)
    ? `${name}: ${value.slice(0, 60)}`
    : name
}
