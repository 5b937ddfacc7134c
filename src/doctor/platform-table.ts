import { type ProxyEntry, words } from './proxy-entry.ts'

const { anything, orWaitLess, oneProcess } = words

/** Proxies that belong to a platform, by what they leave in headers. */
export const platformTable: readonly ProxyEntry[] = [
  {
    name: 'IIS with ARR, or Azure App Service',
    answer: [
      ['set-cookie', /arraffinity/i],
      ['server', /microsoft-iis/i],
      ['x-powered-by', /^ARR|ASP\.NET/i],
    ],
    request: [/^(x-arr-|x-appservice-)/],
    fixes: {
      buffered:
        'On IIS set the response buffer of ARR to 0 and `<urlCompression doDynamicCompression="false" />`. On App Service take the plan for Linux with a container of its own; no setting for its buffer is documented.',
      compressed: 'Set `<urlCompression doDynamicCompression="false" />`.',
      cut: 'It cuts after about 230 s of silence, which the heartbeats prevent; a shorter limit is somebody else’s, or the time-out of the ARR proxy: set it to 60 s or longer.',
      processes: `Scale out to one instance (affinity cookies are no cure, as a program may not keep them): ${oneProcess}.`,
      post_wait: `The limit of App Service is 230 s; raise that of the ARR proxy, ${orWaitLess}.`,
    },
  },
  {
    name: 'Azure Application Gateway',
    answer: [['set-cookie', /ApplicationGatewayAffinity/i]],
    request: [/^(x-appgw-|x-original-host$)/],
    fixes: {
      buffered:
        'Turn its response buffer off: `az network application-gateway update --name NAME --resource-group GROUP --set globalConfiguration.enableResponseBuffering=false`.',
      cut: 'Set the request time-out of the backend settings to 60 s or longer.',
      processes: `Name one target in the backend pool: ${oneProcess}.`,
      post_wait: `Set the request time-out of the backend settings to 60 s or longer, ${orWaitLess}.`,
    },
  },
  {
    name: 'Azure Front Door',
    answer: [['x-azure-ref', anything]],
    request: [/^x-azure-/],
    fixes: {
      buffered: 'Turn caching and compression off for the route of OpsAgent.',
      compressed: 'Turn compression off for the route of OpsAgent.',
      cut: 'Set the origin response time-out to 60 s or longer.',
      post_wait: `Set the origin response time-out to 60 s or longer, ${orWaitLess}.`,
    },
  },
  {
    name: 'AWS Application Load Balancer',
    answer: [
      ['server', /awselb/i],
      ['set-cookie', /AWSALB/],
    ],
    request: [/^x-amzn-trace-id$/],
    fixes: {
      cut: 'Set `idle_timeout.timeout_seconds` of the load balancer to 60 or more; its pings over HTTP/2 do not count.',
      processes: `Register one target in the target group: ${oneProcess}.`,
      post_wait: `Set \`idle_timeout.timeout_seconds\` of the load balancer to 60 or more, ${orWaitLess}.`,
    },
  },
  {
    name: 'Amazon CloudFront',
    answer: [
      ['x-amz-cf-id', anything],
      ['via', /cloudfront/i],
    ],
    request: [/^x-amz-cf-/],
    fixes: {
      buffered: 'Give OpsAgent a behaviour with the policy CachingDisabled, and compression off.',
      compressed: 'Turn "Compress objects automatically" off for the behaviour of OpsAgent.',
      cut: 'Raise the origin response time-out (30 s for each packet) to 60 s.',
      post_wait: `Raise the origin response time-out (30 s) to 60 s, ${orWaitLess}.`,
    },
  },
  {
    name: 'Cloudflare',
    answer: [
      ['cf-ray', anything],
      ['server', /cloudflare/i],
    ],
    request: [/^cf-/],
    fixes: {
      buffered:
        'A quick tunnel (trycloudflare.com) holds every stream back to its end: take a named tunnel. Otherwise write a cache rule that bypasses OpsAgent, and turn Rocket Loader off.',
      compressed: 'Write a compression rule that leaves OpsAgent alone.',
      headers: 'Write no transform rule for OpsAgent that changes its headers.',
      cut: 'It cuts after 100 s of silence, which the heartbeats prevent; a shorter limit is that of another proxy.',
      post_wait: `It waits 100 s for an answer; a shorter limit is that of another proxy: raise that, ${orWaitLess}.`,
    },
  },
  {
    name: 'Google Cloud load balancer',
    answer: [['via', /1\.1 google/i]],
    fixes: {
      cut: 'Set `timeoutSec` of the backend service (30 s, and for the whole response) to 3600.',
      processes: `Let one instance alone stand behind the backend service: ${oneProcess}.`,
      post_wait: `Set \`timeoutSec\` of the backend service to 3600, ${orWaitLess}.`,
    },
  },
  {
    name: 'Google Cloud Run',
    answer: [['server', /google frontend/i]],
    fixes: {
      cut: 'Set the request time-out to its most: `gcloud run services update NAME --timeout=3600`.',
      processes: `Run one instance: \`gcloud run services update NAME --max-instances=1\`; ${oneProcess}.`,
      post_wait: `Set the request time-out to 3600 s: \`gcloud run services update NAME --timeout=3600\`, ${orWaitLess}.`,
    },
  },
  {
    name: 'Heroku',
    answer: [
      ['via', /vegur|heroku/i],
      ['server', /heroku|cowboy/i],
    ],
    fixes: {
      cut: 'It cuts after 55 s of silence, which the heartbeats prevent; a shorter limit is that of another proxy.',
      processes: `Run one dyno: \`heroku ps:scale web=1\`; ${oneProcess}.`,
      post_wait:
        'It waits 30 s for an answer and cannot be told otherwise: set ANSWER_WAIT_SECONDS=25.',
    },
  },
  {
    name: 'Fly.io',
    answer: [
      ['fly-request-id', anything],
      ['server', /^fly/i],
    ],
    request: [/^fly-/],
    fixes: {
      cut: 'It cuts after 60 s of silence, which the heartbeats prevent; a shorter limit is that of another proxy.',
      processes: `Run one machine: \`fly scale count 1\`; ${oneProcess}.`,
      post_wait:
        'It waits about 60 s for an answer: set ANSWER_WAIT_SECONDS=25 if it is cut before.',
    },
  },
]
