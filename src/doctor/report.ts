/** The result of an examination. It has no user addresses, tokens or request ids, so anyone may see it. */
export type Examination = {
  url: string
  /** How long OpsAgent was asked to keep the stream open. */
  seconds: number
  /** `broken` if a finding is. */
  verdict: 'fine' | 'broken'
  findings: Finding[]
  proxies: { name: string; seenBy: string }[]
  fixes: Fix[]
}

/** One result: a sentence for operators, values for programs. */
export type Finding = {
  check: Check
  verdict: Verdict
  says: string
  values: Record<string, number | string | boolean | string[]>
}

/** What the doctor checks. */
export type Check =
  | 'reached'
  | 'stream'
  | 'buffered'
  | 'compressed'
  | 'cut'
  | 'heartbeats'
  | 'headers'
  | 'processes'
  | 'clock'
  | 'post_wait'
  | 'http_version'

/** `broken`: streams do not work. `note`: worth knowing. `unknown`: not measured. */
export type Verdict = 'fine' | 'note' | 'broken' | 'unknown'

/** What to change for one or more findings, and in which proxy if it is known. */
export type Fix = { checks: Check[]; proxy?: string; says: string }

/** The symbol of each verdict in reports. */
export const marks: Record<Verdict, string> = { fine: '✓', note: '!', broken: '✗', unknown: '?' }

/** The result in one sentence. */
export function summary({ verdict, findings }: Examination): string {
  if (verdict === 'broken')
    return 'Something on this path disturbs streams. See the lines marked ✗.'
  return findings.some((finding) => finding.verdict === 'note')
    ? 'Streams work on this path. See the lines marked !.'
    : 'Streams work on this path.'
}

/** The report as text: one line per finding, the recognised proxies, the fixes and the summary. */
export function report(examination: Examination): string {
  const { url, seconds, findings, proxies, fixes } = examination
  const proxyLines = proxies.map(({ name, seenBy }) => `  ${name} (${seenBy})`)
  const fixLines = fixes.map(({ says, proxy }, index) => {
    const place = proxy === undefined ? '' : `${proxy}: `
    return `  ${index + 1}. ${place}${says}`
  })
  return [
    `OpsAgent doctor: ${url}, stream of ${seconds} s`,
    '',
    ...findings.map(({ verdict, says }) => `${marks[verdict]} ${says}`),
    '',
    ...section('Proxies on the path', proxyLines),
    ...section('What to change', fixLines),
    summary(examination),
    '',
  ].join('\n')
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines, '']
}

/** A duration for operators, such as `120 ms` or `1.5 s`. The sign is dropped. */
export function time(ms: number): string {
  const rounded = Math.round(Math.abs(ms))
  return rounded < 1000 ? `${rounded} ms` : `${(rounded / 1000).toFixed(1)} s`
}
