import type { Child } from 'hono/jsx'
import type { Feedback } from '../src/core/run.ts'
import { AnswerBody } from './answer.tsx'
import { approvalText } from './approval-text.ts'
import { duration, utcText } from './duration.ts'
import { feedbackText } from './feedback-text.ts'
import type { RunRecord, ToolRecord } from './types.ts'

type Props = {
  record: RunRecord
  /** The rating of the answer. It is not part of a shared run, because it is for the user only. */
  feedback?: Feedback | undefined
  /** The calls of tools. */
  children?: Child
}

/** A run as evidence: the question, the answer, and who was asked. */
export function Record({ record, feedback, children }: Props) {
  const { title, run, question, answer, decision, tools } = record
  const { finishedAt, status, error } = run
  return (
    <main class="record">
      <h1 dir="auto">{title}</h1>
      <dl class="facts">
        <Fact name="Asked">{utcText(question.createdAt)}</Fact>
        <Fact name="State">
          {status}
          {error !== undefined && `. ${error}`}
        </Fact>
        {finishedAt !== undefined && (
          <Fact name="Ended">
            {utcText(finishedAt)}, after {duration(Math.max(0, finishedAt - question.createdAt))}
          </Fact>
        )}
        {feedback !== undefined && <Fact name="Rated">{feedbackText(feedback)}</Fact>}
        <Fact name="Run">
          <code>{run.id}</code>
        </Fact>
      </dl>
      <h2>Question</h2>
      <p class="asked" dir="auto">
        {question.content}
      </p>
      {answer !== undefined && (
        <>
          <h2>Answer</h2>
          <div class="answer" dir="auto">
            <AnswerBody
              text={answer.content}
              evidence={answer.evidence}
              stepUrl={(step) => `#step-${step}`}
            />
          </div>
        </>
      )}
      {decision !== undefined && <Decision decision={decision} />}
      {tools.length > 0 && <h2>Tools</h2>}
      {children}
    </main>
  )
}

function Fact({ name, children }: { name: string; children?: Child }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd dir="auto">{children}</dd>
    </div>
  )
}

function Decision({ decision }: { decision: NonNullable<RunRecord['decision']> }) {
  const { tasks, skipped, rejected } = decision
  return (
    <>
      <h2>Who was asked</h2>
      <dl class="facts">
        {tasks.map(({ agent, question }) => (
          <Fact name={agent}>{question}</Fact>
        ))}
        {skipped.length > 0 && <Fact name="Not asked">{skipped.join(', ')}</Fact>}
        {rejected !== undefined && <Fact name="Rejected">{rejected}</Fact>}
      </dl>
    </>
  )
}

/** One call of a tool with its arguments and its result. */
export function RecordedTool({ tool: call }: { tool: ToolRecord }) {
  const { step, number, agent, tool, state, durationMs, result, reason, isCut, approval } = call
  return (
    <section class="call" id={`step-${step}`}>
      <h3 dir="auto">
        {number !== undefined && `[${number}] `}
        {agent} › {tool}
      </h3>
      <p>
        Step {step}, {utcText(call.calledAt)}, {state}
        {durationMs !== undefined && `, ${duration(durationMs)}`}
      </p>
      {approval !== undefined && <p dir="auto">Approval: {approvalText(approval)}</p>}
      <p>Arguments</p>
      <pre dir="auto">{call.arguments}</pre>
      {result !== undefined && (
        <>
          <p>Result{isCut && ', cut'}</p>
          <pre dir="auto">{result}</pre>
        </>
      )}
      {reason !== undefined && <p>{reason}</p>}
    </section>
  )
}
