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
  | 'fallbackBaseUrl'
  | 'fallbackApiKey'
  | 'fallbackAfterSeconds'
>

/** Tokens of Entra ID for Azure OpenAI, and the kind of identity that gets them: `managed identity`. */
export type EntraTokens = { get: () => Promise<string>; identity: string }

/** What a model needs besides its settings. */
export type ModelServices = {
  offlineFetch: NonNullable<ClientOptions['fetch']>
  /** Used without a key of Azure OpenAI. */
  entra: EntraTokens | undefined
}

/** A client and the models that it may be asked for. The first model is the default. */
export type ModelAccess = {
  client: OpenAI
  models: [string, ...string[]]
  /** The model to ask when another one cannot answer within `afterMs`, and the client of its server. */
  fallback?: { client: OpenAI; model: string; afterMs: number } | undefined
  /** Names the model and its server, for the log. */
  description: string
  /** How it gets its tokens, if it has no key. */
  entra?: string
  /** Whether it is the offline model. */
  offline: boolean
}

/** The client retries on 408, 409, 429 and 5xx, and honours `Retry-After`. */
const maxRetries = 2

/**
 * Opens the model of the settings: Azure OpenAI, or else OpenAI or a compatible server, or else the offline model.
 * @throws OpsError `bad_setting` when a setting that belongs to another one is missing
 */
export function openModel(settings: ModelSettings, services: ModelServices): ModelAccess {
  const { azureEndpoint, openaiApiKey, openaiBaseUrl } = settings
  if (azureEndpoint !== undefined) {
    return withFallback(openAzure(settings, azureEndpoint, services.entra), settings)
  }
  if (openaiApiKey !== undefined || openaiBaseUrl !== undefined) {
    return withFallback(openCompatible(settings), settings)
  }
  return {
    client: new OpenAI({
      apiKey: 'offline',
      baseURL: 'http://offline.invalid/v1',
      fetch: services.offlineFetch,
      maxRetries: 0,
    }),
    models: ['offline'],
    description: 'offline model (rules, no key needed; set OPENAI_API_KEY for a real one)',
    offline: true,
  }
}

/** A fallback has its own client only if it is on another server: the server is asked for both models otherwise. */
function withFallback(access: ModelAccess, settings: ModelSettings): ModelAccess {
  const { fallbackModel: model, fallbackBaseUrl: baseURL, fallbackApiKey: apiKey } = settings
  const afterMs = settings.fallbackAfterSeconds * 1000
  const isElsewhere = baseURL !== undefined || apiKey !== undefined
  if (model === undefined) {
    if (isElsewhere) throw missing('FALLBACK_MODEL')
    return access
  }
  if (!isElsewhere) return { ...access, fallback: { client: access.client, model, afterMs } }
  const client = compatibleClient(baseURL, apiKey)
  const description = `${access.description}; fallback ${model} at ${new URL(client.baseURL).host}`
  return { ...access, fallback: { client, model, afterMs }, description }
}

function openAzure(
  settings: ModelSettings,
  endpoint: string,
  entra: EntraTokens | undefined,
): ModelAccess {
  const { azureApiKey: apiKey, azureApiVersion: apiVersion } = settings
  const models = atLeastOne(settings.azureDeployments, 'AZURE_OPENAI_DEPLOYMENT_NAME')
  if (apiKey === undefined && entra === undefined) {
    const message =
      'AZURE_OPENAI_API_KEY is missing. To use Entra ID instead, set AZURE_CLIENT_ID, with AZURE_CLIENT_SECRET or for a managed identity.'
    throw new OpsError('bad_setting', { message })
  }
  const way = apiKey === undefined && entra ? `Entra ID (${entra.identity})` : undefined
  return {
    client: new AzureOpenAI({
      ...(apiKey === undefined && entra ? { azureADTokenProvider: entra.get } : { apiKey }),
      apiVersion,
      maxRetries,
      organization: null,
      project: null,
      // Not `endpoint`: the client rejects it when OPENAI_BASE_URL is set as well.
      baseURL: `${endpoint.replace(/\/+$/, '')}/openai`,
    }),
    models,
    description: `${models.join(', ')} on Azure OpenAI at ${new URL(endpoint).host}${way ? ` with ${way}` : ''}`,
    ...(way !== undefined && { entra: way }),
    offline: false,
  }
}

function openCompatible(settings: ModelSettings): ModelAccess {
  const { openaiApiKey, openaiBaseUrl, openaiModels } = settings
  const models = atLeastOne(openaiModels, 'OPENAI_MODEL')
  const client = compatibleClient(openaiBaseUrl, openaiApiKey)
  const description = `${models.join(', ')} at ${new URL(client.baseURL).host}`
  return { client, models, description, offline: false }
}

function compatibleClient(baseUrl: string | undefined, apiKey: string | undefined): OpenAI {
  return new OpenAI({
    // Local servers accept any key, but the client needs one.
    apiKey: apiKey ?? 'none',
    // Null, not undefined: with undefined the client reads the environment itself.
    baseURL: baseUrl ?? null,
    organization: null,
    project: null,
    maxRetries,
  })
}

function atLeastOne(models: string[], name: string): [string, ...string[]] {
  const [first, ...others] = models
  if (first === undefined) throw missing(name)
  return [first, ...others]
}

function missing(name: string): OpsError {
  return new OpsError('bad_setting', { message: `${name} is missing.` })
}
