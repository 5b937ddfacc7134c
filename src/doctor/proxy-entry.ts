import type { Check } from './finding.ts'

/** How one proxy or platform can be told, and what to change in it when something is wrong. */
export type ProxyEntry = {
  name: string
  /** Names of headers of answers, with what their value must match. */
  answer?: readonly (readonly [name: string, value: RegExp])[]
  /** Names of headers of requests: one for each pattern. */
  request?: readonly RegExp[]
  fixes: Partial<Record<Check, string>>
}

/** What several fixes say in the same words. */
export const words = {
  anything: /^/,
  orWaitLess: 'or set ANSWER_WAIT_SECONDS of OpsAgent below that limit',
  oneProcess: 'a run lives in the process that runs it',
} as const
