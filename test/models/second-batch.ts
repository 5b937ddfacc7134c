/** A second batch, written after the rules and measured before they were touched again; written as the first one. */
export const secondBatch = `
Anything risky coming up in the next few days? => list_change_requests risk=high planned_from=2026-11-22T14:35:00.000Z
gimme all P2 tickets from the last 48 hours => list_incidents priority=2 opened_from=2026-11-20T14:35:00.000Z
Do we have something planned on Snowflake between Tuesday and Thursday? => list_change_requests service=Snowflake planned_from=2026-11-24T00:00:00.000Z
Which of our changes got cancelled in October? => list_change_requests state=canceled planned_from=2026-10-01T00:00:00.000Z
Was there a change on the firewall yesterday? => list_change_requests text=firewall planned_from=2026-11-21T00:00:00.000Z
pls show chg 30406 => get_change_request number=CHG0030406
Who owns INC0010035 and since when is it open? => get_incident number=INC0010035
number of open incidents per priority => list_incidents state=open
Which incidents did we resolve this week? => list_incidents state=resolved
Is anybody looking at INC0010036? => get_incident number=INC0010036
has INC0010033 been caused by a change? => get_incident number=INC0010033
which incidents came out of CHG0030410 => list_incidents caused_by_change=CHG0030410
Incidents of the network team that are on hold => list_incidents state=on_hold assignment_group=network
what is Leila Haddad busy with => (ServiceNow)
what are the people of Cloud Operations working on at the moment => (ServiceNow)
the telemetry of the Gdansk plant is late, is that known? any ticket? => (ServiceNow)
I need for the weekly meeting the number of changes closed last week => list_change_requests state=closed planned_from=2026-11-09T00:00:00.000Z planned_to=2026-11-15T23:59:59.999Z
incidents, newest first, not older than 3 days => list_incidents
are the emergency change CHG0030417 and the incident INC0010038 related? => get_change_request number=CHG0030417 + get_incident number=INC0010038
inventory-snapshot-nightly ok? => query_pipeline_status pipeline=inventory-snapshot-nightly
did clickstream sessions finish this morning => query_pipeline_status pipeline="clickstream sessions"
How many rows did the last customer-profile-sync run write? => get_pipeline_run_details pipeline=customer-profile-sync
which pipelines have never been successful this week => (Log Analytics)
What is the error of fraud-features-refresh? => list_failed_pipelines pipeline=fraud-features-refresh
The invoices of the suppliers are missing, did the intake pipeline break? => list_failed_pipelines pipeline=intake
pipeline runs that crashed between 2026-11-18 and 2026-11-20 => list_failed_pipelines from=2026-11-18T00:00:00.000Z to=2026-11-20T23:59:59.999Z
Are the hourly pipelines keeping up? => query_pipeline_status
is there any maintenance announced for snowflake => check_snowflake_health
Can our jobs on Databricks start again? => (Service Health)
unity catalog reachable? => check_databricks_health service="Unity Catalog"
Hows azure doing => check_azure_service_health
Has Microsoft reported problems with virtual machines in West Europe? => check_azure_service_health service="Virtual Machines" region="West Europe"
do we have any degradation in north europe => check_databricks_health + check_snowflake_health + check_azure_service_health region="North Europe"
Customer orders did not arrive in the mart. Did the pipeline fail, is storage having trouble, and is somebody on it already? => (Log Analytics, Service Health)
Summarize P1s and platform health for my director => list_incidents priority=1 + check_databricks_health + check_snowflake_health + check_azure_service_health
before I go to bed: anything I should worry about? => (ServiceNow, Log Analytics, Service Health)
give me the full picture please => (ServiceNow, Log Analytics, Service Health)
can you recommend a good restaurant near the data centre => (nobody)
please approve CHG0030417 => (nobody)
what is your favourite colour => (nobody)
`
