import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/storage/sqlite.ts'
import { makeServer } from '../support/test-server.ts'
import { readArguments } from './arguments.ts'

/**
 * The CPU that a question of two parts costs the whole server: the offline model without its pace, the sample estate,
 * the history in a file. Run it with `bun run bench:question`, with `--questions 1000` for another number.
 */
const { questions } = readArguments({ questions: 500 })
const message = 'Which change requests are open, and is Databricks healthy?'
const perConversation = 20
const warmup = 100

const folder = mkdtempSync(join(tmpdir(), 'opsagent-question-'))
const store = openSqliteStore(join(folder, 'bench.db'))
const { post, open } = await makeServer(
  { questionsPerHour: 1e9, conversationsPerHour: 1e9 },
  { store },
)

async function ask(count: number): Promise<void> {
  let id = ''
  for (let i = 0; i < count; i++) {
    if (i % perConversation === 0) id = await open()
    const response = await post(`/api/conversations/${id}/messages`, { message })
    if (response.status !== 200) throw new Error(`Question ${i}: ${response.status}`)
    const text = await response.text()
    if (!text.includes('Databricks health')) throw new Error(`Question ${i}: ${text}`)
  }
}

await ask(warmup)
const before = process.cpuUsage()
const started = performance.now()
await ask(questions)
const { user, system } = process.cpuUsage(before)
const wallMs = (performance.now() - started) / questions
const cpuMs = (user + system) / 1000 / questions
process.stdout.write(
  `${questions} questions: ${cpuMs.toFixed(2)} ms of CPU, ${wallMs.toFixed(2)} ms each\n`,
)
await store.close()
rmSync(folder, { recursive: true, force: true })
process.exit()
