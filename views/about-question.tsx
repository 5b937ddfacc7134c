import { titleOf } from './title.ts'

/** The question that a link is about, for screen readers: the links of different turns have different names. */
export function AboutQuestion({ question }: { question: string }) {
  return <span class="sr-only"> for “{titleOf(question)}”</span>
}
