// OpsAgent on Azure Container Apps: exactly one replica, with sign-in by Microsoft Entra ID.
// az deployment group create -g <group> -f container-apps.bicep -p container-apps.bicepparam

@description('Name of the app.')
param name string

@description('Region of all resources.')
param location string = resourceGroup().location

@description('The image with its registry and tag, such as myregistry.azurecr.io/opsagent:0.2.0.')
param image string

@description('The registry that the identity of the app pulls from. Empty: a public image.')
param registryServer string = ''

@description('Client id of the app registration for signing in. "ID tokens" must be enabled in it.')
param entraClientId string

@description('The tenant whose users may sign in.')
param entraTenantId string = tenant().tenantId

@description('Addresses of the platform front end. The log of OpsAgent names an address that is missing here.')
param trustedProxies string = '127.0.0.1,100.100.0.0/16,10.30.0.0/23'

@description('Endpoint of Azure OpenAI. Empty: the offline model.')
param azureOpenAiEndpoint string = ''

@description('Deployment of the model, or several separated by commas.')
param azureOpenAiDeployment string = ''

@description('URI of the Key Vault secret with the key of Azure OpenAI. Required with an endpoint.')
param azureOpenAiKeySecretUri string = ''

@description('Name of the storage account for the history: 3 to 24 lower-case letters and digits.')
param storageAccountName string

var withModel = !empty(azureOpenAiEndpoint)

var modelSettings = withModel
  ? [
      {
        name: 'AZURE_OPENAI_ENDPOINT'
        value: azureOpenAiEndpoint
      }
      {
        name: 'AZURE_OPENAI_DEPLOYMENT_NAME'
        value: azureOpenAiDeployment
      }
      {
        name: 'AZURE_OPENAI_API_KEY'
        secretRef: 'azure-openai-key'
      }
    ]
  : []

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-identity'
  location: location
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: '${name}-network'
  location: location
  properties: {
    addressSpace: {
      addressPrefixes: [
        '10.30.0.0/22'
      ]
    }
    subnets: [
      {
        name: 'apps'
        properties: {
          addressPrefix: '10.30.0.0/23'
          delegations: [
            {
              name: 'container-apps'
              properties: {
                serviceName: 'Microsoft.App/environments'
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

resource apps 'Microsoft.App/managedEnvironments@2026-01-01' = {
  name: '${name}-environment'
  location: location
  properties: {
    vnetConfiguration: {
      infrastructureSubnetId: network.properties.subnets[0].id
    }
    workloadProfiles: [
      {
        name: 'Consumption'
        workloadProfileType: 'Consumption'
      }
    ]
  }
}

resource storage 'Microsoft.App/managedEnvironments/storages@2026-01-01' = {
  parent: apps
  name: 'history'
  properties: {
    nfsAzureFile: {
      accessMode: 'ReadWrite'
      server: history.outputs.server
      shareName: '/${history.outputs.accountName}/${history.outputs.shareName}'
    }
  }
}

resource app 'Microsoft.App/containerApps@2026-01-01' = {
  name: name
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    environmentId: apps.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: {
        external: true
        targetPort: 8000
        // HTTP/1.1 or HTTP/2 to the client, HTTP/1.1 to the container.
        transport: 'auto'
        allowInsecure: false
      }
      registries: empty(registryServer)
        ? []
        : [
            {
              server: registryServer
              identity: identity.id
            }
          ]
      secrets: withModel
        ? [
            {
              name: 'azure-openai-key'
              keyVaultUrl: azureOpenAiKeySecretUri
              identity: identity.id
            }
          ]
        : []
    }
    template: {
      // Longer than SHUTDOWN_SECONDS, because running work finishes first.
      terminationGracePeriodSeconds: 40
      scale: {
        // Exactly one and never zero, because SQLite serves one process.
        minReplicas: 1
        maxReplicas: 1
      }
      containers: [
        {
          name: 'opsagent'
          image: image
          resources: {
            cpu: json('0.5')
            memory: '1Gi'
          }
          env: concat(modelSettings, [
            {
              name: 'SHUTDOWN_SECONDS'
              value: '25'
            }
            {
              name: 'AUTH'
              value: 'easy-auth'
            }
            {
              name: 'TRUSTED_PROXIES'
              value: trustedProxies
            }
          ])
          probes: [
            {
              type: 'Startup'
              httpGet: {
                path: '/healthz'
                port: 8000
              }
              periodSeconds: 2
              failureThreshold: 30
            }
            {
              type: 'Liveness'
              httpGet: {
                path: '/healthz'
                port: 8000
              }
              periodSeconds: 10
              failureThreshold: 3
            }
            {
              type: 'Readiness'
              httpGet: {
                path: '/readyz'
                port: 8000
              }
              periodSeconds: 5
              failureThreshold: 2
            }
          ]
          volumeMounts: [
            {
              volumeName: 'history'
              mountPath: '/data'
            }
          ]
        }
      ]
      volumes: [
        {
          name: 'history'
          storageType: 'NfsAzureFile'
          storageName: storage.name
        }
      ]
    }
  }
}

resource signOn 'Microsoft.App/containerApps/authConfigs@2026-01-01' = {
  parent: app
  name: 'current'
  properties: {
    platform: {
      enabled: true
    }
    globalValidation: {
      unauthenticatedClientAction: 'RedirectToLoginPage'
      redirectToProvider: 'azureactivedirectory'
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
  }
}

@description('URL of the app.')
output url string = 'https://${app.properties.configuration.ingress.fqdn}'

@description('The identity that pulls the image and reads the key. It needs the roles AcrPull and Key Vault Secrets User.')
output principalId string = identity.properties.principalId
