import type { Config } from '../../config.ts'
import type { ConnectorServices } from '../json-client.ts'
import { entraTokens, identityOf } from './identity.ts'

/** Tokens for Azure OpenAI, and the kind of identity that gets them. */
export type ModelTokens = { get: () => Promise<string>; identity: string }

/**
 * The tokens of Entra ID for Azure OpenAI, or undefined if it has a key or the settings name no identity.
 * https://learn.microsoft.com/azure/ai-services/openai/how-to/managed-identity
 * @throws OpsError `bad_setting` if a setting is missing
 */
export function openModelTokens(
  config: Config,
  services: Omit<ConnectorServices, 'limits'>,
): ModelTokens | undefined {
  const { azureEndpoint, azureApiKey } = config
  const identity = identityOf(config)
  if (azureEndpoint === undefined || azureApiKey !== undefined || identity === undefined) {
    return undefined
  }
  const tokens = entraTokens(config, audienceOf(azureEndpoint), { ...services, limits: config })
  // The client of the model passes no signal. A request for a token has its own timeouts.
  const unstopped = new AbortController().signal
  return { identity, get: () => tokens.get(unstopped) }
}

/** Sovereign clouds have their own. */
function audienceOf(endpoint: string): string {
  const [, cloud = 'com'] = /\.azure\.(us|cn)$/.exec(new URL(endpoint).hostname) ?? []
  return `https://cognitiveservices.azure.${cloud}`
}
