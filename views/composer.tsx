import { routes, urlOf } from '../src/http/routes.ts'
import { Icon } from './icon.tsx'
import type { FieldLimits } from './types.ts'

type Props = {
  conversation?: string | undefined
  nextRun: string
  limits: FieldLimits
  draft?: string | undefined
}

/**
 * The form for a question. The script turns a submitted question into a pending turn. Without JavaScript it is a
 * plain form; its first question also creates the conversation.
 */
export function Composer({ conversation, nextRun, limits, draft }: Props) {
  const action =
    conversation === undefined ? routes.conversations : urlOf(routes.messages, { id: conversation })
  return (
    <form id="composer" class="composer" method="post" action={action}>
      <div id="composer-note" />
      <div class="field">
        <label class="sr-only" for="message">
          Your question
        </label>
        {/* Preserved, because the user may already type the next question when the first conversation opens. */}
        <textarea
          id="message"
          name="message"
          rows={1}
          maxlength={limits.maxMessageBytes}
          required
          placeholder="Ask OpsAgent"
          enterkeyhint="send"
          autocomplete="off"
          dir="auto"
          hx-preserve="true"
        >
          {draft}
        </textarea>
        <NextRun run={nextRun} />
        <button type="submit" class="round send" aria-label="Send" title="Send (Enter)">
          <Icon name="send" />
        </button>
        <button type="button" class="round stop" aria-label="Stop" title="Stop">
          <Icon name="stop" />
        </button>
      </div>
      <p class="hint">
        Enter sends, Shift+Enter starts a new line. Check important facts in the source system.{' '}
        <button type="button" class="quiet show-shortcuts">
          Keyboard shortcuts
        </button>
      </p>
    </form>
  )
}

/** The id of the next run. With `oob` it replaces the id on the page as part of another response. */
export function NextRun({ run, oob = false }: { run: string; oob?: boolean }) {
  return (
    <input
      type="hidden"
      id="next-run"
      name="run"
      value={run}
      autocomplete="off"
      hx-swap-oob={oob ? 'true' : undefined}
    />
  )
}
