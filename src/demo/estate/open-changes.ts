import type { ChangeRow } from './change.ts'

/**
 * Changes that are not over. Each keeps its relation to now through the whole day: what is being
 * implemented began yesterday or earlier and ends tomorrow or later, and what is scheduled begins
 * tomorrow or later.
 */
export const openChanges: ChangeRow[] = [
  [
    ['CHG0030399', 'assess', 'normal', 'high', 'Azure Storage', 'Thabo Nkosi'],
    ['-12 15:30', '16 19:00', '16 23:00'],
    'Move the landing zone to a zone-redundant storage account',
    'New account stlandingprod2 with ZRS, copy of 41 TB, then a switch of the ingestion endpoints.',
  ],
  [
    ['CHG0030403', 'authorize', 'normal', 'moderate', 'Snowflake', 'Priya Raman'],
    ['-9 09:05', '6 17:00', '6 19:00'],
    'Snowflake role clean-up, part 2: reporting roles',
    'Replaces 54 personal grants with roles. Part 1 was CHG0030397; pricing needs extra checks.',
  ],
  [
    ['CHG0030406', 'scheduled', 'normal', 'high', 'Azure Networking', 'Chen Wei'],
    ['-8 10:50', '3 20:00', '3 23:00'],
    'Replace the VPN gateway to the Rotterdam data centre',
    'About 10 minutes without the on-premises sources; loads through shir-onprem-01 wait.',
  ],
  [
    ['CHG0030408', 'review', 'normal', 'moderate', 'Snowflake', 'Sofia Lindqvist'],
    ['-7 14:10', '-2 18:00', '-2 19:00'],
    'Resize REPORTING_WH from one large to a multi-cluster medium warehouse',
    'Scales out to 4 clusters for the morning peak; single heavy queries may take longer.',
  ],
  [
    ['CHG0030409', 'review', 'normal', 'high', 'Azure Storage', 'Leila Haddad'],
    ['-7 16:45', '-1 18:00', '-1 20:00'],
    'Storage firewall rule: close the public endpoint of stordersprod',
    'Only private endpoints and the listed subnets stay allowed on the orders storage account.',
  ],
  [
    ['CHG0030410', 'review', 'normal', 'moderate', 'Microsoft Entra ID', 'Ingrid Haugen'],
    ['-6 09:15', '-3 17:00', '-3 19:00'],
    'Migrate the reporting access groups to dynamic membership',
    'Membership follows department and cost centre instead of hand-kept lists.',
  ],
  [
    ['CHG0030411', 'implement', 'normal', 'moderate', 'Azure Data Factory', 'Kenji Watanabe'],
    ['-6 13:40', '-2 08:00', '2 17:00'],
    'Migrate the copy pipelines to the managed virtual network',
    'Eighteen pipelines in groups of six; each group is watched for a day.',
  ],
  [
    ['CHG0030412', 'implement', 'normal', 'high', 'Databricks', 'Mateusz Kowalczyk'],
    ['-6 15:20', '-1 17:00', '1 06:00'],
    'Databricks runtime upgrade to 17.3 LTS on the production workspace',
    'Job clusters on the first night, interactive clusters on the second. Back-out: pin 16.4 LTS.',
  ],
  [
    ['CHG0030413', 'implement', 'standard', 'low', 'Azure Storage', 'Fatima El-Sayed'],
    ['-5 10:00', '-3 06:00', '4 18:00'],
    'Move raw files older than 180 days to the cool tier',
    'A lifecycle rule works through 96 TB in the background; reading stays possible.',
  ],
  [
    ['CHG0030414', 'scheduled', 'standard', 'low', 'Power BI', 'Aroha Ngata'],
    ['-5 11:30', '1 05:00', '1 06:00'],
    'Update the Power BI gateway cluster to this month’s version',
    'One node after the other; refreshes are moved, none is lost.',
  ],
  [
    ['CHG0030415', 'scheduled', 'normal', 'moderate', 'Databricks', 'Amara Okafor'],
    ['-4 09:25', '2 18:00', '2 21:00'],
    'Enable predictive optimisation on the gold schemas',
    'Automatic OPTIMIZE and VACUUM on 212 tables; retention stays at 7 days.',
  ],
  [
    ['CHG0030416', 'scheduled', 'standard', 'moderate', 'Azure Data Factory', 'Fatima El-Sayed'],
    ['-4 14:00', '5 20:00', '5 22:00'],
    'Patch the self-hosted integration runtime nodes out of cycle',
    'Security patch for shir-onprem-01 and shir-onprem-02, with a check that each node is back.',
  ],
  [
    ['CHG0030417', 'authorize', 'emergency', 'high', 'Azure Storage', 'Leila Haddad'],
    ['-1 22:58', '1 07:00', '1 08:00'],
    'Allow the data factory subnet on the firewall of stordersprod',
    'Adds snet-adf-prod, which CHG0030409 left out, so that customer orders load (INC0010038).',
  ],
  [
    ['CHG0030418', 'assess', 'normal', 'moderate', 'Azure Event Hubs', "Liam O'Connor"],
    ['-1 23:05', '9 18:00', '9 20:00'],
    'Upgrade the telemetry namespace to the premium tier',
    'Isolates device traffic from the shared cluster and allows 90 days of retention.',
  ],
  [
    ['CHG0030419', 'new', 'standard', 'low', 'Snowflake', 'Tomás Silva'],
    ['-1 23:20', '7 09:00', '7 10:00'],
    'Create a sandbox database for the pricing analysts',
    'PRICING_SANDBOX with a small warehouse and a quota of 40 credits a month.',
  ],
  [
    ['CHG0030420', 'new', 'normal', 'moderate', 'Databricks', 'Priya Raman'],
    ['-1 23:40', '12 18:00', '12 22:00'],
    'Add a job cluster pool in North Europe as a fallback',
    'Lets critical jobs start in North Europe when West Europe has no capacity (INC0010037).',
  ],
]
