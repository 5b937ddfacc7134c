/** What a word can tell about a question. */
export type Kind =
  | 'noun'
  | 'state'
  | 'priority'
  | 'risk'
  | 'type'
  | 'platform'
  | 'service'
  | 'region'
  | 'health'
  | 'want'
  | 'general'
  | 'plan'
  | 'progress'
  | 'team'
  | 'pointer'
  | 'known'
  | 'work'
  | 'order'

/** For each kind its values, and for each value the words that people use, separated by commas; `(s)` is optional. */
export const lexicon: Record<Kind, Record<string, string>> = {
  noun: {
    change:
      'change(s), change request(s), change ticket(s), change record(s), change order(s), chg(s), rfc(s), crs, maintenance window(s), change window(s), deployment(s), rollout(s), release(s), planned work, planned maintenance, anything planned, something planned, something is planned, anything is planned, what is planned, anything scheduled, what is scheduled, anything lined up, anything coming up, what is coming up, going live, goes live, go live, changed, calendar, change calendar, change schedule, change freeze',
    incident:
      'incident(s), inc(s), incident ticket(s), major incident(s), incident report(s), open issues, p1 issue(s), disturbance(s), bug(s), defect(s), glitch(es)',
    ticket: 'ticket(s), servicenow, service now, ticket queue, queue, backlog, work item(s)',
    pipeline:
      'pipeline(s), data pipeline(s), etl(s), elt, dag(s), data flow(s), dataflow(s), batch(es), batch job(s), etl job(s), data load(s), nightly load(s), load(s), loading, ingestion(s), ingestion job(s), ingest, feed(s), data feed(s), log analytics, pipe(s), nightlies, nightly batch, data refresh, workflow(s), data job(s), nightly job(s), nightly run(s), integration run(s)',
    job: 'job(s)',
    run: 'run(s), ran, rerun(s), pipeline run(s), execution(s), executed, execute',
  },
  state: {
    open: 'open, still open, currently open, active, outstanding, unresolved, ongoing, not over, not closed, not resolved, not fixed, not done, not yet closed, not yet resolved, not yet done, not finished, not completed, not complete, unfinished, remaining, in flight, inflight, pending, unsolved, not solved, left open, unclosed',
    new: 'new, brand new, untouched, not started, not yet started, state new',
    assess:
      'assess, assessed, assessment, in assessment, being assessed, under assessment, assessing',
    authorize:
      'authorize, authorise, authorization, authorisation, approval, pending approval, awaiting approval, waiting for approval, need approval, needs approval, to be approved, pending authorization, awaiting authorization, waiting for authorization, waiting for the cab, unapproved, not approved, not yet approved, in approval',
    scheduled: 'scheduled, sched',
    implement:
      'implement, implementing, implementation, in implementation, being implemented, under implementation',
    review: 'review, in review, under review, being reviewed, reviewing',
    closed: 'closed, completed, complete, done, finished, close',
    canceled:
      'canceled, cancelled, cancelation, cancellation(s), called off, withdrawn, cancel, dropped',
    in_progress:
      'in progress, inprogress, wip, being worked on, work in progress, under investigation, being investigated, in work, being handled, being fixed',
    on_hold: 'on hold, onhold, on-hold, hold, held, paused, parked, blocked, waiting, stalled',
    resolved: 'resolved, fixed, solved, mitigated, resolve',
    failed:
      'failed, fail, fails, failing, failure(s), errored, error(s), broke, broken, break, breaking, crashed, crash(es), crashing, unsuccessful, went wrong, go wrong, gone wrong, not succeed, not finish, not complete successfully, not run, aborted, red, died, die, fell over, bombed, went down, blew up, timed out, time out, timeout(s)',
    succeeded:
      'succeeded, succeed, successful, successfully, success(es), green, passed, went through, gone through, ran fine, ran ok, go through, went well',
    running:
      'running, still going, going right now, underway, under way, still running, currently running, executing',
  },
  priority: {
    1: 'p1(s), prio 1, prio1, priority 1, priority one, priority is 1, sev1(s), sev 1, severity 1, sev one, critical, top priority, highest priority, urgent, most urgent, major incident(s), p 1, critical priority, prio one',
    2: 'p2(s), prio 2, prio2, priority 2, priority two, sev2(s), sev 2, severity 2, high priority, high prio, p 2, priority high',
    3: 'p3(s), prio 3, prio3, priority 3, priority three, sev3(s), sev 3, severity 3, moderate priority, medium priority, p 3',
    4: 'p4(s), prio 4, prio4, priority 4, priority four, sev4(s), sev 4, severity 4, low priority, low prio, p 4',
  },
  risk: {
    high: 'high risk, risky, riskiest, riskier, dangerous, highest risk, risk high, risk is high, risk of high, high risks, very risky',
    moderate: 'moderate risk, medium risk, risk moderate, risk medium, mid risk',
    low: 'low risk, lowest risk, risk low, harmless',
  },
  type: {
    emergency: 'emergency, emergencies, ecab, unplanned change(s)',
    standard: 'standard, standard change(s), pre approved',
    normal: 'normal change(s), normal type, type normal, normal ones',
  },
  platform: {
    Databricks: 'databricks, data bricks, dbx, azure databricks, databrick',
    Snowflake: 'snowflake, snow flake, snowflake on azure',
    Azure: 'azure, microsoft azure, microsoft cloud, microsoft',
  },
  service: {
    'Databricks/Jobs': 'databricks jobs service, jobs service, job service, job scheduler',
    'Databricks/SQL Warehouses': 'sql warehouse(s), dbsql, databricks sql',
    'Databricks/Unity Catalog': 'unity catalog, unity',
    'Databricks/Clusters': 'cluster(s), cluster launch, databricks compute',
    'Databricks/Notebooks': 'notebook(s)',
    'Databricks/Model Serving': 'model serving',
    'Databricks/Delta Live Tables': 'delta live tables, dlt, lakeflow',
    'Databricks/Workspaces': 'workspace(s)',
    'Databricks/MLflow': 'mlflow',
    'Snowflake/Snowpipe': 'snowpipe, snow pipe',
    'Snowflake/Virtual Warehouses': 'virtual warehouse(s), snowflake warehouse(s), warehouse(s)',
    'Snowflake/Cortex': 'cortex',
    'Snowflake/Snowpark': 'snowpark',
    'Snowflake/Snowsight': 'snowsight',
    'Snowflake/Data Sharing': 'data sharing, data share(s)',
    'Azure/Data Factory': 'data factory, azure data factory, adf, datafactory, data factories',
    'Azure/Data Lake': 'data lake, azure data lake, adls, datalake',
    'Azure/Storage':
      'storage, azure storage, blob storage, azure blob storage, blob(s), storage account(s)',
    'Azure/Key Vault': 'key vault(s), keyvault(s), azure key vault',
    'Azure/Event Hubs': 'event hub(s), eventhub(s), azure event hubs',
    'Azure/Virtual Machines': 'virtual machine(s), vm(s)',
    'Azure/Synapse': 'synapse, azure synapse',
    'Azure/SQL Database': 'azure sql, sql database(s), azure sql database',
    'Azure/Kubernetes': 'aks, kubernetes',
    'Azure/Functions': 'azure functions, function app(s)',
    'Azure/Entra ID': 'entra, entra id, azure ad, active directory',
    'Azure/Network':
      'network, networking, vnet(s), virtual network(s), azure network, azure networking',
    'Azure/Power BI': 'power bi, powerbi',
    'Azure/ExpressRoute': 'expressroute, express route',
    'Azure/Logic Apps': 'logic app(s)',
    'Azure/Service Bus': 'service bus',
    'Azure/Cosmos DB': 'cosmos, cosmos db, cosmosdb',
    'Azure/Monitor': 'azure monitor',
    'Azure/App Service': 'app service(s)',
    'Azure/DNS': 'azure dns',
  },
  region: {
    'West Europe': 'west europe, westeurope, western europe, weu, europe west',
    'North Europe': 'north europe, northeurope, northern europe, neu, europe north',
    'East US': 'east us, eastus, us east, eastern us',
    'East US 2': 'east us 2, eastus2',
    'West US': 'west us, westus, us west',
    'West US 2': 'west us 2, westus2',
    'Central US': 'central us, centralus',
    'UK South': 'uk south, uksouth',
    'UK West': 'uk west, ukwest',
    'Germany West Central': 'germany west central, germany',
    'France Central': 'france central, france',
    'Switzerland North': 'switzerland north, switzerland',
    'Sweden Central': 'sweden central, sweden',
    'Southeast Asia': 'southeast asia, south east asia',
    'East Asia': 'east asia',
    'Australia East': 'australia east',
    'Japan East': 'japan east',
    'Central India': 'central india',
  },
  health: {
    subject:
      'health, healthy, unhealthy, health check(s), healthcheck, service health, platform health, status page(s), platform(s), uptime, availability, cloud services, cloud platform(s), cloud provider(s), data platforms, our cloud, the cloud, our services, all services, any service, any services, which services, the services, which service, lakehouse, data warehouse, the warehouse, provider(s)',
    trouble:
      'outage(s), degraded, degradation(s), unavailable, disruption(s), disrupted, maintenance, down, service issue(s), platform issue(s), offline, impaired, brownout, blackout, downtime',
    sign: 'up, up and running, available, operational, slow, slowness, sluggish, latency, stable, working, work, reachable, affected, impacted, fine, ok, okay, alright, good, well, issue(s), problem(s), trouble, troubles, status, state, alive, hiccup(s), acting up, lagging, performance, behaving, misbehaving, respond, responding, weird, doing, broken, normal, normally, condition, wrong, healthily, happening with, going on with, up with, the matter with, odd, strange, off, bad day, flaky, unstable, shaky, reliable, capacity, throttled, throttling, quota, timing out, times out',
    access:
      'can not see, can not open, can not access, can not log in, can not login, can not reach, no access, lost access, lose access, locked out, access denied, permission denied, permissions, access to',
  },
  want: {
    count: 'how many, number of, count, count of, how often, total number, amount of',
    who: 'who, whom, whose, assigned to whom, assignee(s), owner(s), responsible, contact',
    why: 'why, reason(s), root cause(s), error message(s), error code(s), what error, which error, what went wrong, what is the error, how come, error detail(s), exception, stack trace, cause of the failure, failure reason, error text, failure cause',
    cause:
      'caused, cause(s), causing, trigger, triggered, behind, responsible for, due to, led to, root cause, root cause(s), culprit, origin, introduced by, to blame, reason for',
    compare: 'compare, compared, comparison, versus, vs',
    details:
      'detail(s), tell me about, tell me more, more about, more info, more information, describe, explain, elaborate, what is, information, info, zoom in, look up, show me',
    when: 'when, what time, since when, how long ago',
    duration: 'how long, duration, run time, runtime, take, took, taken, minutes did',
    latest: 'latest, most recent, newest, last run, latest run, last execution, most recent run',
    steps:
      'activity, activities, step(s), task(s), rows, row count, rows written, run details, stage(s), records written',
    history:
      'last success, last successful, last run successfully, last ran successfully, last run ok, last succeed, schedule, next run, next start, success rate, how reliable',
    unassigned:
      'unassigned, nobody, no one, not assigned, without an owner, without owner, no owner, without assignee, no assignee, not yet assigned, unowned',
    mine: 'my, mine, assigned to me, for me personally',
  },
  general: {
    strong:
      'morning report, daily report, status report, situation report, sitrep, morning briefing, daily briefing, briefing, brief me, handover, hand over, hand-over, shift report, shift summary, morning summary, daily summary, executive summary, morning check, daily check, morning update, status update, full picture, big picture, at a glance, dashboard, overall picture, state of play, state of affairs, lay of the land, state of the estate, whole estate, entire estate, our estate, the estate, all systems, health of everything, situation, rundown, run down',
    digest: 'overview, summary, report, summarize, summarise, recap',
    weak: 'what is broken, anything broken, what broke, is broken, something broken, is anything down, what is down, what is wrong, anything wrong, something wrong, is wrong, went wrong, gone wrong, what is going on, going on, what is happening, what happened, happened, happening, anything happening, catch me up, update me, any update(s), any news, need to know, should know, should tell, need to tell, anything to tell, everything ok, everything okay, everything fine, everything alright, everything good, everything in order, everything working, everything running, everything healthy, everything up, everything green, everything normal, is everything, all good, all green, all ok, all fine, all well, how are we doing, how are things, how do things look, how does it look, how is it looking, how is everything, how does everything look, how is the situation, any problem(s), any risk(s), any issue(s), any trouble, problems, issues, on fire, fires, burning, is burning, my attention, our attention, attention, worry, worried, be worried, anything urgent, anything critical, good to go, up to speed, across the board, what did i miss, did i miss, anything to report, anything new, where do we stand, what is the status, what is our status, current status, overall status, status of everything, general status, hot topics, what is hot, what is the state, any alarms, any alerts, alarms, alerts, anything serious, anything bad, sleep, go back to bed, what is up with our systems, our systems, the systems, ops look, things look',
  },
  plan: {
    planned:
      'planned, plan, plans, upcoming, coming up, scheduled, on the calendar, due, lined up, in store, taking place, takes place, going to happen, going to be, supposed to happen, happening, next up, planned for, scheduled for, rolled out, deployed, released, deploy, going out, coming',
  },
  progress: {
    run: 'finish, finished, finishes, complete, completed, completes, done, loaded, arrive, arrived, arrives, refreshed, updated, late, delayed, delay(s), stuck, hanging, hangs, trust, correct, on time, overdue, fresh, stale, current, through, in place, up to date, out of date, outdated, old, missing, be there, there yet, not there, gaps, incomplete, ready, came in, come in, comes in, landed, lands, pick up, picked up',
  },
  team: {
    after: 'team(s), group(s), squad, crew, assignment group(s), department, folks, guys',
    before:
      'assigned to, assignment group, owned by, belong to, belongs to, handled by, team, group, with the team, sit with, sits with, in the hands of, worked on by, queue of',
    working:
      'working on, work on, works on, worked on, handles, handle, handling, looking at, looking after, looking into, taking care of, on it, deal with, dealing with, assigned, fixing, busy with, busy, up to, responsible for, on his plate, on her plate, on their plate, on his desk, on her desk, on his list, on her list, in charge of',
  },
  known: {
    known:
      'known issue(s), known problem(s), known error(s), known outage(s), do we know, did we know, known already, already known, is it known, is that known, is this known, reported already, already reported, been reported, anyone on it, anybody on it, someone on it, somebody on it, anyone looking, anybody looking, someone looking, somebody looking, anyone aware, are we aware, is ops aware, registered already, logged already, already logged',
  },
  work: {
    work: 'approved, authorised, authorized, upgrade(s), upgraded, upgrading, migration(s), migrate, migrated, migrating, patch, patches, patched, patching, replacement, replace, replaced, replacing, rotation, rotate, rotated, rotating, cutover, cut over, switch over, switchover, clean up, cleanup, decommission, decommissioned, decommissioning, resize, resized, resizing, renew, renewed, renewing, renewal, install, installed, installing, installation, moving to, move to, moved to, rolled out, roll out',
  },
  order: {
    oldest:
      'oldest, longest open, open longest, open the longest, open for the longest, longest standing, longest waiting, waiting longest, waiting the longest, open for longest',
    longest:
      'longest, slowest, longest running, take the longest, takes the longest, took the longest',
    most: 'most, the most, highest number, most often, most frequently, worst',
    fewest: 'fewest, least, the least, lowest number',
  },
  pointer: {
    one: 'it, its, this, that, that one, this one, the one, this thing, that thing, same one',
    many: 'they, them, those, these, their, of them, of those, of these, the ones, ones, each of them, all of them, each, both',
    1: 'the first one, first one, the first, the top one, number one, the former',
    2: 'the second one, second one, the second, number two, the latter',
    3: 'the third one, third one, the third, number three',
    4: 'the fourth one, fourth one, the fourth',
    5: 'the fifth one, fifth one, the fifth',
    '-1': 'the last one, last one, the bottom one, the last in the list',
  },
}

/** Words of dates and times, for the correction of typing errors. */
export const timeWords =
  'today yesterday tomorrow tonight week weeks weekend weekends month months quarter year years hour hours minute minutes morning afternoon evening night overnight monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december recent recently lately since until before after between during within'.split(
    ' ',
  )

/** Something recognised in a question: what it is, and from which token to which (both included). */
export type Hit = {
  kind: Kind | 'number' | 'run' | 'name' | 'quote' | 'code' | 'group'
  value: string
  first: number
  last: number
}
