import { fill, type ProxyCase, type ProxyPlace } from './proxy-case.ts'

const own = 'test/proxy/configs'
const programs = ['nginx']

/** nginx: as we advise, as people write it first, compressing too much, twice in a row, and with HTTP/2. */
export const nginxCases: ProxyCase[] = [
  { name: 'nginx', programs, plan: (place) => one(place, 'deploy/nginx/opsagent.conf', timeout) },
  {
    name: 'nginx as it comes (HTTP/1.0 upstream)',
    programs,
    plan: (place) => one(place, `${own}/nginx-bare.conf`),
  },
  {
    name: 'nginx with gzip on everything',
    programs,
    compresses: true,
    plan: (place) => one(place, `${own}/nginx-gzip.conf`),
  },
  { name: 'nginx behind nginx', programs, plan: (place) => two(place, {}) },
  {
    name: 'nginx with TLS and HTTP/2',
    programs,
    http2: true,
    plan: (place) =>
      one(place, 'deploy/nginx/opsagent-tls.conf', (given) => ({
        ...timeout(given),
        'listen 443': `listen 127.0.0.1:${given.port}`,
        '/etc/ssl/certs/ops.example.com.pem': 'tls.crt',
        '/etc/ssl/private/ops.example.com.key': 'tls.key',
        'listen 80': `listen 127.0.0.1:${given.innerPort}`,
      })),
  },
]

/** Two nginx in a row whose inner one was not told to pass the header on: what happens to those who do not know. */
export const untoldChain: ProxyCase = {
  name: 'nginx behind nginx, not told',
  programs,
  plan: (place) => two(place, { 'proxy_pass_header X-Accel-Buffering;': '' }),
}

function timeout({ readSeconds }: ProxyPlace): Record<string, string> {
  return { 'proxy_read_timeout 60s': `proxy_read_timeout ${readSeconds}s` }
}

async function one(
  place: ProxyPlace,
  path: string,
  more: (place: ProxyPlace) => Record<string, string> = () => ({}),
) {
  const given = more(place)
  const site = await fill(path, {
    ...('listen 80' in given ? {} : { 'listen 80': `listen 127.0.0.1:${place.port}` }),
    '127.0.0.1:8000': `127.0.0.1:${place.serverPort}`,
    ...given,
  })
  return await nginx(place, { 'site-1.conf': site })
}

async function two(place: ProxyPlace, told: Record<string, string>) {
  const inner = await fill('deploy/nginx/inner.conf', {
    'listen 80': `listen 127.0.0.1:${place.innerPort}`,
    '127.0.0.1:8000': `127.0.0.1:${place.serverPort}`,
    ...timeout(place),
    ...told,
  })
  const outer = await fill(`${own}/nginx-bare.conf`, {
    'listen 80': `listen 127.0.0.1:${place.port}`,
    '127.0.0.1:8000': `127.0.0.1:${place.innerPort}`,
  })
  return await nginx(place, { 'site-1.conf': inner, 'site-2.conf': outer })
}

async function nginx(place: ProxyPlace, sites: Record<string, string>) {
  const main = await fill(`${own}/nginx-main.conf`, timeout(place))
  return {
    files: { ...sites, 'nginx.conf': main },
    commands: [
      ['nginx', '-p', place.folder, '-c', 'nginx.conf', '-e', 'error.log', '-g', 'daemon off;'],
    ] as [string, ...string[]][],
  }
}
