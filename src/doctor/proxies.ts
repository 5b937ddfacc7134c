import type { Check, Finding, Fix } from './report.ts'

/** What to change for each check. `timeout` is for both `cut` and `post_wait`. */
type Fixes = Partial<Record<Check | 'timeout', string>>

/** A proxy or platform: how to recognise it, and what to change in it. */
type Proxy = Fixes & {
  /** Matches a response header, given as `name: value`. Cookies are given without their values. */
  response?: RegExp
  /** Each must match the name of a request header, as the server received them. */
  request?: RegExp[]
}

/** A proxy that was recognised, and the header that gave it away. */
export type SeenProxy = { name: string; seenBy: string; fixes: Fixes }

/** Recognises proxies by headers. Some, such as HAProxy, add none. */
export function recogniseProxies(responses: Headers[], requestHeaders: string[]): SeenProxy[] {
  const headers = responses.flatMap((response) => [...response])
  return Object.entries(knownProxies).flatMap(([name, proxy]) => {
    const seenBy = matchResponse(proxy, headers) ?? matchRequest(proxy, requestHeaders)
    return seenBy === undefined ? [] : [{ name, seenBy, fixes: proxy }]
  })
}

/** What to change for findings that are not fine: in the recognised proxies, or in general. */
export function fixesFor(findings: Finding[], proxies: SeenProxy[]): Fix[] {
  const checks = findings.filter(needsFix).map(({ check }) => check)
  const fixes = checks.flatMap((check) => fixesOf(check, proxies))
  const general = fixes.flatMap(({ checks, proxy }) => (proxy === undefined ? checks : []))
  const unexplained = general.filter((check) => check !== 'clock' && check !== 'processes')
  if (unexplained.length > 0) fixes.push({ checks: unexplained, says: isolateProxy })
  if (checks.includes('post_wait')) fixes.push({ checks: ['post_wait'], says: waitLess })
  return mergeEqual(fixes)
}

function matchResponse({ response }: Proxy, headers: [string, string][]): string | undefined {
  for (const [name, value] of headers) {
    const line = `${name}: ${name === 'set-cookie' ? value.split('=', 1)[0] : value}`
    // Other values are ids of requests, which the report must not show.
    const isPublic = ['server', 'via', 'x-powered-by', 'set-cookie'].includes(name)
    if (response?.test(line)) return isPublic ? line.slice(0, 80) : name
  }
  return undefined
}

function matchRequest({ request = [] }: Proxy, names: string[]): string | undefined {
  const found = request.map((pattern) => names.find((name) => pattern.test(name)))
  const [first] = found
  return first === undefined || found.includes(undefined) ? undefined : `${first} in requests`
}

/** Late headers and late heartbeats are effects of buffering, which has its own finding. */
function needsFix({ check, verdict }: Finding): boolean {
  return (
    verdict === 'broken' || (verdict === 'note' && check !== 'stream' && check !== 'heartbeats')
  )
}

function fixesOf(check: Check, proxies: SeenProxy[]): Fix[] {
  const isLimit = check === 'cut' || check === 'post_wait'
  const known = proxies.flatMap(({ name, fixes }) => {
    const says = fixes[check] ?? (isLimit ? fixes.timeout : undefined)
    return says === undefined ? [] : [{ checks: [check], proxy: name, says }]
  })
  const general = generalFixes[check]
  if (known.length > 0 || general === undefined) return known
  return [{ checks: [check], says: general }]
}

/** The same change can fix several findings. */
function mergeEqual(fixes: Fix[]): Fix[] {
  const merged = new Map<string, Fix>()
  for (const fix of fixes) {
    const key = `${fix.proxy}: ${fix.says}`
    const same = merged.get(key)
    if (same === undefined) merged.set(key, fix)
    else same.checks.push(...fix.checks)
  }
  return [...merged.values()]
}

/** Fixes for paths on which no proxy was recognised. */
const generalFixes: Fixes = {
  stream:
    'Find what answers in place of OpsAgent, and let it pass GET requests and text/event-stream responses on unchanged.',
  buffered:
    'Turn response buffering off for event streams. HAProxy (not recognisable): `option http-no-delay`. Virus scanners and web application firewalls: exempt text/event-stream.',
  compressed: 'Exclude text/event-stream from compression.',
  cut: 'Set the idle time-out to 60 s or longer. HAProxy (not recognisable): `timeout server 60s` and `timeout client 60s`.',
  heartbeats: 'Turn response buffering off, and let SSE comments through.',
  headers: 'Let the response headers of OpsAgent through unchanged.',
  processes:
    'Run one process of OpsAgent without replicas, or give all processes one Postgres database (DATABASE_URL).',
  clock: 'Synchronise the clocks of both machines with NTP.',
  post_wait: 'Set the response time-out to 60 s or longer.',
  http_version: 'Enable HTTP/2 where TLS ends: all tabs then share one connection.',
}

const waitLess =
  'Alternatively, set ANSWER_WAIT_SECONDS of OpsAgent below the limit. Until then no answer is lost: the page fetches it.'

const isolateProxy =
  'To find the proxy, run the doctor on the server itself (`bun run doctor http://localhost:8000`), then one hop further each time. The first address with a different report is the cause.'

/** For limits that cannot be changed and that heartbeats stay below. */
function fixedLimit(seconds: number): string {
  return `Look for another proxy: this one closes streams only after ${seconds} s of silence, which heartbeats prevent.`
}

/** All proxies that the doctor recognises; platforms come after programs. */
export const knownProxies: Readonly<Record<string, Proxy>> = {
  nginx: {
    response: /^server: .*(nginx|openresty)/i,
    buffered:
      'Set `proxy_buffering off;` in the location of OpsAgent and remove `proxy_ignore_headers X-Accel-Buffering`. If one nginx is behind another, set `proxy_pass_header X-Accel-Buffering;` in the inner one.',
    compressed:
      'Remove `text/event-stream` (or `*`) from `gzip_types`: nginx ignores no-transform.',
    heartbeats: 'Set `proxy_buffering off;` in the location of OpsAgent.',
    timeout: 'Set `proxy_read_timeout 60s;` or longer. It limits the silence between two reads.',
    http_version:
      'Add `http2 on;` next to `listen 443 ssl;` (before 1.25.1: `listen 443 ssl http2;`).',
  },
  'Apache httpd': {
    response: /^server: .*apache/i,
    buffered: 'Add `flushpackets=on` to the `ProxyPass` of OpsAgent.',
    compressed: 'Set `SetEnvIf Request_URI "/thinking$" no-gzip`.',
    timeout:
      'Add `timeout=60` or more to the `ProxyPass` of OpsAgent. The default is `ProxyTimeout`, then `Timeout`.',
    http_version: 'Load mod_http2 and set `Protocols h2 http/1.1`.',
  },
  Caddy: {
    response: /^(server|via): .*caddy/i,
    buffered: 'Update Caddy and set `flush_interval -1` in `reverse_proxy`.',
    compressed:
      'Exclude streams from `encode`: `@whole not path */thinking`, then `encode @whole gzip`.',
    cut: 'Set `read_timeout` of `transport http` to 60s or longer. Set `stream_close_delay`, so that a reload does not close streams.',
    post_wait: 'Set `read_timeout` of `transport http` to 60s or longer.',
  },
  'Traefik (by the headers that it adds)': {
    request: [/^x-forwarded-server$/, /^x-forwarded-port$/, /^x-real-ip$/],
    buffered: 'Remove the `buffering` middleware from this route.',
    compressed: 'Set `excludedContentTypes: [text/event-stream]` in the `compress` middleware.',
  },
  'Envoy or Istio': {
    response: /^(server: .*envoy|x-envoy-upstream-service-time:)/i,
    request: [/^x-envoy-/],
    buffered: 'Remove the buffer filter from this route.',
    compressed: 'Remove the compressor filter from this route.',
    cut: 'Set `timeout: 0s` for this route and `stream_idle_timeout` well above the heartbeat. If it must stay at 15 s, set KEEP_ALIVE_SECONDS=10 for OpsAgent.',
    post_wait: 'Set the `timeout` of this route to 60s.',
  },
  Varnish: {
    response: /^(x-varnish:|via: .*varnish)/i,
    request: [/^x-varnish$/],
    buffered:
      'In `vcl_recv`, `return (pass);` for everything but /static/. In `vcl_backend_response`, `set beresp.do_stream = true;`.',
    compressed: 'In `vcl_backend_response`, `set beresp.do_gzip = false;` for event streams.',
    cut: 'Set `.between_bytes_timeout = 60s;` in the backend, and keep send_timeout at 600 s.',
    post_wait: 'Set `.first_byte_timeout = 60s;` in the backend.',
  },
  Squid: {
    response: /^(via|x-cache|server): .*squid/i,
    buffered: 'Exclude OpsAgent from content adaptation (ICAP, eCAP). Squid itself streams.',
    timeout: 'Set `read_timeout 60 seconds` or longer.',
  },
  'IIS with ARR, or Azure App Service': {
    response:
      /^(set-cookie: .*arraffinity|server: .*microsoft-iis|x-powered-by: (arr|.*asp\.net))/i,
    request: [/^(x-arr-|x-appservice-)/],
    buffered:
      'IIS: set the response buffer of ARR to 0. App Service: use a Linux plan with a container; no setting for its buffer is documented.',
    compressed: 'Set `<urlCompression doDynamicCompression="false" />`.',
    timeout:
      'IIS: set the time-out of the ARR proxy to 60 s or longer. App Service: its limit is 230 s, so look for another proxy.',
    processes: 'Scale to one instance. Affinity cookies are not enough: clients can ignore them.',
  },
  'Azure Application Gateway': {
    response: /^set-cookie: .*ApplicationGatewayAffinity/i,
    request: [/^(x-appgw-|x-original-host$)/],
    buffered:
      'Turn the response buffer off: `az network application-gateway update --name NAME --resource-group GROUP --set globalConfiguration.enableResponseBuffering=false`.',
    timeout: 'Set the request time-out of the backend settings to 60 s or longer.',
  },
  'Azure Front Door': {
    response: /^x-azure-ref:/,
    request: [/^x-azure-/],
    buffered: 'Turn caching off for the route of OpsAgent.',
    compressed: 'Turn compression off for the route of OpsAgent.',
    timeout: 'Set the origin response time-out to 60 s or longer.',
  },
  'AWS Application Load Balancer': {
    response: /^(server: .*awselb|set-cookie: .*AWSALB)/i,
    request: [/^x-amzn-trace-id$/],
    timeout:
      'Set `idle_timeout.timeout_seconds` of the load balancer to 60 or more. HTTP/2 pings do not reset it.',
  },
  'Amazon CloudFront': {
    response: /^(x-amz-cf-id:|via: .*cloudfront)/i,
    request: [/^x-amz-cf-/],
    buffered: 'Use a behaviour with the policy CachingDisabled for OpsAgent.',
    compressed: 'Turn "Compress objects automatically" off in the behaviour of OpsAgent.',
    timeout: 'Raise the origin response time-out (30 s for each packet) to 60 s.',
  },
  Cloudflare: {
    response: /^(cf-ray:|server: .*cloudflare)/i,
    request: [/^cf-/],
    buffered:
      'Quick tunnels (trycloudflare.com) buffer all streams: use a named tunnel. Otherwise add a cache rule that bypasses OpsAgent, and turn Rocket Loader off.',
    compressed: 'Add a compression rule that excludes OpsAgent.',
    headers: 'Exclude OpsAgent from transform rules that change response headers.',
    timeout: fixedLimit(100),
  },
  'Google Cloud load balancer': {
    response: /^via: .*1\.1 google/i,
    timeout:
      'Set `timeoutSec` of the backend service to 3600. The default is 30 s for the whole response.',
  },
  'Google Cloud Run': {
    response: /^server: .*google frontend/i,
    timeout: 'Set the request time-out: `gcloud run services update NAME --timeout=3600`.',
    processes: 'Run one instance: `gcloud run services update NAME --max-instances=1`.',
  },
  Heroku: {
    response: /^(via: .*(vegur|heroku)|server: .*(heroku|cowboy))/i,
    cut: fixedLimit(55),
    post_wait: 'Set ANSWER_WAIT_SECONDS=25: Heroku waits 30 s for a response, a fixed limit.',
    processes: 'Run one dyno: `heroku ps:scale web=1`.',
  },
  'Fly.io': {
    response: /^(fly-request-id:|server: fly)/i,
    request: [/^fly-/],
    cut: fixedLimit(60),
    post_wait: 'Set ANSWER_WAIT_SECONDS=25 if requests are cut before 60 s.',
    processes: 'Run one machine: `fly scale count 1`.',
  },
}
