import type { EventSourceMessage } from 'eventsource-parser'
import { clockMs } from './clock.ts'
import { EventReader } from './event-reader.ts'
import type { Latencies } from './latencies.ts'

/** The results of all readers. */
export type Results = {
  events: number
  lost: number
  duplicated: number
  cuts: number
  runs: number
  latencies: Latencies
  /** Everything that violates the promise or the protocol, one sentence each. */
  violations: string[]
}

/** The run that a reader follows, and the number of its events. */
export type FollowedRun = { port: number; conversation: string; run: string; expected: number }

/**
 * Follows a run to its `done`. Disconnects after random times, `meanLifeMs` on average, resumes with `Last-Event-ID`, and
 * checks that each event arrives once and in order.
 */
export async function follow(followed: FollowedRun, meanLifeMs: number, results: Results) {
  const follower = new Follower(followed, results)
  while (!(await follower.readUntilCut(-Math.log(Math.random()) * meanLifeMs))) {
    results.cuts += 1
    await Bun.sleep(Math.random() * 1000)
  }
}

class Follower {
  readonly #followed: FollowedRun
  readonly #results: Results
  #lastSeq = 0
  #done = false
  #openedAt = Number.POSITIVE_INFINITY

  constructor(followed: FollowedRun, results: Results) {
    this.#followed = followed
    this.#results = results
  }

  /** Reads for at most `lifeMs` and returns whether `done` has arrived. */
  async readUntilCut(lifeMs: number): Promise<boolean> {
    const { port, conversation, run } = this.#followed
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    this.#openedAt = Number.POSITIVE_INFINITY
    const reader = new EventReader({
      port,
      path: `/api/conversations/${conversation}/thinking?format=json&run=${run}`,
      lastEventId: this.#lastSeq === 0 ? undefined : `${run}:${this.#lastSeq}`,
      onOpen: (status) => {
        this.#openedAt = clockMs()
        if (status !== 200) this.#report(`a stream got ${status}`)
      },
      onEvent: (event) => this.#receive(event),
      onEnd: end,
    })
    const timer = setTimeout(end, lifeMs)
    await reader.open().catch((error) => this.#report(String(error)))
    await ended
    clearTimeout(timer)
    reader.cut()
    return this.#done
  }

  #receive({ id = '', event, data }: EventSourceMessage): void {
    const [run, seq] = id.split(':')
    if (run !== this.#followed.run) this.#report(`an event has the id ${id}`)
    else if (event === 'done') this.#finish(Number(seq), data)
    else this.#count(Number(seq), data)
  }

  #count(seq: number, data: string): void {
    const { latencies } = this.#results
    this.#results.events += 1
    if (seq <= this.#lastSeq) this.#results.duplicated += 1
    else this.#results.lost += seq - this.#lastSeq - 1
    if (!data.includes(`"seq":${seq},`)) this.#report(`event ${seq} contains ${data}`)
    this.#lastSeq = Math.max(seq, this.#lastSeq)
    const sentAt = Number.parseFloat(data.slice(data.indexOf('@') + 1))
    // Events from before the connection have no delivery time.
    if (sentAt > this.#openedAt) latencies.add(clockMs() - sentAt)
  }

  #finish(seq: number, data: string): void {
    const { expected } = this.#followed
    this.#done = true
    this.#results.lost += Math.max(0, expected - this.#lastSeq)
    if (seq !== expected || !data.includes('"finished"')) {
      this.#report(`done after ${seq} of ${expected} events: ${data}`)
    }
  }

  #report(violation: string): void {
    this.#results.violations.push(violation)
  }
}
