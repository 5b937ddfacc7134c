import type { JournalEntry } from '../../src/core/committer.ts'
import type { ThinkingEvent } from '../../src/core/event.ts'
import type { Run, RunMessage } from '../../src/core/run.ts'
import type { Store } from '../../src/storage/store.ts'

/** The conversation of the user `ann` in tests of stores. */
export const storedConversation = { id: 'c1', title: 't', model: 'm', createdAt: 1, updatedAt: 1 }

/** The question of a run. Its text is the run id. */
export function questionOf(run: string, createdAt = 1): RunMessage {
  return { id: `q-${run}`, run, role: 'user', content: run, createdAt }
}

export function eventOf(seq: number): Extract<ThinkingEvent, { type: 'run.started' }> {
  return { type: 'run.started', question: 'x', at: 1, seq }
}

/** A run as it is stored at its end. */
export function endOf(id: string): Run {
  return { id, status: 'finished', startedAt: 1, finishedAt: 2 }
}

/** An entry for `appendEvents`. */
export function entryOf(run: string, seq: number): JournalEntry {
  const key = { owner: 'ann', conversation: storedConversation.id, run }
  return { log: { key, deliver() {}, fail() {} }, event: eventOf(seq) }
}

export function seqsOf(events: readonly { seq: number }[]): number[] {
  return events.map(({ seq }) => seq)
}

/** Stores ended runs in a conversation of the local user: "Question 0" with "Answer 0", and so on. */
export async function storeTurns(
  store: Store,
  conversation: string,
  turns: number,
  answerOf = (index: number) => `Answer **${index}**\n\n- one\n- two`,
  owner = 'local',
): Promise<void> {
  const history = store.forOwner(owner)
  for (let index = 0; index < turns; index += 1) {
    const run = crypto.randomUUID()
    const question = { ...questionOf(run), content: `Question ${index}` }
    const content = answerOf(index)
    const answer = { id: `a-${run}`, run, role: 'assistant' as const, content, createdAt: 2 }
    await history.beginRun(conversation, question)
    await history.endRun(conversation, endOf(run), [], answer)
  }
}
