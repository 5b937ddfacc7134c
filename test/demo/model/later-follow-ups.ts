const lostAccess = `**1** incident is open.

| Incident | What | Priority | State | Opened |
| --- | --- | --- | --- | --- |
| INC0010033 | Fourteen controllers lost access to the finance reports | P2 high | in progress | Fri 20 Nov 07:15 UTC |`
const threeRuns = `❌ **3** runs failed.

| Pipeline | Started | Error | Incident |
| --- | --- | --- | --- |
| customer-profile-sync | Sun 22 Nov 12:20 UTC | LOAD_WH was suspended | INC0010041 |
| product-catalog-refresh | Sun 22 Nov 06:40 UTC | 503 | – |
| fraud-features-refresh | Sun 22 Nov 04:50 UTC | CLUSTER_START_TIMEOUT | – |`
const emergencyChange = `**CHG0030417: Allow the data factory subnet** – an emergency change, **authorize**.

- **Assigned to:** Leila Haddad (Network)`
const snowflake = `**Snowflake** is **🔧 maintenance**: **1** of 7 parts is not healthy.`

const tonight = `**2** change requests are planned tonight.

| Change | What | State | Risk | Planned |
| --- | --- | --- | --- | --- |
| CHG0030414 | Update the Power BI gateway cluster | scheduled | low | Mon 23 Nov 05:00–06:00 UTC |
| CHG0030417 | Allow the data factory subnet on the firewall | authorize | ⚠️ high | Mon 23 Nov 07:00–08:00 UTC |`
const oneRun = `The run **iot-telemetry-hourly-20261122-1320** of **iot-telemetry-hourly** is **✅ succeeded** and took **15 min**.`
const databricks = `**Databricks** is **⚠️ degraded**: **1** of 9 parts is not healthy.

| Service | Region | Status | Since | What is known |
| --- | --- | --- | --- | --- |
| Databricks Jobs | West Europe | ⚠️ degraded | Sat 21 Nov 20:10 UTC | Clusters start late. (INC0010037) |`

const openP2s = `**4** P2 incidents are open.

| Incident | What | Priority | State | Opened |
| --- | --- | --- | --- | --- |
| INC0010039 | supplier-invoices-intake rejects the files | P2 high | new | Sat 21 Nov 23:59 UTC |
| INC0010035 | Reading from storage accounts is slow | P2 high | in progress | Sat 21 Nov 13:20 UTC |
| INC0010033 | Fourteen controllers lost access | P2 high | in progress | Fri 20 Nov 07:15 UTC |`
const ledger = `The latest run of **finance-ledger-hourly** is **✅ succeeded**.`
const vpnChange = `**CHG0030406: Replace the VPN gateway to the Rotterdam data centre** – a normal change, high risk, **scheduled**.`

const databricksIncidents = `**2** incidents are open for Databricks.

| Incident | What | Priority | State | Opened |
| --- | --- | --- | --- | --- |
| INC0010037 | Databricks jobs in West Europe start late | P1 critical | in progress | Sat 21 Nov 20:54 UTC |
| INC0010036 | Two notebook jobs stop with a removed API | P3 moderate | new | Sat 21 Nov 19:55 UTC |`
const fraudFailures = `❌ **2** runs of **fraud-features-refresh** failed.

| Pipeline | Started | Error | Incident |
| --- | --- | --- | --- |
| fraud-features-refresh | Sun 22 Nov 04:50 UTC | CLUSTER_START_TIMEOUT | – |
| fraud-features-refresh | Sat 21 Nov 20:50 UTC | CLUSTER_START_TIMEOUT | – |`

/** Follow-ups of the later batches: what was said before, and a question that only this explains. */
export const laterFollowUps: { before: [question: string, answer: string]; next: string }[] = [
  {
    before: ['P2 incidents?', lostAccess],
    next: 'since when? => get_incident number=INC0010033 || list_incidents priority=2',
  },
  {
    before: ['P2 incidents?', lostAccess],
    next: 'what caused it => get_incident number=INC0010033',
  },
  {
    before: ['what failed today', threeRuns],
    next: 'why did the fraud one fail => list_failed_pipelines pipeline=fraud-features-refresh || get_pipeline_run_details pipeline=fraud-features-refresh',
  },
  {
    before: ['what failed today', threeRuns],
    next: 'is the second one ok again? => query_pipeline_status pipeline=product-catalog-refresh || get_pipeline_run_details pipeline=product-catalog-refresh',
  },
  {
    before: ['what failed today', threeRuns],
    next: 'could that be because of Databricks? => check_databricks_health || (Log Analytics, Service Health)',
  },
  {
    before: ['show CHG0030417', emergencyChange],
    next: 'when does it start => get_change_request number=CHG0030417',
  },
  {
    before: ['show CHG0030417', emergencyChange],
    next: 'what other changes does Leila have => list_change_requests',
  },
  { before: ['is snowflake ok', snowflake], next: 'which part? => check_snowflake_health' },
  {
    before: ['is snowflake ok', snowflake],
    next: 'any changes planned there? => list_change_requests service=Snowflake',
  },
  {
    before: ['what is planned tonight?', tonight],
    next: 'who does the firewall one? => get_change_request number=CHG0030417',
  },
  {
    before: ['what is planned tonight?', tonight],
    next: 'and tomorrow night => list_change_requests',
  },
  {
    before: ['what is planned tonight?', tonight],
    next: 'tell me more about both => get_change_request number=CHG0030414 + get_change_request number=CHG0030417',
  },
  {
    before: ['what is planned tonight?', tonight],
    next: 'any emergency ones? => list_change_requests type=emergency',
  },
  {
    before: ['last run of iot telemetry', oneRun],
    next: 'how many rows did it write? => get_pipeline_run_details',
  },
  {
    before: ['last run of iot telemetry', oneRun],
    next: 'and clickstream? => get_pipeline_run_details pipeline=clickstream || query_pipeline_status pipeline=clickstream',
  },
  {
    before: ['databricks health', databricks],
    next: 'what does the incident say? => get_incident number=INC0010037',
  },
  { before: ['databricks health', databricks], next: 'since when? => check_databricks_health' },
  {
    before: ['databricks health', databricks],
    next: 'which of our pipelines failed because of that? => list_failed_pipelines',
  },
  {
    before: ['open P2s', openP2s],
    next: 'which of these are new? => list_incidents priority=2 state=new',
  },
  {
    before: ['open P2s', openP2s],
    next: 'tell me about the last one => get_incident number=INC0010033',
  },
  {
    before: ['open P2s', openP2s],
    next: 'and who is working on the storage one => get_incident number=INC0010035',
  },
  { before: ['open P2s', openP2s], next: 'how about P3 => list_incidents priority=3' },
  {
    before: ['status of finance-ledger-hourly', ledger],
    next: 'did it fail this week? => list_failed_pipelines pipeline=finance-ledger-hourly',
  },
  {
    before: ['status of finance-ledger-hourly', ledger],
    next: 'what about iot-telemetry-hourly? => query_pipeline_status pipeline=iot-telemetry-hourly',
  },
  {
    before: ['show CHG0030406', vpnChange],
    next: 'who is responsible? => get_change_request number=CHG0030406',
  },
  {
    before: ['show CHG0030406', vpnChange],
    next: 'are there other changes that night? => list_change_requests',
  },
  { before: ['show CHG0030406', vpnChange], next: 'please cancel it => (nobody)' },
  {
    before: ['open incidents for Databricks', databricksIncidents],
    next: 'which change is behind the second? => get_incident number=INC0010036',
  },
  {
    before: ['open incidents for Databricks', databricksIncidents],
    next: 'is the platform ok now? => check_databricks_health',
  },
  {
    before: ['open incidents for Databricks', databricksIncidents],
    next: 'and closed ones from last month? => list_incidents service=Databricks state=closed',
  },
  {
    before: ['how often did fraud-features-refresh fail', fraudFailures],
    next: 'when did it last succeed? => query_pipeline_status pipeline=fraud-features-refresh',
  },
  {
    before: ['how often did fraud-features-refresh fail', fraudFailures],
    next: 'is someone working on that? => list_incidents',
  },
]
