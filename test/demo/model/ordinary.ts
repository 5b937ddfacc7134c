/** Ordinary questions of a platform team: 48 of 68 right when they were first run. */
export const ordinaryQuestions = `
How many open incidents does Data Platform have? => list_incidents state=open assignment_group="Data Platform"
open incidents of Cloud Operations => list_incidents state=open assignment_group="Cloud Operations"
what is Network working on => list_change_requests state=open assignment_group=Network + list_incidents state=open assignment_group=Network
Service Desk incidents => list_incidents assignment_group="Service Desk" text=
incidents assigned to Analytics Engineering => list_incidents assignment_group="Analytics Engineering"
Data Platform's changes this week => list_change_requests assignment_group="Data Platform" planned_from=2026-11-16T00:00:00.000Z text=
How many changes does Cloud Operations have this week? => list_change_requests assignment_group="Cloud Operations" planned_from=2026-11-16T00:00:00.000Z
Does Network have any P1 incidents? => list_incidents priority=1 assignment_group=Network service=
Show the high risk changes of Data Platform => list_change_requests risk=high assignment_group="Data Platform"
which tickets are with Service Desk => list_incidents assignment_group="Service Desk" || list_incidents assignment_group="Service Desk" + list_change_requests assignment_group="Service Desk"
Are there incidents related to Snowflake and is Snowflake healthy? => list_incidents service=Snowflake + check_snowflake_health
any Databricks incidents, and is Databricks ok? => list_incidents service=Databricks + check_databricks_health
is Azure healthy and are there changes for it? => check_azure_service_health + list_change_requests service=Azure
Snowflake: health and open incidents => check_snowflake_health + list_incidents state=open service=Snowflake
Is Databricks healthy and does it have open incidents? => check_databricks_health + list_incidents state=open service=Databricks
How is Snowflake doing and are there any changes planned for Snowflake this week? => check_snowflake_health + list_change_requests service=Snowflake planned_from=2026-11-16T00:00:00.000Z
open P1 incidents for Azure and the health of Azure => list_incidents priority=1 service=Azure state=open + check_azure_service_health
shwo me opne incidnets => list_incidents state=open text=
lsit faild pipelines => list_failed_pipelines pipeline=
wich chnges are scheduled for today => list_change_requests planned_from=2026-11-22T00:00:00.000Z text=
satus of tikcet INC0010037 => get_incident number=INC0010037
is snwoflake ok => check_snowflake_health
is azrue healthy => check_azure_service_health
which piplines failed yesteday => list_failed_pipelines from=2026-11-21T00:00:00.000Z pipeline=
resovled incidents this week => list_incidents state=resolved text=
higth risk changes => list_change_requests risk=high text=
opne chnge requests => list_change_requests state=open text=
whats the staus of databriks => check_databricks_health service=
hihg priority incidents => list_incidents priority=2 text=
shwo me chg0030412 => get_change_request number=CHG0030412
what happened to supplier invoices? => query_pipeline_status pipeline="supplier invoices" || list_failed_pipelines pipeline="supplier invoices" || get_pipeline_run_details pipeline="supplier invoices"
what happened to the orders load last night => list_failed_pipelines pipeline=orders || query_pipeline_status pipeline=orders || get_pipeline_run_details pipeline=orders
what happened with clickstream => query_pipeline_status pipeline=clickstream || list_failed_pipelines pipeline=clickstream || get_pipeline_run_details pipeline=clickstream
is the finance ledger ok? => query_pipeline_status pipeline="finance ledger"
hr headcount status => query_pipeline_status pipeline="hr headcount"
how is iot telemetry doing => query_pipeline_status pipeline="iot telemetry"
Why did fraud features fail? => list_failed_pipelines pipeline="fraud features"
When did the partner feed last succeed? => query_pipeline_status pipeline="partner feed" || query_pipeline_status pipeline=partner || get_pipeline_run_details pipeline="partner feed"
what went wrong with customer-profile-sync => list_failed_pipelines pipeline=customer-profile-sync || query_pipeline_status pipeline=customer-profile-sync
anything wrong with the inventory snapshot? => query_pipeline_status pipeline="inventory snapshot" || list_failed_pipelines pipeline="inventory snapshot"
last run of marketing attribution => get_pipeline_run_details pipeline="marketing attribution"
Did product catalog finish this morning? => query_pipeline_status pipeline="product catalog" || get_pipeline_run_details pipeline="product catalog"
Which pipelines failed yesterday, what incidents did they raise, and is Azure OK? => list_failed_pipelines from=2026-11-21T00:00:00.000Z + list_incidents opened_from=2026-11-21T00:00:00.000Z + check_azure_service_health
Which pipelines failed in the last 24 hours and are there incidents for them? => list_failed_pipelines + list_incidents opened_from=2026-11-21T14:35:00.000Z
Show open P1 incidents, failed pipelines since yesterday and the status of Snowflake => list_incidents state=open priority=1 + list_failed_pipelines from=2026-11-21T00:00:00.000Z + check_snowflake_health
Are there emergency changes today and did any of them cause incidents? => list_change_requests type=emergency planned_from=2026-11-22T00:00:00.000Z || list_change_requests type=emergency + list_incidents
What is the status of CHG0030412 and is Databricks healthy? => get_change_request number=CHG0030412 + check_databricks_health
incident 10037 => get_incident number=INC0010037
inc10038 => get_incident number=INC0010038
INC 0010038 => get_incident number=INC0010038
chg-0030409 status => get_change_request number=CHG0030409
change #30417 => get_change_request number=CHG0030417
CHG 30412 => get_change_request number=CHG0030412
tell me about CHG0030409 and INC0010038 => get_change_request number=CHG0030409 + get_incident number=INC0010038
Which changes are in implement? => list_change_requests state=implement
Which changes are still in assess? => list_change_requests state=assess
changes under review => list_change_requests state=review
cancelled changes last month => list_change_requests state=canceled planned_from=2026-10-01T00:00:00.000Z
changes waiting for authorization => list_change_requests state=authorize
incidents in progress with priority 1 => list_incidents state=in_progress priority=1
incidents closed last week => list_incidents state=closed
incidents opened in the last 48 hours => list_incidents opened_from=2026-11-20T14:35:00.000Z
changes planned for next week => list_change_requests planned_from=2026-11-23T00:00:00.000Z planned_to=2026-11-29T23:59:59.999Z
failed pipelines between Friday and Saturday => list_failed_pipelines from=2026-11-20T00:00:00.000Z to=2026-11-21T23:59:59.999Z
who won the champions league? => (nobody)
write a python script that lists incidents => (nobody)
please restart the customer-orders-daily pipeline => (nobody)
what should I cook tonight => (nobody)
`

/** Others like them: teams, names, mistyped words; 45 of 60 right when they were first run. */
export const alikeQuestions = `
Network changes next week => list_change_requests assignment_group=Network
network incidents => list_incidents service=Network || list_incidents assignment_group=network
Incidents for Network => list_incidents
Are there any incidents for the data platform team? => list_incidents assignment_group="data platform"
incidents on the data platform => list_incidents
how many P2s does Service Desk have => list_incidents priority=2 assignment_group="Service Desk"
who in Data Platform works on INC0010037 => get_incident number=INC0010037
what has Analytics Engineering resolved this week => list_incidents state=resolved assignment_group="Analytics Engineering"
what did Cloud Operations change yesterday => list_change_requests assignment_group="Cloud Operations" planned_from=2026-11-21T00:00:00.000Z
is data platform working on INC0010037 => get_incident number=INC0010037
What is Amara Okafor working on? => list_incidents assignment_group="Amara Okafor" + list_change_requests
customer support incidents => list_incidents
incidents mentioning vendor support => list_incidents
is snowflake support available? => check_snowflake_health
data engineering team incidents => list_incidents assignment_group="data engineering"
Is Azure healthy and what is Network working on? => check_azure_service_health + list_incidents assignment_group=Network + list_change_requests assignment_group=Network
Show Cloud Operations changes and Data Platform incidents => list_change_requests assignment_group="Cloud Operations" + list_incidents assignment_group="Data Platform"
changes of Network and Cloud Operations => list_change_requests assignment_group=Network + list_change_requests assignment_group="Cloud Operations"
what happened to the warehouse => check_snowflake_health
what happened to INC0010038 => get_incident number=INC0010038
what happened to Databricks => check_databricks_health
what happened last night => (ServiceNow, Log Analytics, Service Health)
what happened? => (ServiceNow, Log Analytics, Service Health)
what happened to my order at the restaurant => (nobody)
what happened to the dinosaurs => (nobody)
what happened with the orders? => (Log Analytics)
is the orders load ok => (Log Analytics)
orders load => (Log Analytics)
clickstream => (Log Analytics)
supplier invoices => (Log Analytics)
finance ledger status and open incidents for it => (ServiceNow, Log Analytics)
did hr headcount fail => list_failed_pipelines pipeline="hr headcount"
why is inventory late => (Log Analytics)
how is fraud features refresh => query_pipeline_status pipeline="fraud features refresh"
failures in the last 2 hr => list_failed_pipelines from=2026-11-22T12:35:00.000Z pipeline=
failed runs past hr => list_failed_pipelines from=2026-11-22T13:35:00.000Z pipeline=
Did any change cause the Databricks incidents, and are they still open? => (ServiceNow)
What changed on Azure Storage yesterday and is it healthy now? => list_change_requests service=Storage planned_from=2026-11-21T00:00:00.000Z + check_azure_service_health service=Storage
Is Databricks degraded, which incidents belong to it, and who works on them? => check_databricks_health + list_incidents service=Databricks
List P1 incidents and their causing changes => list_incidents priority=1
Which pipelines failed today and did Databricks cause it? => list_failed_pipelines from=2026-11-22T00:00:00.000Z + check_databricks_health
What's the weather, and is Azure healthy? => check_azure_service_health
Tell me a joke and list the open P1 incidents => list_incidents priority=1 state=open
opne P1 incidnets => list_incidents state=open priority=1 text=
fialed piplines => list_failed_pipelines pipeline=
faild rnus yesterday => list_failed_pipelines from=2026-11-21T00:00:00.000Z
hgih risk chagnes thsi week => list_change_requests risk=high planned_from=2026-11-16T00:00:00.000Z text=
is databircks ok and wich incidents are opne => check_databricks_health + list_incidents state=open
shwo CHG0030412 => get_change_request number=CHG0030412
incidnet INC0010037 => get_incident number=INC0010037
custmer orders daily status => query_pipeline_status
emergecy changes => list_change_requests type=emergency text=
cancled changes => list_change_requests state=canceled text=
Shaw incidents => list_incidents text=Shaw
incidents about form recognizer => list_incidents text="form recognizer"
`

const openOnes = `**2** incidents are open.

| Incident | What | Priority | State | Opened |
| --- | --- | --- | --- | --- |
| INC0010041 | customer-profile-sync failed | P3 moderate | new | Sun 22 Nov 12:31 UTC |
| INC0010038 | Customer orders are not loaded | P1 critical | in progress | Sat 21 Nov 22:50 UTC |`
const failedRun = `❌ **1** run failed.

| Pipeline | Started | Error | Incident |
| --- | --- | --- | --- |
| customer-orders-daily | Sat 21 Nov 22:30 UTC | 403 (in copy_orders) | INC0010038 |`
const change = `**CHG0030409: Storage firewall rule** – a normal change, ⚠️ high risk, **review**.

It caused **INC0010038**.`
const degraded = `**Databricks** is **⚠️ degraded**: **1** of 9 parts is not healthy.

| Service | Region | Status | Since | What is known |
| --- | --- | --- | --- | --- |
| Jobs | West Europe | ⚠️ degraded | Sat 21 Nov 20:15 UTC | Job clusters start late. (INC0010037) |`

/** Ordinary questions that refer back: 9 of 12 right when they were first run. */
export const ordinaryFollowUps: { before: [question: string, answer: string]; next: string }[] = [
  {
    before: ['Which incidents are open?', openOnes],
    next: 'which of them are P1? => list_incidents state=open priority=1 || get_incident number=INC0010038',
  },
  {
    before: ['Which incidents are open?', openOnes],
    next: 'and for Data Platform? => list_incidents state=open assignment_group="Data Platform"',
  },
  {
    before: ['Which incidents are open?', openOnes],
    next: 'who is working on the first one? => get_incident number=INC0010041',
  },
  {
    before: ['Which pipelines failed yesterday?', failedRun],
    next: 'why did it fail? => list_failed_pipelines pipeline=customer-orders-daily || get_pipeline_run_details pipeline=customer-orders-daily',
  },
  {
    before: ['Which pipelines failed yesterday?', failedRun],
    next: 'is there an incident for it? => list_incidents text=customer-orders-daily || list_incidents text="customer orders" || get_incident number=INC0010038',
  },
  {
    before: ['Which pipelines failed yesterday?', failedRun],
    next: 'and today? => list_failed_pipelines from=2026-11-22T00:00:00.000Z',
  },
  {
    before: ['Show me CHG0030409', change],
    next: 'what incidents did it cause? => list_incidents caused_by_change=CHG0030409 || get_change_request number=CHG0030409',
  },
  {
    before: ['Show me CHG0030409', change],
    next: 'who is responsible for that change? => get_change_request number=CHG0030409',
  },
  {
    before: ['Is Databricks healthy?', degraded],
    next: 'are there incidents for it? => list_incidents service=Databricks',
  },
  {
    before: ['Is Databricks healthy?', degraded],
    next: 'what about Azure and Snowflake? => check_azure_service_health + check_snowflake_health',
  },
  {
    before: ['Is Databricks healthy?', degraded],
    next: 'any changes planned for it this week? => list_change_requests service=Databricks',
  },
  {
    before: ['Data Platform incidents', openOnes],
    next: 'and Network? => list_incidents assignment_group=Network',
  },
]
