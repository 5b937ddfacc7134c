import type { Check } from '../core/check.ts'
import type { Model } from './model.ts'
import { modelError } from './model-error.ts'

/**
 * One check for each model: a completion of a few tokens, which needs the credentials and the name. `more` follows the name
 * in the result.
 */
export function modelChecks(model: Model, names: readonly string[], more = ''): Check[] {
  return [...new Set(names)].map((name) => ({
    name: `model ${name}${more}`,
    async run(signal) {
      const messages = [{ message: { role: 'user' as const, content: 'Answer with the word OK.' } }]
      try {
        const { usage } = await model.complete({ model: name, messages, signal })
        return usage === undefined
          ? 'it answers'
          : `it answers (${usage.inputTokens} tokens read, ${usage.outputTokens} written)`
      } catch (error) {
        throw modelError(error, signal)
      }
    },
  }))
}
