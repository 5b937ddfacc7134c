import { routes, urlOf } from '../src/http/routes.ts'
import { AboutQuestion } from './about-question.tsx'
import type { Turn } from './types.ts'

/** Copies, exports and shares an answer. */
export function AnswerActions({ turn }: { turn: Turn }) {
  return (
    <>
      <button type="button" class="quiet copy-markdown" data-href={fileUrl(turn, 'answer')}>
        Copy as Markdown
      </button>
      <details class="files">
        <summary class="quiet">Export</summary>
        <ul>
          <FileLink turn={turn} format="markdown" name="Markdown" />
          <FileLink turn={turn} format="html" name="HTML" />
          <FileLink turn={turn} format="json" name="JSON" />
        </ul>
      </details>
      {turn.canShare && <ShareLink turn={turn} />}
    </>
  )
}

function FileLink({ turn, format, name }: { turn: Turn; format: string; name: string }) {
  return (
    <li>
      <a href={fileUrl(turn, format)}>
        {name}
        <AboutQuestion question={turn.question} />
      </a>
    </li>
  )
}

function ShareLink({ turn: { conversation, run, question } }: { turn: Turn }) {
  const href = urlOf(routes.share, { id: conversation, run })
  return (
    <a class="quiet" href={href} hx-get={href} hx-target="next .share-place" hx-swap="innerHTML">
      Share
      <AboutQuestion question={question} />
    </a>
  )
}

function fileUrl({ conversation, run }: Turn, format: string): string {
  return urlOf(routes.exportRun, { id: conversation, run }, { format })
}
