import { type Context, Hono } from 'hono'
import { raw } from 'hono/html'
import { z } from 'zod'
import { Record, RecordedTool } from '../../../views/record.tsx'
import { recordPage } from '../../../views/record-page.ts'
import type { ApprovalRecord, RunRecord, ToolRecord } from '../../../views/types.ts'
import { wait } from '../../core/wait.ts'
import type { ConversationEnv, Services } from '../context.ts'
import { runPath, valid } from '../input.ts'
import { evidenceJson, runJson } from '../json.ts'
import { routes } from '../routes.ts'
import { answerMarkdown, recordMarkdown } from './record-markdown.ts'
import { readRecord } from './run-record.ts'

const query = z.object({
  format: z.enum(['markdown', 'json', 'html', 'answer']).default('markdown'),
})

/** A run as a file: Markdown, JSON or HTML; `answer` is the answer alone, in Markdown. */
export function exportRoutes({ runs }: Services): Hono<ConversationEnv> {
  const exports = new Hono<ConversationEnv>()
  for (const path of [routes.exportRun, routes.api.exportRun]) {
    exports.get(path, valid('param', runPath), valid('query', query), async (c) => {
      const { format } = c.req.valid('query')
      const record = await readRecord(runs, c.get('conversation'), c.req.valid('param').run)
      return writers[format](c, record)
    })
  }
  return exports
}

const writers = {
  async markdown(c: Context, record: RunRecord) {
    return file(c, record, 'text/markdown', 'md', await recordMarkdown(record))
  },
  async json(c: Context, record: RunRecord) {
    return file(c, record, 'application/json', 'json', JSON.stringify(recordJson(record), null, 2))
  },
  async html(c: Context, record: RunRecord) {
    const tools = raw(await toolsHtml(record.tools))
    const content = String(
      <Record record={record} feedback={record.run.feedback}>
        {tools}
      </Record>,
    )
    return file(c, record, 'text/html', 'html', String(await recordPage(record.title, content)))
  },
  async answer(c: Context, { answer }: RunRecord) {
    const text = answer === undefined ? '' : answerMarkdown(answer)
    return c.body(text, 200, { 'content-type': 'text/markdown; charset=utf-8' })
  },
}

/** A download: a browser does not show it under the address of the server. */
function file(c: Context, { run }: RunRecord, type: string, ending: string, text: string) {
  return c.body(text, 200, {
    'content-type': `${type}; charset=utf-8`,
    'content-disposition': `attachment; filename="opsagent-run-${run.id.slice(0, 8)}.${ending}"`,
  })
}

/** How many characters are rendered before other work gets a turn. */
const sliceCharacters = 65_536

/** The calls of tools as HTML. */
export async function toolsHtml(tools: readonly ToolRecord[]): Promise<string> {
  let html = ''
  let sliceStart = 0
  for (const tool of tools) {
    html += String(<RecordedTool tool={tool} />)
    if (html.length - sliceStart < sliceCharacters) continue
    sliceStart = html.length
    await wait(0)
  }
  return html
}

/** The record in the names of the JSON API. */
function recordJson({ title, run, question, answer, decision, tools }: RunRecord) {
  return {
    format: 'opsagent-run',
    version: 1,
    title,
    run: runJson(run),
    question: question.content,
    answer: answer?.content ?? null,
    ...evidenceJson(answer?.evidence),
    asked: decision?.tasks ?? [],
    not_asked: decision?.skipped ?? [],
    ...(decision?.rejected !== undefined && { rejected: decision.rejected }),
    tools: tools.map((one) => ({
      step: one.step,
      reference: one.number ?? null,
      agent: one.agent,
      tool: one.tool,
      arguments: one.arguments,
      called_at: new Date(one.calledAt).toISOString(),
      state: one.state,
      duration_ms: one.durationMs ?? null,
      result: one.result ?? null,
      is_cut: one.isCut ?? false,
      ...(one.reason !== undefined && { error: one.reason }),
      ...(one.approval !== undefined && { approval: approvalJson(one.approval) }),
    })),
  }
}

/** Without a decision the call waits or was stopped; a denial by null means that nobody answered within the limit. */
function approvalJson({ requestedAt, decision, decidedAt, by }: ApprovalRecord) {
  return {
    requested_at: new Date(requestedAt).toISOString(),
    decision: decision ?? null,
    decided_at: decidedAt === undefined ? null : new Date(decidedAt).toISOString(),
    by: by ?? null,
  }
}
