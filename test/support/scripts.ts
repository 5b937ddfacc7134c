import { isTriage, lastQuestion, resultText, type Script } from './scripted-model.ts'

/** A gate that a test opens, so that no test depends on the speed of the machine. */
export function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

/** The event flow of the seed: triage asks ServiceNow, which lists the open changes and answers with their number. */
export const seedFlow: Script = (request, turn) => {
  if (isTriage(request)) {
    return { decide: [{ agent: 'ServiceNow', question: lastQuestion(request) }] }
  }
  if (turn === 0) return { call: [{ tool: 'list_change_requests', arguments: { state: 'open' } }] }
  const result = request.messages.findLast(({ role }) => role === 'tool')?.content
  const { total } = JSON.parse(resultText(result)) as { total: number }
  return { text: `**${total}** change requests are open. [1]` }
}

/** The lines of `seedFlow`. */
export const seedLines = [
  '[Triage] agent invoked',
  '[ServiceNow] agent invoked',
  'Calling list_change_requests...',
  'list_change_requests finished',
  '[ServiceNow] agent finished',
  '[Triage] agent finished',
]

/** The rows of the panel after the first four lines of `seedFlow`: a row shows the newest line of its span. */
export const seedRows = seedLines.filter((_, index) => index !== 2 && index < 4)

/** Like `script`, but each reply waits until the gate is open. */
export function behind({ opened }: { opened: Promise<void> }, script: Script): Script {
  return async (request, turn) => {
    await opened
    return script(request, turn)
  }
}
