/** A `fetch` whose responses have at most `maxBytes`. The body of a longer one fails when the limit is reached. */
export function boundedFetch(maxBytes: number) {
  return async function fetchBounded(url: string | URL, init?: RequestInit): Promise<Response> {
    const response = await fetch(url, init)
    if (response.body === null) return response
    let bytes = 0
    const limit = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength
        if (bytes <= maxBytes) controller.enqueue(chunk)
        else controller.error(new RangeError(`the response has more than ${maxBytes} bytes`))
      },
    })
    const { status, statusText, headers } = response
    return new Response(response.body.pipeThrough(limit), { status, statusText, headers })
  }
}
