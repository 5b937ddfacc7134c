import type { z } from 'zod'
import { OpsError } from './core/errors.ts'
import { signOnSettings } from './settings/identity.ts'
import {
  integer,
  names,
  optional,
  optionalUrl,
  type Setting,
  setting,
  text,
} from './settings/setting.ts'

/** Every setting there is. The table in the README is made from this. */
export const settings = {
  port: setting('PORT', '8000', integer(0, 65_535), 'Port to listen on; 0 takes a free one.'),
  host: setting(
    'HOST',
    '127.0.0.1',
    text.min(1),
    'Address to listen on; the container sets 0.0.0.0.',
  ),
  dataDir: setting('DATA_DIR', './data', text.min(1), 'Folder of the history.'),
  ...signOnSettings,
  openaiApiKey: setting('OPENAI_API_KEY', '', optional, 'Key of OpenAI or of a compatible server.'),
  openaiBaseUrl: setting(
    'OPENAI_BASE_URL',
    '',
    optionalUrl,
    'A compatible server: Ollama, vLLM, LM Studio …',
  ),
  openaiModels: setting(
    'OPENAI_MODEL',
    'gpt-5-mini',
    names,
    'Model, or several with commas; the first is the default.',
  ),
  azureApiKey: setting('AZURE_OPENAI_API_KEY', '', optional, 'Key of Azure OpenAI.'),
  azureEndpoint: setting(
    'AZURE_OPENAI_ENDPOINT',
    '',
    optionalUrl,
    'Endpoint of Azure OpenAI; goes before `OPENAI_…`.',
  ),
  azureDeployments: setting(
    'AZURE_OPENAI_DEPLOYMENT_NAME',
    '',
    names,
    'Deployment, or several with commas.',
  ),
  azureApiVersion: setting(
    'AZURE_OPENAI_API_VERSION',
    '2024-10-21',
    text.min(1),
    'Version of the Azure OpenAI protocol.',
  ),
  thinkMs: setting(
    'THINK_MS',
    '350',
    integer(0, 60_000),
    'Pace of the offline model, in ms per call.',
  ),
  answerWaitSeconds: setting(
    'ANSWER_WAIT_SECONDS',
    '50',
    integer(0, 600),
    'How long a POST waits for its answer before `202`.',
  ),
  maxMessageBytes: setting('MAX_MESSAGE_BYTES', '16384', integer(1, 1_000_000), 'Longest message.'),
  maxBodyBytes: setting(
    'MAX_BODY_BYTES',
    '65536',
    integer(1024, 10_000_000),
    'Longest request body.',
  ),
  maxTitleCharacters: setting('MAX_TITLE_CHARACTERS', '200', integer(1, 1000), 'Longest title.'),
  runSeconds: setting('RUN_SECONDS', '300', integer(1, 3600), 'Longest run.'),
  agentSeconds: setting('AGENT_SECONDS', '120', integer(1, 3600), 'Longest work of one agent.'),
  toolSeconds: setting('TOOL_SECONDS', '30', integer(1, 3600), 'Longest call of one tool.'),
  maxModelCalls: setting(
    'MAX_MODEL_CALLS',
    '12',
    integer(1, 100),
    'Model calls of one agent in one run.',
  ),
  maxEvents: setting('MAX_EVENTS', '2000', integer(10, 100_000), 'Events kept of one run.'),
  maxShownBytes: setting(
    'MAX_SHOWN_BYTES',
    '8192',
    integer(64, 1_000_000),
    'Arguments or result shown in one event.',
  ),
  maxStreamsPerUser: setting(
    'MAX_STREAMS_PER_USER',
    '8',
    integer(1, 10_000),
    'Open streams of one user.',
  ),
  maxStreams: setting('MAX_STREAMS', '5000', integer(1, 100_000), 'Open streams of the process.'),
  questionsPerHour: setting(
    'QUESTIONS_PER_HOUR',
    '60',
    integer(1, 1_000_000),
    'Questions of one user in an hour.',
  ),
  keepAliveSeconds: setting(
    'KEEP_ALIVE_SECONDS',
    '15',
    integer(1, 120),
    'Time between comments on a quiet stream.',
  ),
  streamSeconds: setting(
    'STREAM_SECONDS',
    '600',
    integer(1, 86_400),
    'Longest life of one stream; the page reconnects.',
  ),
  firstEventSeconds: setting(
    'FIRST_EVENT_SECONDS',
    '60',
    integer(1, 600),
    'How long a stream waits for its run to begin.',
  ),
  shutdownSeconds: setting(
    'SHUTDOWN_SECONDS',
    '25',
    integer(0, 600),
    'Time that runs are given at shutdown.',
  ),
} satisfies Record<string, Setting<z.ZodType>>

/** All settings, read. Fields keep the unit in their name. */
export type Config = { [Key in keyof typeof settings]: z.output<(typeof settings)[Key]['schema']> }

/**
 * Reads the settings from an environment.
 * @throws OpsError `bad_setting` with one sentence that names the variable and says what it takes.
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const entries = Object.entries(settings).map(([key, { name, fallback, schema }]) => {
    const given = environment[name]?.trim()
    const parsed = schema.safeParse(given === undefined || given === '' ? fallback : given)
    if (parsed.success) return [key, parsed.data]
    const problem = parsed.error.issues[0]?.message ?? 'not valid'
    throw new OpsError('bad_setting', { message: `${name}=${given} is not valid: ${problem}.` })
  })
  return Object.fromEntries(entries) as Config
}

/** The settings as a Markdown table, for the README. */
export function settingsTable(): string {
  const rows = Object.values(settings).map(
    ({ name, fallback, meaning }) =>
      `| \`${name}\` | ${fallback && `\`${fallback}\``} | ${meaning} |`,
  )
  return ['| Setting | Default | Meaning |', '|---|---|---|', ...rows].join('\n')
}
