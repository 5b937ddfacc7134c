// OpsAgent on Azure App Service: one Linux container, with sign-in by Microsoft Entra ID ("Easy Auth").
// az deployment group create -g <group> -f app-service.bicep -p app-service.bicepparam

@description('Name of the app. Its host is <name>.azurewebsites.net.')
param name string

@description('Region of all resources.')
param location string = resourceGroup().location

@description('The image with its registry and tag, such as myregistry.azurecr.io/opsagent:0.2.0.')
param image string

@description('Size of the plan. It must allow virtual network integration and Always On: B1 or better.')
param planSku string = 'P0v3'

@description('Client id of the app registration for signing in. "ID tokens" must be enabled in it.')
param entraClientId string

@description('The tenant whose users may sign in.')
param entraTenantId string = tenant().tenantId

@description('Addresses of the platform front end. The log of OpsAgent names an address that is missing here.')
param trustedProxies string = '169.254.0.0/16'

@description('Endpoint of Azure OpenAI. Empty: the offline model.')
param azureOpenAiEndpoint string = ''

@description('Deployment of the model, or several separated by commas.')
param azureOpenAiDeployment string = ''

@description('URI of the Key Vault secret with the key of Azure OpenAI. The identity of the app must be allowed to read it.')
param azureOpenAiKeySecretUri string = ''

@description('Name of the storage account for the history: 3 to 24 lower-case letters and digits.')
param storageAccountName string

var modelSettings = empty(azureOpenAiEndpoint)
  ? {}
  : {
      AZURE_OPENAI_ENDPOINT: azureOpenAiEndpoint
      AZURE_OPENAI_DEPLOYMENT_NAME: azureOpenAiDeployment
      AZURE_OPENAI_API_KEY: '@Microsoft.KeyVault(SecretUri=${azureOpenAiKeySecretUri})'
    }

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: '${name}-network'
  location: location
  properties: {
    addressSpace: {
      addressPrefixes: [
        '10.20.0.0/24'
      ]
    }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: '10.20.0.0/26'
          delegations: [
            {
              name: 'app-service'
              properties: {
                serviceName: 'Microsoft.Web/serverFarms'
              }
            }
          ]
          serviceEndpoints: [
            {
              service: 'Microsoft.Storage'
            }
          ]
        }
      }
    ]
  }
}

module history 'history-share.bicep' = {
  name: 'opsagent-history'
  params: {
    accountName: storageAccountName
    location: location
    subnetId: network.properties.subnets[0].id
  }
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: '${name}-plan'
  location: location
  kind: 'linux'
  sku: {
    name: planSku
    // Exactly one instance and no scaling rule, because SQLite serves one process.
    capacity: 1
  }
  properties: {
    reserved: true
    elasticScaleEnabled: false
  }
}

resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  kind: 'app,linux,container'
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: network.properties.subnets[0].id
    // The affinity cookie binds a user to one of several instances. With one instance it has no effect. It does not
    // influence buffering.
    clientAffinityEnabled: false
    siteConfig: {
      linuxFxVersion: 'DOCKER|${image}'
      acrUseManagedIdentityCreds: true
      numberOfWorkers: 1
      alwaysOn: true
      http20Enabled: true
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
      // Without effect: an event stream is plain HTTP.
      webSocketsEnabled: true
      healthCheckPath: '/healthz'
      azureStorageAccounts: {
        history: {
          type: 'AzureFiles'
          protocol: 'Nfs'
          accountName: history.outputs.accountName
          shareName: history.outputs.shareName
          mountPath: '/data'
        }
      }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: site
  name: 'appsettings'
  properties: union(modelSettings, {
    WEBSITES_PORT: '8000'
    WEBSITES_ENABLE_APP_SERVICE_STORAGE: 'false'
    // Longer than SHUTDOWN_SECONDS. The default of the platform is 5 s.
    WEBSITES_CONTAINER_STOP_TIME_LIMIT: '40'
    SHUTDOWN_SECONDS: '25'
    AUTH: 'easy-auth'
    TRUSTED_PROXIES: trustedProxies
  })
}

resource signOn 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: site
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
      runtimeVersion: '~1'
    }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'RedirectToLoginPage'
      redirectToProvider: 'azureactivedirectory'
      // Health checks do not sign in. Their responses contain a status only.
      excludedPaths: [
        '/healthz'
        '/readyz'
      ]
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          openIdIssuer: '${environment().authentication.loginEndpoint}${entraTenantId}/v2.0'
          clientId: entraClientId
        }
        validation: {
          allowedAudiences: [
            entraClientId
            'api://${entraClientId}'
          ]
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
    }
    httpSettings: {
      requireHttps: true
      forwardProxy: {
        convention: 'NoProxy'
      }
    }
  }
}

@description('URL of the app.')
output url string = 'https://${site.properties.defaultHostName}'

@description('The identity that pulls the image and reads the key. It needs the roles AcrPull and Key Vault Secrets User.')
output principalId string = site.identity.principalId
