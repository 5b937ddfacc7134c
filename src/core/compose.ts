/**
 * A layer around a call. It returns what `next` returned, or another result. It may call `next` again, with the same
 * context or another one. It must not return before its calls of `next` have ended.
 */
export type Middleware<Context, Result> = (
  context: Context,
  next: (context?: Context) => Promise<Result>,
) => Promise<Result>

/**
 * Wraps layers around a core, the first one outermost. A layer that returns while its `next` still runs lacks an
 * `await`. That is always an error, because its "finished" event could precede the "invoked" event of an inner layer. A
 * layer that *throws* early, as a deadline does, is allowed.
 */
export function compose<Context, Result>(
  layers: readonly Middleware<Context, Result>[],
  core: (context: Context) => Promise<Result>,
): (context: Context) => Promise<Result> {
  return layers.reduceRight<(context: Context) => Promise<Result>>(
    (inner, layer) =>
      async function runLayer(context) {
        let pending = 0
        const result = await layer(context, async (replaced = context) => {
          pending += 1
          try {
            return await inner(replaced)
          } finally {
            pending -= 1
          }
        })
        if (pending > 0) {
          throw new TypeError(
            `The middleware ${layer.name || '(anonymous)'} returned before next() had ended. Await it.`,
          )
        }
        return result
      },
    core,
  )
}
