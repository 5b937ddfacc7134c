import { clockMs } from './clock.ts'
import { EventReader } from './event-reader.ts'
import type { Latencies } from './latencies.ts'

/** What all readers found together. */
export type Findings = {
  events: number
  lost: number
  doubled: number
  cuts: number
  runs: number
  latencies: Latencies
  /** What should never be, in words. */
  oddities: string[]
}

/** Which run a reader follows, and how many events it is to have. */
export type Following = { port: number; conversation: string; run: string; expected: number }

/**
 * Follows one run to its `done`, through cuts at random moments and whatever ends the server itself sets, and holds
 * what comes against what must come: each event once, in order.
 */
export async function follow(following: Following, meanLifeMs: number, findings: Findings) {
  const follower = new Follower(following, findings)
  while (!(await follower.readUntilCut(-Math.log(Math.random()) * meanLifeMs))) {
    findings.cuts += 1
    await Bun.sleep(Math.random() * 1000)
  }
}

class Follower {
  readonly #following: Following
  readonly #findings: Findings
  #seen = 0
  #done = false
  #openedAt = Number.POSITIVE_INFINITY

  constructor(following: Following, findings: Findings) {
    this.#following = following
    this.#findings = findings
  }

  /** Answers whether the run is over. */
  async readUntilCut(lifeMs: number): Promise<boolean> {
    const { port, conversation, run } = this.#following
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    this.#openedAt = Number.POSITIVE_INFINITY
    const reader = new EventReader({
      ...{ hostname: '127.0.0.1', port },
      path: `/api/conversations/${conversation}/thinking?format=json&run=${run}`,
      lastEventId: this.#seen === 0 ? undefined : `${run}:${this.#seen}`,
      onOpen: (status) => {
        this.#openedAt = clockMs()
        if (status !== 200) this.#findings.oddities.push(`a stream was answered with ${status}`)
      },
      onFrame: (frame) => this.#take(frame),
      onEnd: () => end(),
    })
    const timer = setTimeout(end, lifeMs)
    await reader.open().catch((error) => this.#findings.oddities.push(String(error)))
    await ended
    clearTimeout(timer)
    reader.cut()
    return this.#done
  }

  #take(frame: string): void {
    const [, run, seq] = /^id: ([0-9a-f-]+):(\d+)\n/.exec(frame) ?? []
    if (run === undefined) return
    if (run !== this.#following.run) this.#findings.oddities.push(`an event of another run: ${run}`)
    if (frame.includes('\nevent: done\n')) this.#finish(Number(seq), frame)
    else this.#count(Number(seq), frame)
  }

  #count(seq: number, frame: string): void {
    const { latencies } = this.#findings
    this.#findings.events += 1
    if (seq <= this.#seen) this.#findings.doubled += 1
    else this.#findings.lost += seq - this.#seen - 1
    if (!frame.includes(`"seq":${seq},`)) this.#findings.oddities.push(`not event ${seq}: ${frame}`)
    this.#seen = Math.max(seq, this.#seen)
    const sentAt = Number.parseFloat(frame.slice(frame.indexOf('@') + 1))
    // What was there before us is not late.
    if (sentAt > this.#openedAt) latencies.add(clockMs() - sentAt)
  }

  #finish(seq: number, frame: string): void {
    const { expected } = this.#following
    this.#done = true
    this.#findings.lost += Math.max(0, expected - this.#seen)
    if (seq !== expected || !frame.includes('"finished"')) {
      this.#findings.oddities.push(`another end than after ${expected}: ${frame}`)
    }
  }
}
