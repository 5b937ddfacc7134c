import { approvalText } from '../../../views/approval-text.ts'
import { utcText } from '../../../views/duration.ts'
import { feedbackText } from '../../../views/feedback-text.ts'
import type { RunRecord, ToolRecord } from '../../../views/types.ts'
import { splitCode } from '../../core/markdown-code.ts'
import type { RunMessage } from '../../core/run.ts'
import { wait } from '../../core/wait.ts'

/** How many characters of tool calls are written before other work gets a turn. */
const sliceCharacters = 65_536

/** A run in Markdown, for a ticket or a post-mortem. No text in it can become an image, HTML or a link to a script. */
export async function recordMarkdown(record: RunRecord): Promise<string> {
  const { title, question, answer, decision, tools } = record
  const parts = [
    `# ${inline(title)}`,
    headLines(record).join('\n'),
    `## Question\n\n${fenced(question.content)}`,
    ...(answer === undefined ? [] : [`## Answer\n\n${answerMarkdown(answer)}`]),
    ...(decision === undefined
      ? []
      : [`## Who was asked\n\n${decisionLines(decision).join('\n')}`]),
    ...(tools.length === 0 ? [] : ['## Tools']),
  ]
  let characters = 0
  for (const tool of tools) {
    const text = toolMarkdown(tool)
    parts.push(text)
    characters += text.length
    if (characters < sliceCharacters) continue
    characters = 0
    await wait(0)
  }
  return `${parts.join('\n\n')}\n`
}

/** An answer in Markdown, with what it refers to. */
export function answerMarkdown({ content, evidence }: RunMessage): string {
  if (evidence === undefined) return inert(content)
  const { sections, references } = evidence
  const parts = sections.flatMap((section) => [
    ...(sections.length === 1 ? [] : [`### ${inline(section.agent)}`]),
    ...(section.state === 'unbacked' ? ['*Not backed by a tool result.*'] : []),
    inert(content.slice(section.from, section.to)),
  ])
  const end = content.slice(sections.at(-1)?.to ?? 0).trim()
  const sources = references.map(
    ({ number, agent, tool }) => `- [${number}] ${inline(agent)} › ${inline(tool)}`,
  )
  if (sources.length > 0) parts.push(`Sources:\n\n${sources.join('\n')}`)
  if (end !== '') parts.push(inert(end))
  return parts.join('\n\n')
}

function headLines({ run, question }: RunRecord): string[] {
  const { id, status, error, finishedAt, feedback } = run
  return [
    `- **Asked:** ${utcText(question.createdAt)}`,
    `- **State:** ${status}${error === undefined ? '' : `. ${inline(error)}`}`,
    ...(finishedAt === undefined ? [] : [`- **Ended:** ${utcText(finishedAt)}`]),
    ...(feedback === undefined ? [] : [`- **Rated:** ${inline(feedbackText(feedback))}`]),
    `- **Run:** \`${id}\``,
  ]
}

function decisionLines({ tasks, skipped, rejected }: NonNullable<RunRecord['decision']>): string[] {
  return [
    ...tasks.map(({ agent, question }) => `- **${inline(agent)}:** ${inline(question)}`),
    ...(skipped.length === 0 ? [] : [`- Not asked: ${skipped.map(inline).join(', ')}`]),
    ...(rejected === undefined ? [] : [`- Rejected: ${inline(rejected)}`]),
  ]
}

function toolMarkdown(tool: ToolRecord): string {
  const { number, durationMs, result, reason, approval } = tool
  const reference = number === undefined ? '' : `[${number}] `
  const took = durationMs === undefined ? '' : `, ${Math.round(durationMs)} ms`
  return [
    `### ${reference}${inline(tool.agent)} › ${inline(tool.tool)}`,
    `Step ${tool.step}, ${utcText(tool.calledAt)}, ${tool.state}${took}`,
    ...(approval === undefined ? [] : [`Approval: ${inline(approvalText(approval))}`]),
    `Arguments:\n\n${fenced(tool.arguments)}`,
    ...(result === undefined ? [] : [`Result${tool.isCut ? ', cut' : ''}:\n\n${fenced(result)}`]),
    ...(reason === undefined ? [] : [inline(reason)]),
  ].join('\n\n')
}

/** A text in a block that it cannot end. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text}\n${fence}`
}

/** A text in one line, without markup. */
function inline(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_{}[\]<>#|!~]/g, '\\$&')
    .replaceAll(/&(?=[#a-z])/gi, '&amp;')
}

/** Markdown of a model without HTML, images, and links other than to web and mail addresses. */
function inert(markdown: string): string {
  return splitCode(markdown)
    .map(({ text, isCode }) => {
      if (isCode) return text
      return text
        .replaceAll(/&(?=[#a-z])/gi, '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('![', '!\\[')
        .replaceAll(/\]\((?!\s{0,9}(?:https?:\/\/|mailto:|#))/gi, ']\\(')
        .replaceAll(/^([ \t>]{0,20}(?:[-*+][ \t])?)\[([^\]\n]{1,200})\]:/gm, '$1\\[$2]:')
    })
    .join('')
}
