// A PostgreSQL server that only its virtual network reaches. Used by container-apps-postgres.bicep.

@description('Name of the server, unique in Azure.')
param serverName string

@description('Region of the server.')
param location string

@description('Id of the virtual network that resolves the name of the server.')
param networkId string

@description('Name of the private DNS zone. It ends with private.postgres.database.azure.com.')
param zoneName string

@description('Id of a subnet that is delegated to Microsoft.DBforPostgreSQL/flexibleServers.')
param subnetId string

@description('Name of the administrator.')
param administratorLogin string

@description('Password of the administrator, from a Key Vault.')
@secure()
param administratorPassword string

@description('Size of the server. It also limits the number of connections.')
param skuName string

@description('Burstable, GeneralPurpose or MemoryOptimized.')
param skuTier string

@description('Disabled, SameZone or ZoneRedundant. Burstable servers have no standby.')
param highAvailability string

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: zoneName
  location: 'global'
}

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: zone
  name: 'network'
  location: 'global'
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: networkId
    }
  }
}

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: serverName
  location: location
  sku: {
    name: skuName
    tier: skuTier
  }
  properties: {
    version: '17'
    administratorLogin: administratorLogin
    administratorLoginPassword: administratorPassword
    // OpsAgent connects with a password. Tokens of Entra ID expire, and a pool cannot renew them.
    authConfig: {
      activeDirectoryAuth: 'Disabled'
      passwordAuth: 'Enabled'
    }
    network: {
      delegatedSubnetResourceId: subnetId
      privateDnsZoneArmResourceId: zone.id
      publicNetworkAccess: 'Disabled'
    }
    storage: {
      storageSizeGB: 32
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: 14
      geoRedundantBackup: 'Disabled'
    }
    highAvailability: {
      mode: highAvailability
    }
  }
  dependsOn: [
    link
  ]
}

resource tlsOnly 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = {
  parent: server
  name: 'require_secure_transport'
  properties: {
    value: 'on'
    source: 'user-override'
  }
}

@description('Host name of the server.')
output host string = server.properties.fullyQualifiedDomainName
