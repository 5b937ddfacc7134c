import type { SourceSystem } from '../core/source-system.ts'

/** What the program says about its systems: on the page, below answers and at start. */
export type SourceTexts = { notices: string[]; footnote?: string; estate: string }

/** Names the systems only if some are live and others are sample data. */
export function sourceTexts(systems: readonly SourceSystem[]): SourceTexts {
  const live = namesOf(systems.filter(({ isLive }) => isLive))
  const sample = namesOf(systems.filter(({ isLive }) => !isLive))
  if (sample === '') return { notices: [], estate: 'your systems' }
  if (live === '') {
    return {
      notices: ['Sample data'],
      footnote: '*This is sample data, not your systems.*',
      estate: 'sample data, dated around now',
    }
  }
  return {
    notices: [`Live: ${live}`, `Sample data: ${sample}`],
    footnote: `*Live: ${live}. Sample data, not your systems: ${sample}.*`,
    estate: `${live}; sample data for ${sample}`,
  }
}

function namesOf(systems: readonly SourceSystem[]): string {
  return systems.map(({ name }) => name).join(', ')
}
