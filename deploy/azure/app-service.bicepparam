using 'app-service.bicep'

param name = 'opsagent-example'
param image = 'exampleregistry.azurecr.io/opsagent:0.2.0'
param entraClientId = '00000000-0000-0000-0000-000000000000'
param storageAccountName = 'opsagentexample'
param azureOpenAiEndpoint = 'https://example.openai.azure.com'
param azureOpenAiDeployment = 'gpt-5-mini'
param azureOpenAiKeySecretUri = 'https://example-vault.vault.azure.net/secrets/azure-openai-key'
