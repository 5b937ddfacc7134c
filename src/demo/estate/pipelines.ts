import { daily, everyHours, mondays, onArrival, type Schedule } from './schedule.ts'

/** A pipeline of the estate. `minutes` and `rows` are those of an ordinary run. */
export type Pipeline = {
  name: string
  description: string
  platform: 'Azure Data Factory' | 'Databricks Workflows'
  schedule: Schedule
  minutes: number
  rows: number
  /** In order, each with its share of the time. */
  activities: Record<string, number>
}

/**
 * All pipelines. Three of them start every hour and take turns, so that at any moment something is
 * in progress: finance-ledger-hourly from :05, iot-telemetry-hourly from :20 and
 * clickstream-sessions-hourly from :30.
 */
export const pipelines: Pipeline[] = [
  {
    name: 'customer-orders-daily',
    description: 'Loads the orders of the day from the shop into the Snowflake orders mart.',
    platform: 'Azure Data Factory',
    schedule: daily('22:30'),
    minutes: 42,
    rows: 1_840_000,
    activities: { copy_orders: 4, clean_orders: 3, merge_orders_mart: 4, refresh_aggregates: 2 },
  },
  {
    name: 'customer-profile-sync',
    description: 'Merges customer profiles from the CRM into the customer dimension.',
    platform: 'Databricks Workflows',
    schedule: everyHours(4, 20),
    minutes: 18,
    rows: 96_000,
    activities: { read_crm: 2, match_profiles: 4, merge_customer_dim: 3 },
  },
  {
    name: 'finance-ledger-hourly',
    description: 'Brings ledger postings from the ERP to Snowflake, through the staging area.',
    platform: 'Azure Data Factory',
    schedule: everyHours(1, 5),
    minutes: 27,
    rows: 52_000,
    activities: { copy_postings: 3, stage_ledger: 2, merge_ledger: 4, check_balances: 1 },
  },
  {
    name: 'inventory-snapshot-nightly',
    description: 'Takes the stock of all warehouses from the on-premises systems.',
    platform: 'Azure Data Factory',
    schedule: daily('23:10'),
    minutes: 38,
    rows: 4_300_000,
    activities: { copy_stock: 6, compare_with_yesterday: 3, write_snapshot: 3 },
  },
  {
    name: 'clickstream-sessions-hourly',
    description: 'Cuts the clicks of the shop into sessions.',
    platform: 'Databricks Workflows',
    schedule: everyHours(1, 30),
    minutes: 41,
    rows: 7_900_000,
    activities: { start_cluster: 1, read_clicks: 3, build_sessions: 6, write_gold: 2 },
  },
  {
    name: 'marketing-attribution-daily',
    description: 'Attributes sales to campaigns.',
    platform: 'Databricks Workflows',
    schedule: daily('05:45'),
    minutes: 33,
    rows: 410_000,
    activities: { load_campaigns: 2, attribute_sales: 6, publish_scores: 1 },
  },
  {
    name: 'supplier-invoices-intake',
    description: 'Reads the invoice files of suppliers as they arrive.',
    platform: 'Azure Data Factory',
    schedule: onArrival('When a file arrives in the container supplier-invoices'),
    minutes: 6,
    rows: 3_100,
    activities: { fetch_file: 1, validate_schema: 1, load_invoices: 3 },
  },
  {
    name: 'product-catalog-refresh',
    description: 'Refreshes products and prices from the shop.',
    platform: 'Azure Data Factory',
    schedule: everyHours(6, 40),
    minutes: 12,
    rows: 218_000,
    activities: { call_shop_api: 3, cast_columns: 1, merge_products: 3 },
  },
  {
    name: 'iot-telemetry-hourly',
    description: 'Condenses the telemetry of the plants to one row per device and minute.',
    platform: 'Databricks Workflows',
    schedule: everyHours(1, 20),
    minutes: 15,
    rows: 2_650_000,
    activities: { read_events: 2, condense: 4, write_silver: 2 },
  },
  {
    name: 'hr-headcount-weekly',
    description: 'Counts heads by department and cost centre.',
    platform: 'Azure Data Factory',
    schedule: mondays('05:00'),
    minutes: 9,
    rows: 12_400,
    activities: { copy_hr: 2, mask_names: 1, write_headcount: 1 },
  },
  {
    name: 'fraud-features-refresh',
    description: 'Computes the features that the fraud model scores with.',
    platform: 'Databricks Workflows',
    schedule: everyHours(2, 50),
    minutes: 22,
    rows: 1_120_000,
    activities: { start_cluster: 1, compute_features: 6, publish_features: 2 },
  },
  {
    name: 'partner-feed-import',
    description: 'Imports the price and stock feeds of partners.',
    platform: 'Azure Data Factory',
    schedule: daily('01:30'),
    minutes: 12,
    rows: 340_000,
    activities: { list_feeds: 1, copy_feeds: 4, merge_feeds: 2 },
  },
]
