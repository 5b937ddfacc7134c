/** Answers that an assistant has given before. */
const openChanges = `**3** change requests are open, **1** of them high risk.

| Change | What | State | Risk | Planned |
| --- | --- | --- | --- | --- |
| CHG0030412 | Databricks runtime upgrade | implement | ⚠️ high | Sat 21 Nov 17:00 – Mon 23 Nov 06:00 UTC |
| CHG0030414 | Update the Power BI gateway cluster | scheduled | low | Mon 23 Nov 05:00–06:00 UTC |
| CHG0030419 | Create a sandbox database | new | low | Sun 29 Nov 09:00–10:00 UTC |`

const openIncidents = `**2** P1 incidents are open.

| Incident | What | Priority | State | Opened |
| --- | --- | --- | --- | --- |
| INC0010038 | Customer orders are not loaded | P1 critical | in progress | Sat 21 Nov 22:43 UTC |
| INC0010037 | Databricks jobs start late | P1 critical | in progress | Sat 21 Nov 20:54 UTC |`

const failedRuns = `❌ **2** runs failed.

| Pipeline | Started | Error | Incident |
| --- | --- | --- | --- |
| customer-orders-daily | Sat 21 Nov 22:30 UTC | 403 | INC0010038 |
| supplier-invoices-intake | Sat 21 Nov 23:50 UTC | schema drift | INC0010039 |`

const oneIncident = `**INC0010038: Customer orders are not loaded** – a P1 critical incident, **in progress**.

- **Service:** Azure Storage
- **Assigned to:** Leila Haddad (Network)

It was caused by change **CHG0030409**.`

const healthy = 'Databricks is **✅ healthy**: all **8** parts are.'

/** What was said before, and the questions that only this explains, written as the questions that stand alone. */
export const followUps: { before: [question: string, answer: string]; next: string }[] = [
  { before: ['Is Databricks healthy?', healthy], next: 'and Snowflake? => check_snowflake_health' },
  {
    before: ['Which changes are open?', openChanges],
    next: 'what about closed ones? => list_change_requests state=closed',
  },
  {
    before: ['Show INC0010038', oneIncident],
    next: 'who is assigned? => get_incident number=INC0010038',
  },
  {
    before: ['Show INC0010038', oneIncident],
    next: 'Which change caused that incident? => get_incident number=INC0010038',
  },
  {
    before: ['Show INC0010038', oneIncident],
    next: 'tell me more about the change => get_change_request number=CHG0030409',
  },
  {
    before: ['any open P1s?', openIncidents],
    next: 'tell me more about the second one => get_incident number=INC0010037',
  },
  { before: ['any open P1s?', openIncidents], next: 'who is working on them? => get_incident' },
  { before: ['Which pipelines failed last night?', failedRuns], next: 'why? => (Log Analytics)' },
  {
    before: ['Which pipelines failed last night?', failedRuns],
    next: 'why did the first one fail? => (Log Analytics) + list_failed_pipelines pipeline=customer-orders-daily',
  },
  {
    before: ['status of all pipelines', 'Of **15** pipelines the latest run failed for **2**.'],
    next: 'only the failed ones please => list_failed_pipelines',
  },
  {
    before: ['Which changes are open?', openChanges],
    next: 'and incidents? => list_incidents state=open',
  },
  {
    before: ['incidents for Snowflake this week', 'none'],
    next: 'and last week? => list_incidents service=Snowflake opened_from=2026-11-09T00:00:00.000Z',
  },
  {
    before: ['Which changes are open?', openChanges],
    next: 'only the high risk ones => list_change_requests state=open risk=high',
  },
  {
    before: ['How is Azure in West Europe?', 'Azure is **⚠️ degraded**.'],
    next: 'what about North Europe? => check_azure_service_health region="North Europe"',
  },
  {
    before: ['Which changes are open?', openChanges],
    next: 'Is Databricks healthy? => check_databricks_health',
  },
  { before: ['Show INC0010038', oneIncident], next: 'tell me a joke about it => (nobody)' },
  {
    before: ['Tell me about CHG0030412', '**CHG0030412: Databricks runtime upgrade** – implement.'],
    next: 'did it cause any incidents? => (ServiceNow)',
  },
  {
    before: ['Which changes are open?', openChanges],
    next: 'how many of those are for Databricks? => list_change_requests state=open service=Databricks',
  },
  {
    before: ['open incidents for Databricks', openIncidents],
    next: 'same for Snowflake => list_incidents state=open service=Snowflake',
  },
  {
    before: ['did customer-orders-daily fail?', failedRuns],
    next: 'is there an incident for it? => (ServiceNow)',
  },
  {
    before: ['which changes are planned for tomorrow?', openChanges],
    next: 'and the day after tomorrow? => list_change_requests planned_from=2026-11-24T00:00:00.000Z',
  },
  {
    before: [
      'status of customer-orders-daily',
      'The latest run of **customer-orders-daily** is **❌ failed**.',
    ],
    next: 'why did it fail? => list_failed_pipelines pipeline=customer-orders-daily',
  },
  {
    before: ['write a poem', 'That is outside what I can help with.'],
    next: 'ok, then which incidents are open? => list_incidents',
  },
]
