/** The user's question as plain text with its line breaks. */
export function Question({ text }: { text: string }) {
  return (
    <>
      <h2 class="sr-only">You asked</h2>
      <p class="question" dir="auto">
        {text}
      </p>
    </>
  )
}
