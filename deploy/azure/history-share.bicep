// The folder of the history: an Azure Files share over NFS, reachable from one subnet only. NFS uses no keys, so there
// is no secret. SQLite's journal (WAL) does not work over SMB, see README.md.

@description('Name of the storage account: 3 to 24 lower-case letters and digits, unique in all of Azure.')
@minLength(3)
@maxLength(24)
param accountName string

@description('Region of the share.')
param location string

@description('The subnet that may access the share. It needs the service endpoint Microsoft.Storage.')
param subnetId string

@description('Size of the share in GiB. Premium shares have at least 100.')
@minValue(100)
param quotaGiB int = 100

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: accountName
  location: location
  kind: 'FileStorage'
  sku: {
    name: 'Premium_LRS'
  }
  properties: {
    // NFS traffic to this share is not encrypted. It stays in the virtual network.
    supportsHttpsTrafficOnly: false
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    minimumTlsVersion: 'TLS1_2'
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'None'
      virtualNetworkRules: [
        {
          id: subnetId
          action: 'Allow'
        }
      ]
    }
  }
}

resource files 'Microsoft.Storage/storageAccounts/fileServices@2023-05-01' = {
  parent: account
  name: 'default'
}

resource share 'Microsoft.Storage/storageAccounts/fileServices/shares@2023-05-01' = {
  parent: files
  name: 'opsagent'
  properties: {
    enabledProtocols: 'NFS'
    rootSquash: 'NoRootSquash'
    shareQuota: quotaGiB
  }
}

@description('Name of the storage account.')
output accountName string = account.name

@description('Name of the share.')
output shareName string = share.name

@description('Host name of the NFS server.')
output server string = '${account.name}.file.${environment().suffixes.storage}'
