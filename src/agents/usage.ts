import type { Usage } from '../core/call.ts'
import type { Reply } from './reply.ts'

/** The sum over the calls that report a usage; nothing if none does. */
export function totalUsage(replies: readonly Reply[]): { usage?: Usage } {
  const usages = replies.flatMap(({ usage }) => usage ?? [])
  if (usages.length === 0) return {}
  const sum = (field: keyof Usage) => usages.reduce((total, one) => total + one[field], 0)
  return { usage: { inputTokens: sum('inputTokens'), outputTokens: sum('outputTokens') } }
}
