import {
  oneOf,
  optional,
  pem,
  safeUrl,
  secret,
  settingInfo,
  text,
  url,
  wholeNumber,
} from './values.ts'

const serviceNow = {
  serviceNowUrl: optional(safeUrl).register(settingInfo, {
    variable: 'SERVICENOW_URL',
    meaning:
      'ServiceNow instance, such as `https://acme.service-now.com`. It replaces the sample changes and incidents.',
  }),
  serviceNowUser: optional(text).register(settingInfo, {
    variable: 'SERVICENOW_USER',
    meaning: 'User of ServiceNow, for basic authentication.',
  }),
  serviceNowPassword: optional(secret).register(settingInfo, {
    variable: 'SERVICENOW_PASSWORD',
    meaning: 'Password of `SERVICENOW_USER`.',
    secret: true,
  }),
  serviceNowClientId: optional(text).register(settingInfo, {
    variable: 'SERVICENOW_CLIENT_ID',
    meaning: 'OAuth client of ServiceNow (client credentials), instead of a user and a password.',
  }),
  serviceNowClientSecret: optional(secret).register(settingInfo, {
    variable: 'SERVICENOW_CLIENT_SECRET',
    meaning: 'Secret of `SERVICENOW_CLIENT_ID`.',
    secret: true,
  }),
  serviceNowWorkNotes: oneOf('off', 'on').default('off').register(settingInfo, {
    variable: 'SERVICENOW_WORK_NOTES',
    meaning:
      'Whether users can let OpsAgent add work notes to tickets. It shows each note, and writes it after an approval.',
  }),
}

const azure = {
  logAnalyticsWorkspace: optional(
    text.regex(/^[\da-f-]{36}$/i, { error: 'must be the id of a workspace, a GUID' }),
  ).register(settingInfo, {
    variable: 'LOG_ANALYTICS_WORKSPACE_ID',
    meaning:
      'Log Analytics workspace with the logs of Azure Data Factory. It replaces the sample pipelines.',
  }),
  azureSubscription: optional(
    text.regex(/^[\da-f-]{36}$/i, { error: 'must be the id of a subscription, a GUID' }),
  ).register(settingInfo, {
    variable: 'AZURE_SUBSCRIPTION_ID',
    meaning:
      'Azure subscription whose Resource Health and Service Health are read. It replaces the sample health of Azure.',
  }),
  azureTenant: optional(
    text.regex(/^[\w.-]+$/, { error: 'must be the id or a domain of a tenant' }),
  ).register(settingInfo, {
    variable: 'AZURE_TENANT_ID',
    meaning: 'Entra tenant, for a client secret.',
  }),
  azureClientId: optional(text).register(settingInfo, {
    variable: 'AZURE_CLIENT_ID',
    meaning:
      'Application in Entra. Without `AZURE_CLIENT_SECRET`: the user-assigned managed identity.',
  }),
  azureClientSecret: optional(secret).register(settingInfo, {
    variable: 'AZURE_CLIENT_SECRET',
    meaning: 'Secret of the application. Without it, the managed identity of the host is used.',
    secret: true,
  }),
  azureIdentityEndpoint: optional(url).register(settingInfo, {
    variable: 'IDENTITY_ENDPOINT',
    meaning: 'Endpoint of the managed identity. App Service and Container Apps set it.',
  }),
  azureIdentityHeader: optional(secret).register(settingInfo, {
    variable: 'IDENTITY_HEADER',
    meaning: 'Key of `IDENTITY_ENDPOINT`. App Service and Container Apps set it.',
    secret: true,
  }),
  azureMetadataUrl: url.default('http://169.254.169.254').register(settingInfo, {
    variable: 'AZURE_POD_IDENTITY_AUTHORITY_HOST',
    meaning:
      'Instance metadata service, which gives the tokens of a managed identity without `IDENTITY_ENDPOINT`.',
  }),
  azureAuthority: safeUrl.default('https://login.microsoftonline.com').register(settingInfo, {
    variable: 'AZURE_AUTHORITY_HOST',
    meaning: 'Entra authority. Sovereign clouds have their own.',
  }),
  logAnalyticsUrl: safeUrl.default('https://api.loganalytics.azure.com').register(settingInfo, {
    variable: 'LOG_ANALYTICS_URL',
    meaning: 'Log Analytics API. Sovereign clouds have their own.',
  }),
  azureManagementUrl: safeUrl.default('https://management.azure.com').register(settingInfo, {
    variable: 'AZURE_MANAGEMENT_URL',
    meaning: 'Azure Resource Manager. Sovereign clouds have their own.',
  }),
}

const databricks = {
  databricksHost: optional(safeUrl).register(settingInfo, {
    variable: 'DATABRICKS_HOST',
    meaning:
      'Databricks workspace, such as `https://adb-1234.5.azuredatabricks.net`. It replaces the sample health of Databricks.',
  }),
  databricksToken: optional(secret).register(settingInfo, {
    variable: 'DATABRICKS_TOKEN',
    meaning: 'Personal access token of Databricks.',
    secret: true,
  }),
  databricksClientId: optional(text).register(settingInfo, {
    variable: 'DATABRICKS_CLIENT_ID',
    meaning: 'Service principal of Databricks (OAuth), instead of a token.',
  }),
  databricksClientSecret: optional(secret).register(settingInfo, {
    variable: 'DATABRICKS_CLIENT_SECRET',
    meaning: 'Secret of `DATABRICKS_CLIENT_ID`.',
    secret: true,
  }),
  databricksRegion: optional(text).register(settingInfo, {
    variable: 'DATABRICKS_REGION',
    meaning: 'Region of the workspace, such as `West Europe`. Its API does not tell it.',
  }),
}

const snowflake = {
  snowflakeAccount: optional(
    text.regex(/^[\w-]+(\.[\w-]+)*$/, {
      error: 'must be an account identifier such as org-account',
    }),
  ).register(settingInfo, {
    variable: 'SNOWFLAKE_ACCOUNT',
    meaning:
      'Account identifier of Snowflake, `organization-account`. It replaces the sample health of Snowflake.',
  }),
  snowflakeUser: optional(text).register(settingInfo, {
    variable: 'SNOWFLAKE_USER',
    meaning: 'User of Snowflake with a key pair.',
  }),
  snowflakePrivateKey: optional(pem).register(settingInfo, {
    variable: 'SNOWFLAKE_PRIVATE_KEY',
    meaning:
      'Private key of the user as PEM (PKCS #8, not encrypted). Line breaks may be written as `\\n`.',
    secret: true,
  }),
  snowflakeRole: optional(text).register(settingInfo, {
    variable: 'SNOWFLAKE_ROLE',
    meaning: 'Role for the statements. Without it, the default role of the user.',
  }),
  snowflakeWarehouse: optional(text).register(settingInfo, {
    variable: 'SNOWFLAKE_WAREHOUSE',
    meaning:
      'Warehouse for the history of tasks, which costs credits. Without it, only warehouses are checked, which is free.',
  }),
  snowflakeDatabase: optional(text).register(settingInfo, {
    variable: 'SNOWFLAKE_DATABASE',
    meaning: 'Database whose tasks are checked, with `SNOWFLAKE_WAREHOUSE`.',
  }),
  snowflakeUrl: optional(safeUrl).register(settingInfo, {
    variable: 'SNOWFLAKE_URL',
    meaning: 'URL of the account, if it is not `https://<account>.snowflakecomputing.com`.',
  }),
}

const requests = {
  connectorSeconds: wholeNumber(1, 600).default(10).register(settingInfo, {
    variable: 'CONNECTOR_SECONDS',
    meaning:
      'Longest wait for a reply of a source system. A failed request is tried up to three times.',
  }),
  connectorRequests: wholeNumber(1, 100).default(4).register(settingInfo, {
    variable: 'CONNECTOR_REQUESTS',
    meaning: 'Most requests to a source system at a time. Others wait.',
  }),
}

/** The source systems. Each one is read as soon as its first setting is set; the others are sample data. */
export const systems = { ...serviceNow, ...azure, ...databricks, ...snowflake, ...requests }
