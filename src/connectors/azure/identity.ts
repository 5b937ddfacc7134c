import type { Config } from '../../config.ts'
import { type Authorization, bearerAuthorization } from '../authorization.ts'
import type { ConnectorServices } from '../json-client.ts'
import { missingSetting } from '../missing-setting.ts'
import { oauthTokens, type TokenRequest } from '../oauth.ts'
import type { TokenSource } from '../token-source.ts'

/**
 * Tokens of Microsoft Entra ID for an API: with a client secret, or else with the managed identity of the host.
 * `audience` is the App ID URI of the API, without a slash at its end.
 * @throws OpsError `bad_setting` if a setting is missing
 */
export function entraAuthorization(
  config: Config,
  audience: string,
  services: ConnectorServices,
): Authorization {
  return bearerAuthorization(entraTokens(config, audience, services))
}

/** The tokens themselves, as `entraAuthorization` sends them. */
export function entraTokens(
  config: Config,
  audience: string,
  services: ConnectorServices,
): TokenSource {
  return oauthTokens(tokenRequest(config, audience), services)
}

/** The identity that the settings name. A managed identity without any setting is not known before it is asked. */
export function identityOf(config: Config): 'client secret' | 'managed identity' | undefined {
  const { azureClientSecret, azureClientId, azureIdentityEndpoint } = config
  if (azureClientSecret !== undefined) return 'client secret'
  const isManaged = azureClientId !== undefined || azureIdentityEndpoint !== undefined
  return isManaged ? 'managed identity' : undefined
}

function tokenRequest(config: Config, audience: string): TokenRequest {
  const { azureClientSecret: secret, azureIdentityEndpoint: endpoint } = config
  if (secret !== undefined) return clientCredentials(config, secret, audience)
  return endpoint === undefined
    ? metadataService(config, audience)
    : appService(config, endpoint, audience)
}

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
function clientCredentials(
  { azureTenant, azureClientId, azureAuthority: url }: Config,
  client_secret: string,
  audience: string,
): TokenRequest {
  if (azureTenant === undefined) throw missingSetting('AZURE_TENANT_ID', 'AZURE_CLIENT_SECRET')
  if (azureClientId === undefined) throw missingSetting('AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET')
  return {
    system: 'Microsoft Entra ID',
    url,
    path: `/${azureTenant}/oauth2/v2.0/token`,
    form: {
      grant_type: 'client_credentials',
      client_id: azureClientId,
      client_secret,
      scope: `${audience}/.default`,
    },
    secrets: [client_secret],
  }
}

/** https://learn.microsoft.com/azure/app-service/overview-managed-identity (REST endpoint reference) */
function appService(
  { azureClientId, azureIdentityHeader: key }: Config,
  endpoint: string,
  audience: string,
): TokenRequest {
  if (key === undefined) throw missingSetting('IDENTITY_HEADER', 'IDENTITY_ENDPOINT')
  return {
    system: 'The managed identity',
    url: endpoint,
    path: new URL(endpoint).pathname,
    query: { 'api-version': '2019-08-01', resource: audience, ...clientOf(azureClientId) },
    headers: { 'x-identity-header': key },
    secrets: [key],
  }
}

/** https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token */
function metadataService({ azureClientId, azureMetadataUrl: url }: Config, audience: string) {
  return {
    system: 'The managed identity',
    url,
    path: '/metadata/identity/oauth2/token',
    query: { 'api-version': '2018-02-01', resource: audience, ...clientOf(azureClientId) },
    // Protects the service against requests that a page or a redirect makes a host send.
    headers: { metadata: 'true' },
    secrets: [],
  }
}

/** A host may have several user-assigned identities. */
function clientOf(client_id: string | undefined): { client_id?: string } {
  return client_id === undefined ? {} : { client_id }
}
