// OpsAgent on Azure Container Apps with PostgreSQL: two to four replicas, with sign-in by Microsoft Entra ID.
// az deployment group create -g <group> -f container-apps-postgres.bicep -p container-apps-postgres.bicepparam

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

@description('Name of the database server, unique in Azure.')
param databaseServerName string

@description('Size of the database server. Standard_B2s allows 414 connections; a replica uses 15.')
param databaseSku string = 'Standard_B2s'

@description('Burstable, GeneralPurpose or MemoryOptimized.')
param databaseTier string = 'Burstable'

@description('Standby of the database server: Disabled, SameZone or ZoneRedundant. Not with Burstable.')
param databaseHighAvailability string = 'Disabled'

@description('Name of the Key Vault in this resource group with the secrets of the database. README.md lists them.')
param keyVaultName string

@description('Image with psql, for the job that creates the roles.')
param psqlImage string = 'docker.io/library/postgres:17'

var administratorLogin = 'opsagent_admin'

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

var modelSecrets = withModel
  ? [
      {
        name: 'azure-openai-key'
        keyVaultUrl: azureOpenAiKeySecretUri
        identity: identity.id
      }
    ]
  : []

// The servers read the URL of the database with least rights, and no other secret of the database.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-identity'
  location: location
}

// The jobs read the passwords of all roles.
resource jobsIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-jobs-identity'
  location: location
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: keyVaultName
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
        }
      }
      {
        name: 'database'
        properties: {
          addressPrefix: '10.30.2.0/28'
          delegations: [
            {
              name: 'postgres'
              properties: {
                serviceName: 'Microsoft.DBforPostgreSQL/flexibleServers'
              }
            }
          ]
        }
      }
    ]
  }
}

module database 'postgres-server.bicep' = {
  name: 'opsagent-database'
  params: {
    serverName: databaseServerName
    location: location
    networkId: network.id
    // Not the name of the server, so that a restored server uses the same zone.
    zoneName: '${name}.private.postgres.database.azure.com'
    subnetId: network.properties.subnets[1].id
    administratorLogin: administratorLogin
    administratorPassword: vault.getSecret('database-administrator-password')
    skuName: databaseSku
    skuTier: databaseTier
    highAvailability: databaseHighAvailability
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

// Creates the database and its two roles. Start it once, and again to change passwords.
resource rolesJob 'Microsoft.App/jobs@2026-01-01' = {
  name: '${name}-roles'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${jobsIdentity.id}': {}
    }
  }
  properties: {
    environmentId: apps.id
    workloadProfileName: 'Consumption'
    configuration: {
      triggerType: 'Manual'
      replicaTimeout: 300
      replicaRetryLimit: 0
      manualTriggerConfig: {
        parallelism: 1
        replicaCompletionCount: 1
      }
      secrets: [
        {
          name: 'administrator-password'
          keyVaultUrl: '${vault.properties.vaultUri}secrets/database-administrator-password'
          identity: jobsIdentity.id
        }
        {
          name: 'owner-password'
          keyVaultUrl: '${vault.properties.vaultUri}secrets/database-owner-password'
          identity: jobsIdentity.id
        }
        {
          name: 'app-password'
          keyVaultUrl: '${vault.properties.vaultUri}secrets/database-app-password'
          identity: jobsIdentity.id
        }
      ]
    }
    template: {
      containers: [
        {
          name: 'roles'
          image: psqlImage
          resources: {
            cpu: json('0.25')
            memory: '0.5Gi'
          }
          // createdb fails if the database exists. If it fails for another reason, psql fails too.
          command: [
            'sh'
            '-c'
            'createdb opsagent; printf "%s" "$ROLES_SQL" | psql -X -v ON_ERROR_STOP=1 -d opsagent'
          ]
          env: [
            {
              name: 'ROLES_SQL'
              value: loadTextContent('../postgres/roles.sql')
            }
            {
              name: 'OWNER_PASSWORD'
              secretRef: 'owner-password'
            }
            {
              name: 'APP_PASSWORD'
              secretRef: 'app-password'
            }
            {
              name: 'PGHOST'
              value: database.outputs.host
            }
            {
              name: 'PGUSER'
              value: administratorLogin
            }
            {
              name: 'PGPASSWORD'
              secretRef: 'administrator-password'
            }
            {
              // Encrypted. The image has no root certificates to verify the server with.
              name: 'PGSSLMODE'
              value: 'require'
            }
          ]
        }
      ]
    }
  }
}

// Brings the tables up to date. Start it before each new version.
resource migrateJob 'Microsoft.App/jobs@2026-01-01' = {
  name: '${name}-migrate'
  location: location
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${jobsIdentity.id}': {}
    }
  }
  properties: {
    environmentId: apps.id
    workloadProfileName: 'Consumption'
    configuration: {
      triggerType: 'Manual'
      replicaTimeout: 1800
      replicaRetryLimit: 0
      manualTriggerConfig: {
        parallelism: 1
        replicaCompletionCount: 1
      }
      registries: empty(registryServer)
        ? []
        : [
            {
              server: registryServer
              identity: jobsIdentity.id
            }
          ]
      secrets: [
        {
          name: 'database-owner-url'
          keyVaultUrl: '${vault.properties.vaultUri}secrets/database-owner-url'
          identity: jobsIdentity.id
        }
      ]
    }
    template: {
      containers: [
        {
          name: 'migrate'
          image: image
          command: [
            'bun'
            'src/entry/migrate.ts'
          ]
          resources: {
            cpu: json('0.5')
            memory: '1Gi'
          }
          env: [
            {
              name: 'DATABASE_URL'
              secretRef: 'database-owner-url'
            }
          ]
        }
      ]
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
        // Every replica can serve every request.
        stickySessions: {
          affinity: 'none'
        }
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
      secrets: concat(modelSecrets, [
        {
          name: 'database-url'
          keyVaultUrl: '${vault.properties.vaultUri}secrets/database-url'
          identity: identity.id
        }
      ])
    }
    template: {
      // Longer than SHUTDOWN_SECONDS, because running work finishes first.
      terminationGracePeriodSeconds: 40
      scale: {
        // At least two, so that an update and the loss of a replica interrupt nothing.
        minReplicas: 2
        maxReplicas: 4
        rules: [
          {
            name: 'streams'
            http: {
              metadata: {
                // An open stream is one request.
                concurrentRequests: '1000'
              }
            }
          }
        ]
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
              name: 'DATABASE_URL'
              secretRef: 'database-url'
            }
            {
              // The role of the servers cannot change tables. The job does.
              name: 'MIGRATE'
              value: 'off'
            }
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
              // A restart of the database must not take all replicas out of service at once.
              periodSeconds: 5
              timeoutSeconds: 5
              failureThreshold: 3
            }
          ]
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

@description('Host name of the database, for the URLs in the Key Vault.')
output databaseHost string = database.outputs.host

@description('The identity of the servers. It needs the role AcrPull, and Key Vault Secrets User on the secrets that it reads.')
output principalId string = identity.properties.principalId

@description('The identity of the jobs. It needs the role AcrPull, and Key Vault Secrets User on the secrets that it reads.')
output jobsPrincipalId string = jobsIdentity.properties.principalId
