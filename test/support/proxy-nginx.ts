import { fill, type ProxyCase, type ProxyPlace, type ProxyPlan } from './proxy-case.ts'

const configs = 'test/proxy/configs'
const programs = ['nginx']

/** nginx with the recommended config, with minimal and over-compressing ones, in a chain, and with HTTP/2. */
export const nginxCases: ProxyCase[] = [
  {
    name: 'nginx',
    programs,
    plan: (place) => single(place, 'deploy/nginx/opsagent.conf', timeout(place)),
  },
  {
    name: 'nginx with a minimal config (HTTP/1.0 upstream)',
    programs,
    plan: (place) => single(place, `${configs}/nginx-minimal.conf`),
  },
  {
    name: 'nginx with gzip for everything',
    programs,
    compresses: true,
    plan: (place) => single(place, `${configs}/nginx-gzip.conf`),
  },
  { name: 'nginx behind nginx', programs, plan: (place) => chain(place, {}) },
  {
    name: 'nginx with TLS and HTTP/2',
    programs,
    http2: true,
    plan: (place) =>
      single(place, 'deploy/nginx/opsagent-tls.conf', {
        ...timeout(place),
        'listen 443': `listen 127.0.0.1:${place.port}`,
        '/etc/ssl/certs/ops.example.com.pem': 'tls.crt',
        '/etc/ssl/private/ops.example.com.key': 'tls.key',
        'listen 80': `listen 127.0.0.1:${place.innerPort}`,
      }),
  },
]

/** Two nginx in a row whose inner one drops `X-Accel-Buffering`, so that the outer one buffers. */
export const bufferingChain: ProxyCase = {
  name: 'nginx behind nginx without X-Accel-Buffering',
  programs,
  plan: (place) => chain(place, { 'proxy_pass_header X-Accel-Buffering;': '' }),
}

function timeout({ readSeconds }: ProxyPlace): Record<string, string> {
  return { 'proxy_read_timeout 60s': `proxy_read_timeout ${readSeconds}s` }
}

async function single(place: ProxyPlace, path: string, values: Record<string, string> = {}) {
  const site = await fill(path, {
    ...('listen 80' in values ? {} : { 'listen 80': `listen 127.0.0.1:${place.port}` }),
    '127.0.0.1:8000': `127.0.0.1:${place.serverPort}`,
    ...values,
  })
  return await nginx(place, { 'site-1.conf': site })
}

async function chain(place: ProxyPlace, innerValues: Record<string, string>) {
  const inner = await fill('deploy/nginx/inner.conf', {
    'listen 80': `listen 127.0.0.1:${place.innerPort}`,
    '127.0.0.1:8000': `127.0.0.1:${place.serverPort}`,
    ...timeout(place),
    ...innerValues,
  })
  const outer = await fill(`${configs}/nginx-minimal.conf`, {
    'listen 80': `listen 127.0.0.1:${place.port}`,
    '127.0.0.1:8000': `127.0.0.1:${place.innerPort}`,
  })
  return await nginx(place, { 'site-1.conf': inner, 'site-2.conf': outer })
}

async function nginx(place: ProxyPlace, sites: Record<string, string>): Promise<ProxyPlan> {
  const main = await fill(`${configs}/nginx-main.conf`, timeout(place))
  return {
    files: { ...sites, 'nginx.conf': main },
    commands: [
      ['nginx', '-p', place.folder, '-c', 'nginx.conf', '-e', 'error.log', '-g', 'daemon off;'],
    ],
  }
}
