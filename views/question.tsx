/** The user's question as plain text with its line breaks. A long one shows its beginning until it is opened. */
export function Question({ text }: { text: string }) {
  return (
    <>
      <h2 class="sr-only">You asked</h2>
      {isLong(text) ? (
        <details class="question">
          <summary class="question-text" dir="auto">
            {text}
          </summary>
        </details>
      ) : (
        <p class="question" dir="auto">
          {text}
        </p>
      )}
    </>
  )
}

/** Whether a question is longer than the lines that the stylesheet shows of it. */
function isLong(text: string): boolean {
  return text.length > 480 || text.split('\n', 8).length === 8
}
