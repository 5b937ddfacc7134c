type Props = { code?: string; message: string; requestId?: string }

/** A public sentence about a failed request, with the request id that the log contains. */
export function ErrorNote({ code, message, requestId }: Props) {
  return (
    <div class="error-note" role="alert" data-code={code}>
      <p dir="auto">{message}</p>
      {requestId !== undefined && (
        <p class="request-id">
          Request <code>{requestId}</code>
        </p>
      )}
    </div>
  )
}
