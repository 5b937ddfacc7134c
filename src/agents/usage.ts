import type { Usage } from '../core/call.ts'
import type { Reply } from './reply.ts'

/** The sum over the replies that report a usage, and the fallback model if it replied. */
export function totalUsage(replies: readonly Reply[]): { usage?: Usage; fallback?: string } {
  const fallback = replies.find((reply) => reply.fallback !== undefined)?.fallback
  const usages = replies.flatMap(({ usage }) => usage ?? [])
  const sum = (field: keyof Usage) => usages.reduce((total, one) => total + one[field], 0)
  return {
    ...(usages.length > 0 && {
      usage: { inputTokens: sum('inputTokens'), outputTokens: sum('outputTokens') },
    }),
    ...(fallback !== undefined && { fallback }),
  }
}
