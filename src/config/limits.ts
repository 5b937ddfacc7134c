import { settingInfo, wholeNumber } from './values.ts'

/** The limits of requests, runs and streams. */
export const limits = {
  answerWaitSeconds: wholeNumber(0, 600).default(50).register(settingInfo, {
    variable: 'ANSWER_WAIT_SECONDS',
    meaning: 'How long a POST waits for the answer before it returns `202`.',
  }),
  maxMessageBytes: wholeNumber(1, 1_000_000).default(16_384).register(settingInfo, {
    variable: 'MAX_MESSAGE_BYTES',
    meaning: 'Longest message, in bytes.',
  }),
  maxBodyBytes: wholeNumber(1024, 10_000_000).default(65_536).register(settingInfo, {
    variable: 'MAX_BODY_BYTES',
    meaning: 'Largest request body, in bytes.',
  }),
  maxTitleCharacters: wholeNumber(1, 1000).default(200).register(settingInfo, {
    variable: 'MAX_TITLE_CHARACTERS',
    meaning: 'Longest title, in characters.',
  }),
  runSeconds: wholeNumber(1, 3600)
    .default(300)
    .register(settingInfo, { variable: 'RUN_SECONDS', meaning: 'Longest run.' }),
  agentSeconds: wholeNumber(1, 3600).default(120).register(settingInfo, {
    variable: 'AGENT_SECONDS',
    meaning: 'Longest work of one agent in a run.',
  }),
  toolSeconds: wholeNumber(1, 3600)
    .default(30)
    .register(settingInfo, { variable: 'TOOL_SECONDS', meaning: 'Longest tool call.' }),
  approvalSeconds: wholeNumber(1, 3600).default(120).register(settingInfo, {
    variable: 'APPROVAL_SECONDS',
    meaning:
      'How long a tool that changes data waits for an approval. Without an answer the call is denied. No other limit counts the wait.',
  }),
  maxModelCalls: wholeNumber(1, 100).default(12).register(settingInfo, {
    variable: 'MAX_MODEL_CALLS',
    meaning: 'Most model calls of one agent in a run.',
  }),
  maxParallelToolCalls: wholeNumber(1, 1000).default(16).register(settingInfo, {
    variable: 'MAX_PARALLEL_TOOL_CALLS',
    meaning: 'Most tool calls of one message of the model that are run.',
  }),
  maxToolResultBytes: wholeNumber(1024, 10_000_000).default(65_536).register(settingInfo, {
    variable: 'MAX_TOOL_RESULT_BYTES',
    meaning: 'Most bytes of a tool result that the model reads. The rest is cut.',
  }),
  contextTokens: wholeNumber(1000, 10_000_000).default(100_000).register(settingInfo, {
    variable: 'CONTEXT_TOKENS',
    meaning:
      'Most tokens that a model call may have, of about four characters each. Then the oldest turns are left out and large tool results are shortened. Set it below the context of the smallest model: local servers often have 4,096 or 8,192 tokens.',
  }),
  maxAnswerBytes: wholeNumber(1024, 1_000_000).default(65_536).register(settingInfo, {
    variable: 'MAX_ANSWER_BYTES',
    meaning: 'Longest answer, in bytes. The rest is cut.',
  }),
  maxEvents: wholeNumber(10, 100_000).default(2000).register(settingInfo, {
    variable: 'MAX_EVENTS',
    meaning: 'Most events that are kept of a run.',
  }),
  maxShownBytes: wholeNumber(64, 1_000_000).default(8192).register(settingInfo, {
    variable: 'MAX_SHOWN_BYTES',
    meaning: 'Most bytes of arguments or of a result that one event shows.',
  }),
  questionsPerHour: wholeNumber(1, 1_000_000).default(60).register(settingInfo, {
    variable: 'QUESTIONS_PER_HOUR',
    meaning: 'Most questions of one user per hour.',
  }),
  conversationsPerHour: wholeNumber(1, 1_000_000).default(60).register(settingInfo, {
    variable: 'CONVERSATIONS_PER_HOUR',
    meaning: 'Most new conversations of one user per hour.',
  }),
  turnsPerPage: wholeNumber(1, 100).default(30).register(settingInfo, {
    variable: 'TURNS_PER_PAGE',
    meaning:
      'Most questions that a page of a conversation shows. Earlier ones are loaded on request.',
  }),
  maxStreamsPerUser: wholeNumber(1, 10_000).default(8).register(settingInfo, {
    variable: 'MAX_STREAMS_PER_USER',
    meaning: 'Most open streams of one user.',
  }),
  maxStreams: wholeNumber(1, 100_000).default(5000).register(settingInfo, {
    variable: 'MAX_STREAMS',
    meaning: 'Most open streams of the process.',
  }),
  keepAliveSeconds: wholeNumber(1, 120).default(15).register(settingInfo, {
    variable: 'KEEP_ALIVE_SECONDS',
    meaning: 'Interval of the comments on a quiet stream.',
  }),
  streamSeconds: wholeNumber(1, 86_400).default(600).register(settingInfo, {
    variable: 'STREAM_SECONDS',
    meaning: 'Longest duration of a stream. Clients reconnect and continue.',
  }),
  firstEventSeconds: wholeNumber(1, 600).default(60).register(settingInfo, {
    variable: 'FIRST_EVENT_SECONDS',
    meaning: 'How long a stream waits for its run to start.',
  }),
}
