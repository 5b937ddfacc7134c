import { Icon } from './icon.tsx'

type Props = {
  code?: string
  message: string
  /** Of an error that the log has under this id. */
  requestId?: string | undefined
  /** Whether the note is all that the page shows. */
  isAlone?: boolean
}

/** A public sentence about a failed request, with a button that closes it. */
export function ErrorNote({ code, message, requestId, isAlone = false }: Props) {
  return (
    <div class="error-note" role="alert" data-code={code}>
      <p class="message" dir="auto">
        {message}
      </p>
      {requestId !== undefined && (
        <p class="request-id">
          Request <code>{requestId}</code>
        </p>
      )}
      {!isAlone && (
        <button type="button" class="icon-button dismiss" aria-label="Close this message">
          <Icon name="close" />
        </button>
      )}
    </div>
  )
}
