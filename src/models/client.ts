import OpenAI, { AzureOpenAI, type ClientOptions } from 'openai'
import type { Config } from '../config.ts'
import { OpsError } from '../core/errors.ts'

/** The settings that choose a model. */
export type ModelSettings = Pick<
  Config,
  | 'openaiApiKey'
  | 'openaiBaseUrl'
  | 'openaiModels'
  | 'azureApiKey'
  | 'azureEndpoint'
  | 'azureDeployments'
  | 'azureApiVersion'
  | 'fallbackModel'
>

/** A client and the models that it may be asked for. The first model is the default. */
export type ModelAccess = {
  client: OpenAI
  models: [string, ...string[]]
  /** The model to ask when another one cannot answer. */
  fallback?: string | undefined
  /** Names the model and its server, for the log. */
  description: string
  /** Whether it is the offline model. */
  offline: boolean
}

/** The client retries on 408, 409, 429 and 5xx, and honours `Retry-After`. */
const maxRetries = 2

/**
 * Opens the model of the settings: Azure OpenAI, or else OpenAI or a compatible server, or else the offline model.
 * @throws OpsError `bad_setting` when a setting that belongs to another one is missing
 */
export function openModel(
  settings: ModelSettings,
  offlineFetch: NonNullable<ClientOptions['fetch']>,
): ModelAccess {
  if (settings.azureEndpoint !== undefined) return openAzure(settings, settings.azureEndpoint)
  if (settings.openaiApiKey !== undefined || settings.openaiBaseUrl !== undefined) {
    return openCompatible(settings)
  }
  return {
    client: new OpenAI({
      apiKey: 'offline',
      baseURL: 'http://offline.invalid/v1',
      fetch: offlineFetch,
      maxRetries: 0,
    }),
    models: ['offline'],
    description: 'offline model (rules, no key needed; set OPENAI_API_KEY for a real one)',
    offline: true,
  }
}

function openAzure(settings: ModelSettings, endpoint: string): ModelAccess {
  const { azureApiKey: apiKey, azureApiVersion: apiVersion } = settings
  const models = atLeastOne(settings.azureDeployments, 'AZURE_OPENAI_DEPLOYMENT_NAME')
  if (apiKey === undefined) throw missing('AZURE_OPENAI_API_KEY')
  return {
    client: new AzureOpenAI({
      apiKey,
      apiVersion,
      maxRetries,
      organization: null,
      project: null,
      // Not `endpoint`: the client rejects it when OPENAI_BASE_URL is set as well.
      baseURL: `${endpoint.replace(/\/+$/, '')}/openai`,
    }),
    models,
    fallback: settings.fallbackModel,
    description: `${models.join(', ')} on Azure OpenAI at ${new URL(endpoint).host}`,
    offline: false,
  }
}

function openCompatible(settings: ModelSettings): ModelAccess {
  const { openaiApiKey, openaiBaseUrl, openaiModels, fallbackModel: fallback } = settings
  const models = atLeastOne(openaiModels, 'OPENAI_MODEL')
  const client = new OpenAI({
    // Local servers accept any key, but the client needs one.
    apiKey: openaiApiKey ?? 'none',
    // Null, not undefined: with undefined the client reads the environment itself.
    baseURL: openaiBaseUrl ?? null,
    organization: null,
    project: null,
    maxRetries,
  })
  const description = `${models.join(', ')} at ${new URL(client.baseURL).host}`
  return { client, models, fallback, description, offline: false }
}

function atLeastOne(models: string[], name: string): [string, ...string[]] {
  const [first, ...others] = models
  if (first === undefined) throw missing(name)
  return [first, ...others]
}

function missing(name: string): OpsError {
  return new OpsError('bad_setting', { message: `${name} is missing.` })
}
