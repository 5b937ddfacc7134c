import type { RunRecord, ToolRecord } from '../../../views/types.ts'
import { OpsError, publicReasons } from '../../core/errors.ts'
import type { ThinkingEvent } from '../../core/event.ts'
import type { Runs } from '../../runs/runs.ts'
import type { StoredConversation } from '../../storage/store.ts'

/** Reads the record of a run. @throws OpsError `not_found` */
export async function readRecord(
  runs: Runs,
  conversation: Pick<StoredConversation, 'owner' | 'id' | 'title'>,
  run: string,
): Promise<RunRecord> {
  const result = await runs.result(conversation, run)
  if (result === undefined) throw new OpsError('not_found')
  const events = await runs.events(conversation, run)
  const decision = events.find((event) => event.type === 'triage.decided')
  const tools = toolsOf(events)
  for (const { number, step } of result.answer?.evidence?.references ?? []) {
    const tool = tools.find((one) => one.step === step)
    if (tool !== undefined) tool.number = number
  }
  return { ...result, title: conversation.title, tools, ...(decision && { decision }) }
}

function toolsOf(events: readonly ThinkingEvent[]): ToolRecord[] {
  const bySpan = new Map<string, ToolRecord>()
  for (const event of events) {
    if (event.type === 'tool.called') {
      const { seq: step, at: calledAt, agent, tool, arguments: given } = event
      const called = { step, agent, tool, arguments: given, calledAt }
      bySpan.set(event.span, { ...called, state: 'running' })
      continue
    }
    const record = 'span' in event && bySpan.get(event.span)
    if (!record || !('tool' in event)) continue
    if (event.type === 'approval.requested') record.approval = { requestedAt: event.at }
    if (event.type === 'approval.decided') {
      const { at: decidedAt, decision, by } = event
      const requestedAt = record.approval?.requestedAt ?? decidedAt
      record.approval = { requestedAt, decision, decidedAt, ...(by !== undefined && { by }) }
    }
    if (!('durationMs' in event)) continue
    record.durationMs = event.durationMs
    if (event.type === 'tool.finished') {
      record.state = 'finished'
      record.result = event.preview
      if (event.truncated) record.isCut = true
    } else {
      record.state = event.type === 'tool.failed' ? 'failed' : 'stopped'
      const reason = 'reason' in event ? event.reason : undefined
      record.reason = reason ?? publicReasons[event.code]
    }
  }
  return [...bySpan.values()]
}
