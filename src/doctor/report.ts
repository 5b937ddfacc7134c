import type { Examination } from './examination.ts'
import type { Verdict } from './finding.ts'

/** The sign that stands before a finding. */
export const marks = { fine: '✓', note: '!', broken: '✗', unknown: '?' } as const satisfies Record<
  Verdict,
  string
>

/** The examination in one sentence. */
export function summary({ verdict, findings }: Examination): string {
  if (verdict === 'broken') return 'The stream does not come through as it should.'
  return findings.some((finding) => finding.verdict === 'note')
    ? 'The stream comes through. What is marked with ! should be known.'
    : 'The stream comes through as it should.'
}

/** The whole examination in plain words, one line for each finding, then what to do. */
export function report(examination: Examination): string {
  const { url, seconds, findings, proxies, fixes } = examination
  const seen = proxies.map(({ name, seenBy }) => `  ${name} (${seenBy})`)
  const todo = fixes.map(({ says, proxy }, index) => {
    const place = proxy === undefined ? '' : `${proxy}: `
    return `  ${index + 1}. ${place}${says}`
  })
  return [
    `OpsAgent's doctor: ${url}, watched for ${seconds} s`,
    '',
    ...findings.map(({ verdict, says }) => `${marks[verdict]} ${says}`),
    '',
    ...section('On the way', seen),
    ...section('What to do', todo),
    summary(examination),
    '',
  ].join('\n')
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines, '']
}
