import type { AnswerSection, Evidence } from '../src/core/evidence.ts'
import { Markdown } from './markdown.tsx'
import type { EntityLinks } from './markdown-entities.ts'
import type { ReferenceLinks } from './markdown-references.ts'

type Props = {
  /** Markdown of the models. */
  text: string
  evidence?: Evidence | undefined
  /** The URL of a step of the run. */
  stepUrl: (step: number) => string
  /** Where tickets and other names lead. */
  entities?: EntityLinks
  /** Whether the page has the script behind the buttons. */
  hasButtons?: boolean
}

/**
 * An answer as safe HTML: a section of each specialist, which can be folded, then what the answer refers to. A section
 * without a tool result is marked.
 */
export function AnswerBody({ text, evidence, stepUrl, entities = {}, hasButtons = false }: Props) {
  if (evidence === undefined) {
    return <Markdown text={text} entities={entities} hasButtons={hasButtons} />
  }
  const { sections, references } = evidence
  const links = new Map(
    references.flatMap(({ number, step }) => {
      return step === undefined ? [] : [[number, stepUrl(step)] as const]
    }),
  )
  const page = { text, links, entities, hasButtons }
  const [only] = sections
  const end = text.slice(sections.at(-1)?.to ?? 0).trim()
  return (
    <>
      {sections.length === 1 && only ? (
        <>
          <Marks section={only} />
          <SectionText section={only} {...page} headingLevel={3} />
        </>
      ) : (
        sections.map((section) => (
          <details class="section" open>
            <summary>
              <h3>{section.agent}</h3> <span class="verdict">{verdictOf(section, text)}</span>
            </summary>
            <Marks section={section} />
            <SectionText section={section} {...page} headingLevel={4} />
          </details>
        ))
      )}
      {end !== '' && <Markdown text={end} />}
      {references.length > 0 && <Sources references={references} links={links} />}
    </>
  )
}

type SectionProps = {
  section: AnswerSection
  text: string
  links: ReferenceLinks
  entities: EntityLinks
  hasButtons: boolean
  headingLevel: number
}

function SectionText({ section, text, links, headingLevel, ...page }: SectionProps) {
  const { from, to, numbers } = section
  // A section cannot refer to what another one has found.
  const references = new Map([...links].filter(([number]) => numbers.includes(number)))
  return (
    <Markdown
      text={text.slice(from, to)}
      references={references}
      headingLevel={headingLevel}
      {...page}
      share={(to - from) / Math.max(1, text.length)}
    />
  )
}

function Marks({ section }: { section: AnswerSection }) {
  const { removed, state } = section
  const isUnbacked = state === 'unbacked'
  if (!isUnbacked && removed === 0) return null
  return (
    <p class="marks">
      {isUnbacked && <span class="badge unbacked">Not backed by a tool result</span>}{' '}
      {removed > 0 && (
        <span class="removed">
          {removed === 1
            ? '1 reference to nothing was removed.'
            : `${removed} references to nothing were removed.`}
        </span>
      )}
    </p>
  )
}

function Sources({
  references,
  links,
}: {
  references: Evidence['references']
  links: ReferenceLinks
}) {
  return (
    <ul class="sources" aria-label="Sources">
      {references.map(({ number, agent, tool }) => {
        const href = links.get(number)
        const name = `[${number}] ${agent} › ${tool}`
        return (
          <li dir="auto">
            {href === undefined ? (
              name
            ) : (
              <a class="source" href={href}>
                {name}
              </a>
            )}
          </li>
        )
      })}
    </ul>
  )
}

const maxVerdictCharacters = 200

/** The first line of a section without its markup, for the heading of a folded section. */
function verdictOf({ from, to }: AnswerSection, text: string): string {
  const [line = ''] = text.slice(from, Math.min(to, from + maxVerdictCharacters)).split('\n', 1)
  return line.replaceAll(/ ?\[\d+\]|[*`\\]/g, '').toWellFormed()
}
