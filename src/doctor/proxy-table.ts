import { type ProxyEntry, words } from './proxy-entry.ts'

const { anything, orWaitLess, oneProcess } = words

/** Proxies that people run themselves, by what they leave in headers. */
export const proxyTable: readonly ProxyEntry[] = [
  {
    name: 'nginx',
    answer: [['server', /nginx|openresty/i]],
    fixes: {
      buffered:
        'Write `proxy_buffering off;` into the location of OpsAgent, and take `proxy_ignore_headers X-Accel-Buffering` out if it is there. With one nginx behind another, write `proxy_pass_header X-Accel-Buffering;` into the inner one, or the outer one never hears of it.',
      compressed:
        'Take `text/event-stream` (or `*`) out of `gzip_types`. nginx does not heed no-transform.',
      cut: 'Set `proxy_read_timeout 60s;` or longer. It counts the silence between two bytes, and the heartbeats end it.',
      heartbeats: 'Write `proxy_buffering off;` into the location of OpsAgent.',
      processes: `Let one server alone stand in \`upstream\`: ${oneProcess}.`,
      post_wait: `Set \`proxy_read_timeout 60s;\` or longer, ${orWaitLess}.`,
      http_version:
        'Write `http2 on;` beside `listen 443 ssl;` (before 1.25.1: `listen 443 ssl http2;`).',
    },
  },
  {
    name: 'Apache httpd',
    answer: [['server', /apache/i]],
    fixes: {
      buffered:
        'Add `flushpackets=on` to the `ProxyPass` of OpsAgent, and keep mod_deflate away: `SetEnvIf Request_URI "/thinking$" no-gzip`.',
      compressed: 'Write `SetEnvIf Request_URI "/thinking$" no-gzip`.',
      cut: 'Add `timeout=60` or more to the `ProxyPass` of OpsAgent; without it `ProxyTimeout` or `Timeout` counts.',
      processes: `Let one \`BalancerMember\` alone stand in the balancer: ${oneProcess}.`,
      post_wait: `Add \`timeout=60\` or more to the \`ProxyPass\` of OpsAgent, ${orWaitLess}.`,
      http_version: 'Load mod_http2 and write `Protocols h2 http/1.1`.',
    },
  },
  {
    name: 'Caddy',
    answer: [
      ['server', /caddy/i],
      ['via', /caddy/i],
    ],
    fixes: {
      buffered:
        'Take a recent Caddy, write `flush_interval -1` into `reverse_proxy`, and leave streams out of `encode`: `@whole not path */thinking`, then `encode @whole gzip`.',
      compressed:
        'Leave streams out of `encode`: `@whole not path */thinking`, then `encode @whole gzip`.',
      cut: 'Set `read_timeout` of the `transport http` to 60s or longer, and a `stream_close_delay`, so that a reload does not cut all streams.',
      processes: `Name one upstream in \`reverse_proxy\`: ${oneProcess}.`,
      post_wait: `Set \`read_timeout\` of the \`transport http\` to 60s or longer, ${orWaitLess}.`,
    },
  },
  {
    name: 'Traefik (by the headers that it adds)',
    request: [/^x-forwarded-server$/, /^x-forwarded-port$/, /^x-real-ip$/],
    fixes: {
      buffered:
        'In the `compress` middleware set `excludedContentTypes: [text/event-stream]`, and take the `buffering` middleware off this route.',
      compressed: 'In the `compress` middleware set `excludedContentTypes: [text/event-stream]`.',
    },
  },
  {
    name: 'Envoy or Istio',
    answer: [
      ['server', /envoy/i],
      ['x-envoy-upstream-service-time', anything],
    ],
    request: [/^x-envoy-/],
    fixes: {
      buffered: 'Take the buffer and compressor filters off this route.',
      cut: 'Set `timeout: 0s` for this route and a `stream_idle_timeout` well above the heartbeat; where it is 15 s, set KEEP_ALIVE_SECONDS=10 for OpsAgent.',
      processes: `Set \`replicas: 1\`: ${oneProcess}.`,
      post_wait: `Raise the \`timeout\` of this route to 60s, ${orWaitLess}.`,
    },
  },
  {
    name: 'Varnish',
    answer: [
      ['x-varnish', anything],
      ['via', /varnish/i],
    ],
    request: [/^x-varnish$/],
    fixes: {
      buffered:
        'In `vcl_recv` say `return (pass);` for everything but /static/, and in `vcl_backend_response` say `set beresp.do_stream = true;` and `set beresp.do_gzip = false;`.',
      compressed: 'In `vcl_backend_response` say `set beresp.do_gzip = false;` for event streams.',
      cut: 'Set `.between_bytes_timeout = 60s;` in the backend, and leave send_timeout at 600 s.',
      processes: `Name one backend and no director: ${oneProcess}.`,
      post_wait: `Set \`.first_byte_timeout = 60s;\` in the backend, ${orWaitLess}.`,
    },
  },
  {
    name: 'Squid',
    answer: [
      ['via', /squid/i],
      ['x-cache', /squid/i],
      ['server', /squid/i],
    ],
    fixes: {
      buffered:
        'Take content adaptation (ICAP, eCAP) off these addresses; Squid alone passes streams on.',
      cut: 'Set `read_timeout 60 seconds` or longer.',
      processes: `Name one \`cache_peer\`: ${oneProcess}.`,
      post_wait: `Set \`read_timeout 60 seconds\` or longer, ${orWaitLess}.`,
    },
  },
]
