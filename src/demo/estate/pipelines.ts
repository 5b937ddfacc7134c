import type { RunTrigger } from '../../tools/records.ts'
import { momentOf, type When } from './day.ts'

/** A pipeline of the estate. `minutes` and `rows` are those of a typical run. */
export type Pipeline = {
  name: string
  description: string
  platform: string
  schedule: Schedule
  minutes: number
  rows: number
  /** In order, each with its share of the minutes. */
  activities: Record<string, number>
}

/** When runs start: in words, and in ms after the start of each day or of each `weekday` (0 to 6). */
type Schedule = { text: string; offsetsMs: number[]; weekday?: number }

const daily = (time: `${number}:${number}`): Schedule => ({
  text: `Daily at ${time} UTC`,
  offsetsMs: [momentOf(0, `0 ${time}`)],
})
const everyHours = (hours: number, minute: number): Schedule => ({
  text: `${hours === 1 ? 'Every hour' : `Every ${hours} hours`} at minute ${minute}`,
  offsetsMs: Array.from({ length: 24 / hours }, (_, i) => momentOf(0, `0 ${i * hours}:${minute}`)),
})
const mondays: Schedule = { ...daily('05:00'), text: 'Mondays at 05:00 UTC', weekday: 1 }
const onInvoice = { text: 'When a file arrives in the container supplier-invoices', offsetsMs: [] }

const dataFactory = 'Azure Data Factory'
const databricks = 'Databricks Workflows'

const rows: [
  facts: [name: string, platform: string, Schedule, minutes: number, rows: number],
  description: string,
  activities: Record<string, number>,
][] = [
  [
    ['customer-orders-daily', dataFactory, daily('22:30'), 42, 1_840_000],
    'Loads the orders of the day from the shop into the Snowflake orders mart.',
    { copy_orders: 4, clean_orders: 3, merge_orders_mart: 4, refresh_aggregates: 2 },
  ],
  [
    ['customer-profile-sync', databricks, everyHours(4, 20), 18, 96_000],
    'Merges customer profiles from the CRM into the customer dimension.',
    { read_crm: 2, match_profiles: 4, merge_customer_dim: 3 },
  ],
  [
    ['finance-ledger-hourly', dataFactory, everyHours(1, 5), 27, 52_000],
    'Loads ledger postings from the ERP into Snowflake through a staging area.',
    { copy_postings: 3, stage_ledger: 2, merge_ledger: 4, check_balances: 1 },
  ],
  [
    ['inventory-snapshot-nightly', dataFactory, daily('23:10'), 38, 4_300_000],
    'Copies the stock of all warehouses from the on-premises systems.',
    { copy_stock: 6, compare_with_yesterday: 3, write_snapshot: 3 },
  ],
  [
    ['clickstream-sessions-hourly', databricks, everyHours(1, 30), 41, 7_900_000],
    'Groups the clicks of the shop into sessions.',
    { start_cluster: 1, read_clicks: 3, build_sessions: 6, write_gold: 2 },
  ],
  [
    ['marketing-attribution-daily', databricks, daily('05:45'), 33, 410_000],
    'Attributes sales to campaigns.',
    { load_campaigns: 2, attribute_sales: 6, publish_scores: 1 },
  ],
  [
    ['supplier-invoices-intake', dataFactory, onInvoice, 6, 3_100],
    'Loads the invoice files of suppliers as they arrive.',
    { fetch_file: 1, validate_schema: 1, load_invoices: 3 },
  ],
  [
    ['product-catalog-refresh', dataFactory, everyHours(6, 40), 12, 218_000],
    'Refreshes products and prices from the shop.',
    { call_shop_api: 3, cast_columns: 1, merge_products: 3 },
  ],
  [
    ['iot-telemetry-hourly', databricks, everyHours(1, 20), 15, 2_650_000],
    'Aggregates the telemetry of the plants to one row per device and minute.',
    { read_events: 2, condense: 4, write_silver: 2 },
  ],
  [
    ['hr-headcount-weekly', dataFactory, mondays, 9, 12_400],
    'Counts employees by department and cost centre.',
    { copy_hr: 2, mask_names: 1, write_headcount: 1 },
  ],
  [
    ['fraud-features-refresh', databricks, everyHours(2, 50), 22, 1_120_000],
    'Computes the input features of the fraud model.',
    { start_cluster: 1, compute_features: 6, publish_features: 2 },
  ],
  [
    ['partner-feed-import', dataFactory, daily('01:30'), 12, 340_000],
    'Imports the price and stock feeds of partners.',
    { list_feeds: 1, copy_feeds: 4, merge_feeds: 2 },
  ],
]

/**
 * All pipelines. Three of them start every hour, one after another, so that a run is in progress at
 * any moment: finance-ledger-hourly from :05, iot-telemetry-hourly from :20 and
 * clickstream-sessions-hourly from :30.
 */
export const pipelines: Pipeline[] = rows.map(([facts, description, activities]) => {
  const [name, platform, schedule, minutes, rows] = facts
  return { name, description, platform, schedule, minutes, rows, activities }
})

/** A failing run: after how many minutes, in which activity, why, and the incident that it raises. */
export type Failure = [
  run: [pipeline: string, at: When, minutes: number, activity: string, incident?: string],
  code: string,
  message: string,
]

const noCluster = [
  'CLUSTER_START_TIMEOUT',
  'The job cluster did not start within 20 minutes: no Standard_E8ds_v5 in westeurope.',
] as const

/** Every failing run; all others succeed. After a failure without an incident the next run succeeds. */
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
  [['clickstream-sessions-hourly', '-1 20:30', 22, 'start_cluster', 'INC0010037'], ...noCluster],
  [['fraud-features-refresh', '-1 20:50', 21, 'start_cluster'], ...noCluster],
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
  [['fraud-features-refresh', '0 04:50', 21, 'start_cluster'], ...noCluster],
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

/** Runs outside a schedule: repeated manually after a failure, or started by a file. */
export const extraRuns: [pipeline: string, trigger: RunTrigger, starts: When[]][] = [
  ['customer-orders-daily', 'manual', ['-9 00:35']],
  ['marketing-attribution-daily', 'manual', ['-5 11:00']],
  ['inventory-snapshot-nightly', 'manual', ['-3 00:25']],
  ['partner-feed-import', 'manual', ['-3 10:05']],
  ['supplier-invoices-intake', 'event', ['-13 09:12', '-11 14:41', '-10 08:27', '-8 10:55']],
  ['supplier-invoices-intake', 'event', ['-6 13:18', '-5 09:04', '-3 15:36', '-2 11:22']],
  ['supplier-invoices-intake', 'event', ['-1 10:09', '-1 23:57']],
]

/** Starts that do not happen, because the trigger is paused while INC0010038 is open. */
export const pausedStarts: [pipeline: string, at: When][] = [['customer-orders-daily', '0 22:30']]
