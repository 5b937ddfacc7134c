import type { Tool } from './tool.ts'

/** The most questions that are suggested after an answer, and how many of them are about what it names. */
const maxFollowUps = 3
const maxNamed = 2

/** How much of an answer is read. What matters is at its beginning. */
const maxCharacters = 4000

/** Suggests questions after an answer. */
export type SuggestFollowUps = (question: string, answer: string) => string[]

/**
 * Suggests what the tools offer next: first about something that the answer names, such as a change request, then about
 * what the question did not ask for.
 */
export function createFollowUps(tools: readonly Tool[]): SuggestFollowUps {
  const all = tools.flatMap(({ followUp }) => followUp ?? [])
  return function suggest(question, answer) {
    const text = answer.slice(0, maxCharacters)
    const named = all.flatMap(({ question: pattern, about }) => {
      const name = pattern.includes('{}') ? about.exec(text)?.[0] : undefined
      if (name === undefined || question.includes(name)) return []
      return pattern.replace('{}', () => name)
    })
    const others = all
      .filter(({ question: pattern, about }) => !pattern.includes('{}') && !about.test(question))
      .map((other) => other.question)
    return [...named.slice(0, maxNamed), ...others].slice(0, maxFollowUps)
  }
}
