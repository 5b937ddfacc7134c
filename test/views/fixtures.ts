import { raw } from 'hono/html'
import type { EventBody, ThinkingEvent } from '../../src/core/event.ts'
import type { Shell, SidebarEntry, Turn } from '../../views/types.ts'

/** Text that is harmful if a view inserts it as markup. */
export const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)>\u202e&amp;`

export const shell: Shell = {
  assets: {
    css: '/app.css',
    app: '/app.js',
    htmx: '/htmx.js',
    sse: '/sse.js',
    icon: '/icon.svg',
    iconRunning: '/icon-running.svg',
    iconReady: '/icon-ready.svg',
    doctor: '/doctor.js',
  },
  user: { name: 'Dana' },
  models: [
    { id: 'm1', name: 'Model one' },
    { id: 'm2', name: 'Model two' },
  ],
  limits: { maxMessageBytes: 16_384, maxTitleCharacters: 200, maxSearchCharacters: 100 },
  notices: ['Offline model'],
  version: '0.1.0',
}

/** A finished turn with the given changes. */
export function turn(changes: Partial<Turn> = {}): Turn {
  return {
    conversation: 'c1',
    run: 'r1',
    question: 'Is all well?',
    askedAt: 1000,
    status: 'finished',
    answer: raw('<p>All is <strong>well</strong>.</p>'),
    durationMs: 3412,
    elapsedMs: 0,
    ...changes,
  }
}

/** An entry of the sidebar with the given changes. */
export function entry(changes: Partial<SidebarEntry> = {}): SidebarEntry {
  return { id: 'c1', title: 'Open changes', updatedAt: 0, ...changes }
}

/** Events numbered from 1, one every 100 ms. */
export function events(...bodies: EventBody[]): ThinkingEvent[] {
  return bodies.map((body, index) => ({ seq: index + 1, at: 1000 + index * 100, ...body }))
}
