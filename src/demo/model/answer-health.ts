import { moment } from './dates.ts'
import { enumerated, marked, oneLine, table } from './markdown.ts'
import { isRecord } from './protocol.ts'
import { droppedNames, rowsMentioning, rowsOf, type Thread } from './thread.ts'

type Part = Record<string, unknown>
type Report = { platform: string; parts: Part[]; known: Part[]; asked: string }

/** From worst to best. */
const severities = ['outage', 'degraded', 'maintenance', 'healthy']

/** Writes about the health of all platforms that were looked at, the unhealthy parts only. */
export function writeHealth(threads: Thread[], now: number | undefined): string {
  const reports = merged(threads.map(reportOf))
  const lead = reports.map(sentence).join(' ')
  const ill = reports.flatMap(({ platform, parts }) =>
    parts.filter(({ status }) => status !== 'healthy').map((part) => ({ ...part, platform })),
  )
  const well = reports.flatMap(({ parts }) => parts).length - ill.length
  if (ill.length === 0) return lead
  const sorted = ill.toSorted((a: Part, b: Part) => rank(a.status) - rank(b.status))
  const cells = sorted.map((part: Part) => [
    named(part),
    part.region,
    marked(part.status),
    part.since ? moment(part.since, now) : '–',
    [
      part.summary,
      part.advice && `**Advice:** ${part.advice}`,
      part.incident && `(${part.incident})`,
    ]
      .filter(Boolean)
      .map((text) => withMoments(oneLine(String(text)), now))
      .join(' '),
  ])
  const rest =
    well > 0 ? `\n\nThe other **${well}** ${well === 1 ? 'part is' : 'parts are'} ✅ healthy.` : ''
  return `${lead}\n\n${table(['Service', 'Region', 'Status', 'Since', 'What is known'], cells)}${rest}`
}

/** Times that a provider writes for machines, written for people. */
function withMoments(text: string, now: number | undefined): string {
  return text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d(?::[\d.]+)?Z/g, (iso) => moment(iso, now))
}

function named({ platform, service }: Part): string {
  const name = String(service ?? '')
  return name.toLowerCase().includes(String(platform).toLowerCase()) ? name : `${platform} ${name}`
}

function reportOf({ steps }: Thread): Report {
  const outcome = steps.at(-1)?.outcome
  const data = outcome && 'data' in outcome && isRecord(outcome.data) ? outcome.data : {}
  const rows = rowsOf(outcome)
  const { service, region } = steps[0]?.call.args ?? {}
  return {
    platform: String(data.platform ?? 'The platform'),
    parts: rowsMentioning(rows, droppedNames(steps)),
    known: rows,
    asked: [service, region].filter(Boolean).join(' in '),
  }
}

/** Several calls about one platform make one report. */
function merged(reports: Report[]): Report[] {
  const byPlatform = new Map<string, Report>()
  for (const report of reports) {
    const before = byPlatform.get(report.platform)
    byPlatform.set(
      report.platform,
      before
        ? {
            ...report,
            parts: [
              ...before.parts,
              ...report.parts.filter((part) => !before.parts.some((known) => isSame(known, part))),
            ],
            asked: enumerated([before.asked, report.asked].filter(Boolean)),
          }
        : report,
    )
  }
  return [...byPlatform.values()]
}

function isSame(left: Part, right: Part): boolean {
  return left.service === right.service && left.region === right.region
}

function rank(status: unknown): number {
  const at = severities.indexOf(String(status))
  return at < 0 ? severities.length : at
}

function sentence({ platform, parts, known, asked }: Report): string {
  if (parts.length === 0) {
    const services = [...new Set(known.map(({ service }) => String(service)))]
    const names = services.length > 0 ? ` It has ${enumerated(services)}.` : ''
    return `**${platform}** has no part that matches ${asked || 'the question'}.${names}`
  }
  const worst = parts.toSorted((a, b) => rank(a.status) - rank(b.status))[0]?.status
  const ill = parts.filter(({ status }) => status !== 'healthy').length
  const subject = asked === '' ? `**${platform}**` : `**${platform}** (${asked})`
  if (ill === 0) {
    return parts.length === 1
      ? `${subject} is **✅ healthy**.`
      : `${subject} is **✅ healthy**: all **${parts.length}** parts are.`
  }
  if (parts.length === 1) return `${subject} is **${marked(worst)}**.`
  return `${subject} is **${marked(worst)}**: **${ill}** of ${parts.length} parts ${ill === 1 ? 'is' : 'are'} not healthy.`
}
