import OpenAI, { AzureOpenAI, type ClientOptions } from 'openai'
import { OpsError } from '../core/errors.ts'

/** The settings that choose a model. */
export type ModelSettings = {
  openaiApiKey: string | undefined
  openaiBaseUrl: string | undefined
  openaiModels: string[]
  azureApiKey: string | undefined
  azureEndpoint: string | undefined
  azureDeployments: string[]
  azureApiVersion: string
}

/** The door to the model, the names that may be asked for (the first is the default), and a line that says which. */
export type ModelDoor = {
  client: OpenAI
  models: [string, ...string[]]
  description: string
  /** True for the rules that stand in for a model. */
  offline: boolean
}

/** Retries on 408, 409, 429 and 5xx, with `Retry-After`; the client does it. */
const maxRetries = 2

/**
 * Opens the door that the settings name: Azure OpenAI, then OpenAI or a compatible server, then the offline model.
 * @throws OpsError `bad_setting` when one setting lacks its counterpart.
 */
export function openModel(
  settings: ModelSettings,
  offlineFetch: NonNullable<ClientOptions['fetch']>,
): ModelDoor {
  if (settings.azureEndpoint !== undefined) return openAzure(settings)
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

function openAzure(settings: ModelSettings): ModelDoor {
  const { azureApiKey: apiKey, azureEndpoint: endpoint, azureApiVersion: apiVersion } = settings
  const models = atLeastOne(settings.azureDeployments, 'AZURE_OPENAI_DEPLOYMENT_NAME')
  if (apiKey === undefined || endpoint === undefined) throw missing('AZURE_OPENAI_API_KEY')
  return {
    // Not `endpoint`: the client refuses it when OPENAI_BASE_URL happens to be set as well.
    client: new AzureOpenAI({
      ...{ apiKey, apiVersion, maxRetries, organization: null, project: null },
      baseURL: `${endpoint.replace(/\/+$/, '')}/openai`,
    }),
    models,
    description: `${models.join(', ')} on Azure OpenAI at ${new URL(endpoint).host}`,
    offline: false,
  }
}

function openCompatible({ openaiApiKey, openaiBaseUrl, openaiModels }: ModelSettings): ModelDoor {
  const models = atLeastOne(openaiModels, 'OPENAI_MODEL')
  const client = new OpenAI({
    // Local servers take any key but want one.
    apiKey: openaiApiKey ?? 'none',
    // Null, not undefined: the client would otherwise look into the environment by itself.
    baseURL: openaiBaseUrl ?? null,
    organization: null,
    project: null,
    maxRetries,
  })
  const description = `${models.join(', ')} at ${new URL(client.baseURL).host}`
  return { client, models, description, offline: false }
}

function atLeastOne(models: string[], name: string): [string, ...string[]] {
  const [first, ...others] = models
  if (first === undefined) throw missing(name)
  return [first, ...others]
}

function missing(name: string): OpsError {
  return new OpsError('bad_setting', { message: `${name} is missing.` })
}
