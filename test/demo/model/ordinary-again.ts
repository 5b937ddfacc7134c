/** More ordinary questions, fresh ones: 47 of 50 right when they were first run. */
export const moreOrdinaryQuestions = `
What is Cloud Operations working on right now? => list_incidents state=open assignment_group="Cloud Operations" + list_change_requests state=open assignment_group="Cloud Operations"
Network team changes this weekend => list_change_requests assignment_group=Network planned_from=2026-11-21T00:00:00.000Z
P2 incidents of Analytics Engineering => list_incidents priority=2 assignment_group="Analytics Engineering"
Which changes is Service Desk responsible for? => list_change_requests assignment_group="Service Desk"
how many resolved incidents does cloud operations have this month => list_incidents state=resolved assignment_group="cloud operations"
Everything assigned to Data Platform => list_incidents assignment_group="Data Platform" + list_change_requests assignment_group="Data Platform"
Are there unassigned incidents in the Service Desk queue? => list_incidents assignment_group="Service Desk"
Which team has the most open incidents? => list_incidents state=open assignment_group=
incidents assigned to Priya Raman => list_incidents assignment_group="Priya Raman" || list_incidents text="Priya Raman"
Is the data platform healthy? => check_databricks_health + check_snowflake_health + check_azure_service_health
open incidents on Azure Storage => list_incidents state=open service=Storage
Is Power BI affected by any incident? => list_incidents service="Power BI"
Is Key Vault ok and are there any incidents on it? => check_azure_service_health service="Key Vault" + list_incidents service="Key Vault"
What is the health of Azure and which open changes affect it? => check_azure_service_health + list_change_requests state=open service=Azure
Databricks: open incidents and changes this week => list_incidents service=Databricks + list_change_requests service=Databricks
Show open incidents for Snowflake and any changes scheduled for it tomorrow => list_incidents state=open service=Snowflake + list_change_requests service=Snowflake planned_from=2026-11-23T00:00:00.000Z
Is Snowflake down or is it our pipelines? => check_snowflake_health + list_failed_pipelines || check_snowflake_health + query_pipeline_status
Which pipelines failed last night and why? => list_failed_pipelines from=2026-11-21T18:00:00.000Z
What failed today, is there a ticket for it, and who is working on it? => list_failed_pipelines from=2026-11-22T00:00:00.000Z + list_incidents opened_from=2026-11-22T00:00:00.000Z || list_failed_pipelines + list_incidents
Are all platforms healthy, are any pipelines failing, and which P1 incidents are open? => check_databricks_health + check_snowflake_health + check_azure_service_health + list_failed_pipelines + list_incidents priority=1 state=open || check_databricks_health + check_snowflake_health + check_azure_service_health + query_pipeline_status + list_incidents priority=1 state=open
Did CHG0030409 cause INC0010038? => get_change_request number=CHG0030409 + get_incident number=INC0010038
Show INC0010037, CHG0030412 and the state of Databricks Jobs => get_incident number=INC0010037 + get_change_request number=CHG0030412 + check_databricks_health service=Jobs
ticket INC10035 please => get_incident number=INC0010035
Inc0010041? => get_incident number=INC0010041
what's the story with change request 30396 => get_change_request number=CHG0030396
CHG0030412 and CHG0030417 details => get_change_request number=CHG0030412 + get_change_request number=CHG0030417
show CHG0099999 => get_change_request number=CHG0099999
did the inventory snapshot run last night? => query_pipeline_status pipeline="inventory snapshot" || get_pipeline_run_details pipeline="inventory snapshot" || list_failed_pipelines pipeline="inventory snapshot"
what happened to customer-orders-daily? => get_pipeline_run_details pipeline=customer-orders-daily || query_pipeline_status pipeline=customer-orders-daily
What happened with the partner feed import and is there an incident? => get_pipeline_run_details pipeline="partner feed import" + list_incidents text="partner feed import" || query_pipeline_status + list_incidents
is product-catalog-refresh still failing? => query_pipeline_status pipeline=product-catalog-refresh || list_failed_pipelines pipeline=product-catalog-refresh
How many times did fraud-features-refresh fail this week? => list_failed_pipelines pipeline=fraud-features-refresh from=2026-11-16T00:00:00.000Z
show me the customer profile sync error => list_failed_pipelines pipeline="customer profile sync" || get_pipeline_run_details pipeline="customer profile sync"
Are the marketing numbers from last night loaded? => query_pipeline_status pipeline=marketing || list_failed_pipelines || query_pipeline_status
how long does finance-ledger-hourly usually take => get_pipeline_run_details pipeline=finance-ledger-hourly
which pipelines succeeded today => query_pipeline_status status=succeeded || list_failed_pipelines
pipline failurs since Firday => list_failed_pipelines from=2026-11-20T00:00:00.000Z pipeline=
dose snowlfake have any isues => check_snowflake_health
opne incdents for databrciks => list_incidents state=open service=Databricks text=
shw me teh changes for tommorow => list_change_requests planned_from=2026-11-23T00:00:00.000Z text=
satnus of azure strage => check_azure_service_health service=Storage || check_azure_service_health
emergancy changes this weeek => list_change_requests type=emergency planned_from=2026-11-16T00:00:00.000Z text=
Low risk standard changes scheduled this week => list_change_requests risk=low type=standard planned_from=2026-11-16T00:00:00.000Z
incidents on hold for more than a week => list_incidents state=on_hold
Incidents opened between 18 and 20 November => list_incidents opened_from=2026-11-18T00:00:00.000Z opened_to=2026-11-20T23:59:59.999Z
P3 and P4 incidents => list_incidents priority=3 + list_incidents priority=4
What is the capital of France? => (nobody)
Can you close INC0010020? => (nobody)
write a haiku about failed pipelines => (nobody)
Who should I vote for? => (nobody)
`

/** A third time: 58 of 60 right when they were first run. */
export const lastOrdinaryQuestions = `
What are the open P1 and P2 incidents for Data Platform? => list_incidents state=open priority=1 assignment_group="Data Platform" + list_incidents priority=2
List changes assigned to Cloud Operations that are scheduled for next week => list_change_requests assignment_group="Cloud Operations" planned_from=2026-11-23T00:00:00.000Z
Can you tell me whether Snowflake is available and if there is any planned maintenance for it? => check_snowflake_health || check_snowflake_health + list_change_requests service=Snowflake
Give me the status of all pipelines and the health of Azure => query_pipeline_status + check_azure_service_health
Which pipelines run on Databricks? => query_pipeline_status
Which incident was raised for the failed customer-orders-daily run? => list_incidents text=customer-orders-daily + list_failed_pipelines pipeline=customer-orders-daily || list_failed_pipelines pipeline=customer-orders-daily || list_incidents text=customer-orders-daily
What is the root cause of INC0010038? => get_incident number=INC0010038
When was INC0010037 opened and who is assigned? => get_incident number=INC0010037
What's the planned start of CHG0030414? => get_change_request number=CHG0030414
Is CHG0030417 approved? => get_change_request number=CHG0030417
Has CHG0030396 been completed? => get_change_request number=CHG0030396
who approved CHG0030412? => get_change_request number=CHG0030412
Which incidents were caused by CHG0030396? => list_incidents caused_by_change=CHG0030396
Show me incidents opened today by priority => list_incidents opened_from=2026-11-22T00:00:00.000Z
Show all critical incidents => list_incidents priority=1
Are there any P1s? => list_incidents priority=1
Any major incidents last night? => list_incidents priority=1 opened_from=2026-11-21T18:00:00.000Z
Number of failed pipeline runs in the past 7 days => list_failed_pipelines from=2026-11-15T14:35:00.000Z
Run details of customer-orders-daily-20261121-2230 => get_pipeline_run_details run_id=customer-orders-daily-20261121-2230
When did inventory-snapshot-nightly last run successfully? => query_pipeline_status pipeline=inventory-snapshot-nightly
Is the IoT telemetry pipeline delayed? => query_pipeline_status pipeline="IoT telemetry"
error message of the latest failed product-catalog-refresh run => list_failed_pipelines pipeline=product-catalog-refresh
How many rows did finance-ledger-hourly write? => get_pipeline_run_details pipeline=finance-ledger-hourly
Which hourly pipelines failed today => list_failed_pipelines from=2026-11-22T00:00:00.000Z
pipeline failures in the last hour => list_failed_pipelines from=2026-11-22T13:35:00.000Z
pipelines in progress => query_pipeline_status status=in_progress
Is there an outage in West Europe? => check_databricks_health region="West Europe" + check_snowflake_health region="West Europe" + check_azure_service_health region="West Europe"
Databricks SQL Warehouses health in West Europe => check_databricks_health service="SQL Warehouses" region="West Europe"
Is Unity Catalog up? => check_databricks_health service="Unity Catalog"
Snowpipe status => check_snowflake_health service=Snowpipe
is adf down => check_azure_service_health service="Data Factory"
Event Hubs health north europe => check_azure_service_health service="Event Hubs" region="North Europe"
Are virtual machines affected? => check_azure_service_health service="Virtual Machines"
Which Azure services are degraded? => check_azure_service_health service=
Is the Databricks issue known, and is there a change that could have caused it? => (ServiceNow, Service Health) || (ServiceNow)
Why is Databricks slow and are there related incidents? => check_databricks_health + list_incidents service=Databricks || check_databricks_health + list_incidents
Is Azure Storage degraded and did it cause pipeline failures? => check_azure_service_health service=Storage + list_failed_pipelines
Summarize open incidents, failed pipelines and platform health => list_incidents state=open + list_failed_pipelines + check_databricks_health + check_snowflake_health + check_azure_service_health
Which changes were implemented yesterday and did any pipeline fail afterwards? => list_change_requests planned_from=2026-11-21T00:00:00.000Z + list_failed_pipelines
Show CHG0030409 and check whether customer-orders-daily is running again => get_change_request number=CHG0030409 + query_pipeline_status pipeline=customer-orders-daily
Is INC0010038 resolved, and did customer orders succeed since then? => get_incident number=INC0010038 + query_pipeline_status || get_incident number=INC0010038 + list_failed_pipelines
Do we have changes for Data Factory today, and is it healthy? => list_change_requests service="Data Factory" planned_from=2026-11-22T00:00:00.000Z + check_azure_service_health service="Data Factory"
What incidents are open for Key Vault and Storage? => list_incidents state=open service="Key Vault" + list_incidents state=open service=Storage
Any change freeze coming up? => list_change_requests
What is planned for Friday? => list_change_requests planned_from=2026-11-27T00:00:00.000Z
Changes on 2026-11-24 => list_change_requests planned_from=2026-11-24T00:00:00.000Z planned_to=2026-11-24T23:59:59.999Z
Incidents from the last two weeks => list_incidents opened_from=2026-11-08T14:35:00.000Z
moderate risk changes in review => list_change_requests risk=moderate state=review
Changes of type emergency that are closed => list_change_requests type=emergency state=closed
Incidents without assignee => list_incidents
list the last 3 incidents => list_incidents limit=3
next change for Snowflake => list_change_requests service=Snowflake
incident about supplier invoices => list_incidents text="supplier invoices"
any incident for the fraud features pipeline => list_incidents text="fraud features"
Who is Amara Okafor? => (nobody) || (ServiceNow)
What's 12 times 12? => (nobody)
Can you order me a pizza? => (nobody)
Translate this to German: the pipeline failed => (nobody)
Delete CHG0030412 => (nobody)
Are you an AI? => (nobody)
`

const snowflake = `**Snowflake** is **🔧 maintenance**: **1** of 7 parts is not healthy.

| Service | Region | Status | Since | What is known |
| --- | --- | --- | --- | --- |
| Snowpipe | West Europe | 🔧 maintenance | Sat 21 Nov 09:00 UTC | Works. |`
const changes = `**2** change requests are planned for tomorrow, all of them open.

| Change | What | State | Risk | Planned |
| --- | --- | --- | --- | --- |
| CHG0030414 | Update the Power BI gateway cluster | scheduled | low | Mon 23 Nov 05:00–06:00 UTC |
| CHG0030417 | Allow the data factory subnet on the firewall | authorize | ⚠️ high | Mon 23 Nov 07:00–08:00 UTC |`
const run = `**supplier-invoices-intake** failed in **validate**: the files have no currency.

- **Incident:** INC0010039`
const incident = `**INC0010037: Databricks jobs in West Europe start late** – a P1 critical incident, **in progress**.

- **Service:** Databricks
- **Assigned to:** Amara Okafor (Data Platform)`

/** More ordinary questions that refer back: 9 of 10 right when they were first run. */
export const moreOrdinaryFollowUps: { before: [question: string, answer: string]; next: string }[] =
  [
    {
      before: ['Is Snowflake healthy?', snowflake],
      next: 'does it have open incidents? => list_incidents state=open service=Snowflake',
    },
    {
      before: ['Is Snowflake healthy?', snowflake],
      next: 'and Databricks? => check_databricks_health',
    },
    {
      before: ['Which changes are planned for tomorrow?', changes],
      next: 'which of those are high risk? => list_change_requests risk=high || get_change_request number=CHG0030417',
    },
    {
      before: ['Which changes are planned for tomorrow?', changes],
      next: 'and next week? => list_change_requests planned_from=2026-11-23T00:00:00.000Z planned_to=2026-11-29T23:59:59.999Z',
    },
    {
      before: ['Which changes are planned for tomorrow?', changes],
      next: 'tell me more about the second one => get_change_request number=CHG0030417',
    },
    {
      before: ['What happened to supplier invoices?', run],
      next: 'show me the incident => get_incident number=INC0010039',
    },
    {
      before: ['What happened to supplier invoices?', run],
      next: 'when did it last succeed? => query_pipeline_status pipeline=supplier-invoices-intake || query_pipeline_status pipeline="supplier invoices" || get_pipeline_run_details',
    },
    {
      before: ['Show me INC0010037', incident],
      next: 'is that platform healthy now? => check_databricks_health',
    },
    {
      before: ['Show me INC0010037', incident],
      next: 'was it caused by a change? => get_incident number=INC0010037',
    },
    {
      before: ['Open incidents of Data Platform', incident],
      next: 'what about their changes? => list_change_requests assignment_group="Data Platform"',
    },
  ]
