import { apiKey, list, optional, prices, settingInfo, text, url, wholeNumber } from './values.ts'

/** The model, and the model that replaces it. */
export const model = {
  openaiApiKey: optional(apiKey).register(settingInfo, {
    variable: 'OPENAI_API_KEY',
    meaning: 'API key of OpenAI or of a compatible server.',
    secret: true,
  }),
  openaiBaseUrl: optional(url).register(settingInfo, {
    variable: 'OPENAI_BASE_URL',
    meaning: 'URL of a compatible server, such as Ollama, vLLM or LM Studio.',
  }),
  openaiModels: list.default(['gpt-5-mini']).register(settingInfo, {
    variable: 'OPENAI_MODEL',
    meaning: 'Models to choose from, comma-separated. The first is the default.',
  }),
  azureApiKey: optional(apiKey).register(settingInfo, {
    variable: 'AZURE_OPENAI_API_KEY',
    meaning:
      'API key of Azure OpenAI. Without it, tokens of Entra ID are used if `AZURE_CLIENT_SECRET`, `AZURE_CLIENT_ID` or `IDENTITY_ENDPOINT` is set.',
    secret: true,
  }),
  azureEndpoint: optional(url).register(settingInfo, {
    variable: 'AZURE_OPENAI_ENDPOINT',
    meaning: 'Endpoint of Azure OpenAI. It takes precedence over the `OPENAI_` settings.',
  }),
  azureDeployments: list.default([]).register(settingInfo, {
    variable: 'AZURE_OPENAI_DEPLOYMENT_NAME',
    meaning: 'Deployments to choose from, comma-separated. The first is the default.',
  }),
  azureApiVersion: text.default('2024-10-21').register(settingInfo, {
    variable: 'AZURE_OPENAI_API_VERSION',
    meaning: 'API version of Azure OpenAI.',
  }),
  fallbackModel: optional(text).register(settingInfo, {
    variable: 'FALLBACK_MODEL',
    meaning:
      'Model or deployment that is asked when another one is busy, down, unreachable or late, and then for 30 s before the other one. It is on the same server unless `FALLBACK_BASE_URL` or `FALLBACK_API_KEY` is set.',
  }),
  fallbackBaseUrl: optional(url).register(settingInfo, {
    variable: 'FALLBACK_BASE_URL',
    meaning: 'URL of the compatible server of `FALLBACK_MODEL`. Without it, OpenAI.',
  }),
  fallbackApiKey: optional(apiKey).register(settingInfo, {
    variable: 'FALLBACK_API_KEY',
    meaning: 'API key of the server of `FALLBACK_MODEL`.',
    secret: true,
  }),
  fallbackAfterSeconds: wholeNumber(1, 600).default(60).register(settingInfo, {
    variable: 'FALLBACK_AFTER_SECONDS',
    meaning:
      'How long a model may take to answer, with its retries, before `FALLBACK_MODEL` is asked.',
  }),
  modelPrices: optional(prices).register(settingInfo, {
    variable: 'MODEL_PRICES',
    meaning:
      'Prices in US dollars per million input and output tokens, comma-separated, such as `gpt-5-mini=0.25/2`. The page then shows the cost of a run.',
  }),
  thinkMs: wholeNumber(0, 60_000).default(350).register(settingInfo, {
    variable: 'THINK_MS',
    meaning: 'Delay of each call to the offline model, in milliseconds.',
  }),
}
