import { noteOnError } from './error-status.ts'
import { Icon } from './icon.tsx'
import { messagesPath } from './paths.ts'

type Props = { conversation?: string | undefined; nextRun: string }

/**
 * The field in which one asks. In a conversation app.js turns what is sent into a pending turn; the first question
 * goes to the server, which answers with the new conversation. Without JavaScript both are plain forms.
 */
export function Composer({ conversation, nextRun }: Props) {
  const target = conversation === undefined ? '/conversations' : messagesPath(conversation)
  return (
    <form
      id="composer"
      class="composer"
      method="post"
      action={target}
      {...(conversation === undefined && askFirst)}
    >
      <div id="composer-note" />
      <div class="field">
        <label class="sr-only" for="message">
          Your question
        </label>
        <textarea
          id="message"
          name="message"
          rows={1}
          maxlength={16384}
          required
          placeholder="Ask OpsAgent"
          enterkeyhint="send"
          autocomplete="off"
          dir="auto"
        />
        <NextRun run={nextRun} />
        <button type="submit" class="round send" aria-label="Send" title="Send (Enter)">
          <Icon name="send" />
        </button>
        <button type="button" class="round stop" aria-label="Stop" title="Stop">
          <Icon name="stop" />
        </button>
      </div>
      <p class="hint">
        Enter sends, Shift+Enter starts a new line. Check what matters at its source.
      </p>
    </form>
  )
}

/** The id of the run that the next question will be; `oob` sends a fresh one along with another fragment. */
export function NextRun({ run, oob = false }: { run: string; oob?: boolean }) {
  return (
    <input
      type="hidden"
      id="next-run"
      name="run"
      value={run}
      autocomplete="off"
      {...(oob && { 'hx-swap-oob': 'true' })}
    />
  )
}

/** What a form needs that opens a conversation by its first question. */
export const askFirst = {
  'hx-post': '/conversations',
  'hx-target': '#chat',
  'hx-swap': 'outerHTML',
  'hx-sync': 'this:drop',
  'hx-disable': 'find button',
  ...noteOnError,
}
