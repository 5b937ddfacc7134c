import type { PipelineRun } from '../../tools/records.ts'
import type { When } from './day.ts'

/**
 * A run that fails: which one, after how many minutes, in which activity, why, and the incident it
 * raises.
 */
export type Failure = [
  run: [pipeline: string, at: When, minutes: number, activity: string, incident?: string],
  code: string,
  message: string,
]

/**
 * Every run that fails; all others succeed. A failure without an incident is one that the next run
 * made good.
 */
export const failures: Failure[] = [
  [
    ['product-catalog-refresh', '-12 06:40', 9, 'cast_columns', 'INC0010021'],
    'TypeConversionFailure',
    'Schema drift: column list_price arrived as String where Decimal(18,2) is expected (row 1).',
  ],
  [
    ['fraud-features-refresh', '-10 12:50', 12, 'start_cluster', 'INC0010022'],
    'QuotaExceeded',
    'Total Regional Cores quota exceeded in westeurope: limit 350, in use 348, requested 32.',
  ],
  [
    ['customer-orders-daily', '-10 22:30', 11, 'merge_orders_mart', 'INC0010023'],
    '000606 (57P03)',
    'No active warehouse: LOAD_WH is suspended and its auto-resume is off.',
  ],
  [
    ['finance-ledger-hourly', '-9 14:05', 9, 'stage_ledger', 'INC0010025'],
    '003001 (42501)',
    'Insufficient privileges to operate on stage LEDGER_STAGE with role INGEST_WRITE.',
  ],
  [
    ['iot-telemetry-hourly', '-6 11:20', 8, 'read_events'],
    'ServerBusy',
    'Event Hubs 50002: the namespace is throttled, the receiver gave up after 5 retries.',
  ],
  [
    ['marketing-attribution-daily', '-5 05:45', 13, 'attribute_sales', 'INC0010030'],
    'LIBRARY_IMPORT_ERROR',
    'ImportError in pyarrow: libstdc++.so.6 of the cluster lacks version GLIBCXX_3.4.31.',
  ],
  [
    ['inventory-snapshot-nightly', '-4 23:10', 14, 'copy_stock', 'INC0010031'],
    'IntegrationRuntimeOffline',
    'The self-hosted integration runtime node shir-onprem-02 is offline since 21:12 UTC.',
  ],
  [
    ['partner-feed-import', '-3 01:30', 7, 'copy_feeds', 'INC0010032'],
    'AuthenticationFailed',
    'stpartnersprod answered 403: the SAS token has expired (se is 00:00:00Z today).',
  ],
  [
    ['customer-profile-sync', '-1 16:20', 12, 'merge_customer_dim'],
    'DELTA_CONCURRENT_APPEND',
    'Files were added to customer_dim by a concurrent update while the merge was reading it.',
  ],
  [
    ['clickstream-sessions-hourly', '-1 20:30', 22, 'start_cluster', 'INC0010037'],
    'CLUSTER_START_TIMEOUT',
    'The job cluster did not start within 20 minutes: no Standard_E8ds_v5 in westeurope.',
  ],
  [
    ['fraud-features-refresh', '-1 20:50', 21, 'start_cluster'],
    'CLUSTER_START_TIMEOUT',
    'The job cluster did not start within 20 minutes: no Standard_E8ds_v5 in westeurope.',
  ],
  [
    ['customer-orders-daily', '-1 22:30', 11, 'copy_orders', 'INC0010038'],
    'AuthorizationFailure',
    'stordersprod answered 403: its network rules do not allow the subnet snet-adf-prod.',
  ],
  [
    ['supplier-invoices-intake', '-1 23:57', 1, 'validate_schema', 'INC0010039'],
    'SchemaMismatch',
    'Schema drift: invoices_halvorsen.csv has the column vat_breakdown, which the schema lacks.',
  ],
  [
    ['fraud-features-refresh', '0 04:50', 21, 'start_cluster'],
    'CLUSTER_START_TIMEOUT',
    'The job cluster did not start within 20 minutes: no Standard_E8ds_v5 in westeurope.',
  ],
  [
    ['product-catalog-refresh', '0 06:40', 5, 'call_shop_api'],
    'HttpRequestFailed',
    'The shop answered 503 Service Unavailable to 3 requests in a row.',
  ],
  [
    ['customer-profile-sync', '0 12:20', 9, 'merge_customer_dim', 'INC0010041'],
    '000606 (57P03)',
    'No active warehouse: LOAD_WH was suspended during the statement.',
  ],
]

/**
 * Runs that are not on the schedule: what was started by hand after a failure, and what arrived.
 */
export const extraRuns: [pipeline: string, trigger: PipelineRun['trigger'], starts: When[]][] = [
  ['customer-orders-daily', 'manual', ['-9 00:35']],
  ['marketing-attribution-daily', 'manual', ['-5 11:00']],
  ['inventory-snapshot-nightly', 'manual', ['-3 00:25']],
  ['partner-feed-import', 'manual', ['-3 10:05']],
  ['supplier-invoices-intake', 'event', ['-13 09:12', '-11 14:41', '-10 08:27', '-8 10:55']],
  ['supplier-invoices-intake', 'event', ['-6 13:18', '-5 09:04', '-3 15:36', '-2 11:22']],
  ['supplier-invoices-intake', 'event', ['-1 10:09', '-1 23:57']],
]

/** Starts that are left out, because the trigger is paused while INC0010038 is open. */
export const pausedStarts: [pipeline: string, at: When][] = [['customer-orders-daily', '0 22:30']]
