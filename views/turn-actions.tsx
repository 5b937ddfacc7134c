import { routes, urlOf } from '../src/http/routes.ts'
import { AnswerActions } from './answer-actions.tsx'
import { noteOnError } from './error-placement.ts'
import { Icon } from './icon.tsx'
import type { Turn } from './types.ts'

/** What a user can do with an ended turn: rate, copy and share its answer, ask again, and ask what the tools offer next. */
export function TurnActions({ turn }: { turn: Turn }) {
  return (
    <div class="turn-actions">
      {turn.answer !== undefined && (
        <>
          <Rating turn={turn} />
          <AnswerActions turn={turn} />
        </>
      )}
      <AskAgain turn={turn} />
      {/* Share puts its form here. */}
      <div class="share-place" />
      {turn.followUps !== undefined && <FollowUps turn={turn} />}
    </div>
  )
}

/** The longest comment, in characters. The server enforces it. */
export const maxCommentCharacters = 500

/** Thumbs up or down. A second click takes it back. With a rating, a field for a word on it. */
export function Rating({ turn }: { turn: Turn }) {
  const { conversation, run, feedback } = turn
  const action = urlOf(routes.feedback, { id: conversation, run })
  const request = {
    method: 'post',
    action,
    'hx-post': action,
    'hx-target': 'closest .rating',
    // Keeps the focus on the button.
    'hx-swap': 'outerMorph',
    ...noteOnError,
  } as const
  return (
    <div class="rating" id={`rating-${run}`}>
      <form {...request}>
        <Thumb rating="up" label="Good answer" chosen={feedback?.rating} />
        <Thumb rating="down" label="Bad answer" chosen={feedback?.rating} />
      </form>
      {feedback && (
        <form class="comment" {...request}>
          <input type="hidden" name="rating" value={feedback.rating} />
          <input
            name="comment"
            value={feedback.comment ?? ''}
            maxlength={maxCommentCharacters}
            placeholder="Why? (optional)"
            aria-label="Why? (optional)"
            autocomplete="off"
            dir="auto"
          />
          <button type="submit" class="quiet">
            Save
          </button>
        </form>
      )}
    </div>
  )
}

type ThumbProps = { rating: 'up' | 'down'; label: string; chosen: 'up' | 'down' | undefined }

function Thumb({ rating, label, chosen }: ThumbProps) {
  const isChosen = rating === chosen
  return (
    <button
      type="submit"
      class={`icon-button thumb-${rating}`}
      name="rating"
      value={isChosen ? 'none' : rating}
      aria-pressed={isChosen ? 'true' : 'false'}
      aria-label={label}
      title={label}
    >
      <Icon name="thumb" />
    </button>
  )
}

/** Only the last question: the earlier ones are part of what the later ones refer to. */
function AskAgain({ turn }: { turn: Turn }) {
  return (
    <form
      class="retry last-only"
      method="post"
      action={urlOf(routes.messages, { id: turn.conversation })}
    >
      <input type="hidden" name="message" value={turn.question} />
      {/* A turn that did not finish has Retry. */}
      {turn.status === 'finished' && (
        <button type="submit" class="quiet">
          Ask again
        </button>
      )}
      <button type="button" class="quiet edit">
        Edit the question
      </button>
    </form>
  )
}

function FollowUps({ turn }: { turn: Turn }) {
  return (
    <form
      class="retry last-only follow-ups"
      method="post"
      action={urlOf(routes.messages, { id: turn.conversation })}
      aria-label="Suggested questions"
    >
      {turn.followUps?.map((question) => (
        <button type="submit" class="button" name="message" value={question}>
          {question}
        </button>
      ))}
    </form>
  )
}
