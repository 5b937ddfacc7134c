import type { About } from './ask.ts'
import type { Reading } from './reading.ts'
import { plainWords } from './words.ts'

type Place = { first: number; last: number }

/** Whose work a part of a question sounds like, by words that hardly ever stand for anything else. */
export function evidenceIn({ tokens }: Reading, place: Place): About | undefined {
  const words = wordsIn(tokens, place)
  return evidence.find(([, known]) => words.some((word) => known.has(word)))?.[0]
}

/** Whether a part of a question names something that users of data see. */
export function hasArtefact({ tokens }: Reading, place: Place): boolean {
  return wordsIn(tokens, place).some((word) => artefacts.has(word))
}

/** Whether words name data that a pipeline carries. */
export function isDataset(text: string): boolean {
  return plainWords(text).some((word) => datasets.has(word))
}

/** Whether a name is written like that of a person: "Hannah Becker". */
export function isPerson(name: string): boolean {
  return /^\p{Lu}[\p{L}'’-]+ \p{Lu}[\p{L}'’-]+$/u.test(name)
}

function wordsIn(tokens: Reading['tokens'], { first, last }: Place): string[] {
  return tokens.slice(first, last + 1).map(({ word }) => word)
}

/** What pipelines carry; beside words like "late" or "doing" such data stands for its pipeline. */
const datasets = new Set(
  'order orders sale sales ledger ledgers inventory stock customer customers profile profiles telemetry iot sensor sensors clickstream session sessions invoice invoices catalog catalogue headcount fraud marketing attribution payment payments shipment shipments finance revenue billing crm erp forecast forecasts feature features transaction transactions claim claims event events log logs usage cost costs product products pricing price prices supplier suppliers vendor vendors payroll loyalty return returns daily hourly weekly nightly snapshot sync refresh intake dataset datasets data mart'.split(
    ' ',
  ),
)

/** Things that users of data see, and complain about. */
const artefacts = new Set(
  'report reports dashboard dashboards table tables mart data dimension view views numbers figures export access login permission permissions certificate gateway kpi kpis extract dataset'.split(
    ' ',
  ),
)

/** Words that hardly ever stand for anything but one specialist's work, where nothing clearer is said. */
const evidence: [About, Set<string>][] = [
  [
    'change',
    new Set(
      'deploy deploying deploys approver approvers cab freeze rollback back-out backout'.split(' '),
    ),
  ],
  [
    'incident',
    new Set(
      'workaround complaint complaints caller callers escalation escalations helpdesk certificate certificates gateway firewall subnet subnets vpn node nodes server servers token tokens secret secrets role roles grant grants permission permissions endpoint endpoints dns proxy database databases schema schemas column columns library libraries driver drivers dashboard dashboards export sandbox license licenses'.split(
        ' ',
      ),
    ),
  ],
  ['pipeline', new Set('etl ingested reload backfill rows watermark'.split(' '))],
  ['health', new Set('region regions cloud capacity quota throttling tenant'.split(' '))],
]
