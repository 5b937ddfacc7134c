import { fill, type ProxyCase, type ProxyPlace, type ProxyPlan } from './proxy-case.ts'
import { nginxCases } from './proxy-nginx.ts'

const configs = 'test/proxy/configs'
const upstream = ({ serverPort }: ProxyPlace) => ({ '127.0.0.1:8000': `127.0.0.1:${serverPort}` })

/** Every proxy under test, with the configs of `deploy/` and with minimal and over-compressing ones. */
export const proxyCases: ProxyCase[] = [
  ...nginxCases,
  {
    name: 'Apache httpd',
    programs: ['apache2'],
    plan: (place) =>
      apache(place, 'deploy/apache/opsagent.conf', {
        'timeout=60': `timeout=${place.readSeconds}`,
      }),
  },
  {
    name: 'Apache httpd with deflate for everything',
    programs: ['apache2'],
    compresses: true,
    plan: (place) => apache(place, `${configs}/apache-deflate.conf`, {}),
  },
  { name: 'HAProxy', programs: ['haproxy'], plan: (place) => haproxy(place, '') },
  {
    name: 'HAProxy with compression for everything',
    programs: ['haproxy'],
    plan: (place) => haproxy(place, '  filter compression\n  compression algo gzip\n'),
  },
  {
    name: 'Caddy with TLS and HTTP/2',
    programs: ['caddy'],
    http2: true,
    plan: (place) =>
      caddy(place, 'deploy/caddy/Caddyfile', {
        '{$SITE:ops.example.com} {': `https://127.0.0.1:${place.port} {\n\ttls tls.crt tls.key`,
        'read_timeout 60s': `read_timeout ${place.readSeconds}s`,
      }),
  },
  {
    name: 'Caddy with encode for everything',
    programs: ['caddy'],
    noReadTimeout: true,
    plan: (place) =>
      caddy(place, `${configs}/Caddyfile-encode`, {
        'ops.example.com': `http://127.0.0.1:${place.port}`,
      }),
  },
  {
    name: 'Varnish',
    programs: ['varnishd'],
    plan: (place) => varnish(place, 'deploy/varnish/default.vcl', ['-a', listen(place)]),
  },
  {
    name: 'Varnish with a minimal config',
    programs: ['varnishd'],
    plan: (place) => varnish(place, `${configs}/minimal.vcl`, ['-a', listen(place)]),
  },
  { name: 'hitch and Varnish', programs: ['hitch', 'varnishd'], http2: true, plan: hitch },
  { name: 'Squid', programs: ['squid'], plan: squid },
]

function listen({ port }: ProxyPlace): string {
  return `127.0.0.1:${port}`
}

async function apache(place: ProxyPlace, path: string, values: Record<string, string>) {
  const main = await fill(`${configs}/apache-main.conf`, {
    '127.0.0.1:80': listen(place),
    'Timeout 60': `Timeout ${place.readSeconds}`,
    FOLDER: place.folder,
  })
  const site = await fill(path, { '*:80': `*:${place.port}`, ...upstream(place), ...values })
  return plan({ 'apache.conf': main, 'site.conf': site }, [
    'apache2',
    '-DFOREGROUND',
    '-f',
    `${place.folder}/apache.conf`,
  ])
}

async function haproxy(place: ProxyPlace, additions: string) {
  const config = await fill('deploy/haproxy/haproxy.cfg', {
    'bind :80': `bind ${listen(place)}`,
    ...upstream(place),
    'maxconn 6000': 'maxconn 100',
    'timeout client 60s': `timeout client ${place.readSeconds}s`,
    'timeout server 60s': `timeout server ${place.readSeconds}s`,
  })
  return plan({ 'haproxy.cfg': config + additions }, ['haproxy', '-db', '-f', 'haproxy.cfg'])
}

async function caddy(place: ProxyPlace, path: string, values: Record<string, string>) {
  // Caddy must not install a root certificate, open more ports or write to the home folder.
  const global = `{
	admin off
	auto_https off
	storage file_system ${place.folder}
}
`
  const site = await fill(path, { ...upstream(place), ...values })
  return plan({ Caddyfile: global + site }, [
    'caddy',
    'run',
    '--adapter',
    'caddyfile',
    '--config',
    'Caddyfile',
  ])
}

async function varnish(place: ProxyPlace, path: string, addresses: string[]): Promise<ProxyPlan> {
  const seconds = `${place.readSeconds}s`
  const vcl = await fill(path, {
    '.port = "8000"': `.port = "${place.serverPort}"`,
    'first_byte_timeout = 60s': `first_byte_timeout = ${seconds}`,
    'between_bytes_timeout = 60s': `between_bytes_timeout = ${seconds}`,
  })
  const memory = ['-s', 'malloc,16m', '-p', 'vsl_space=1m']
  return plan({ 'default.vcl': vcl }, [
    'varnishd',
    '-F',
    '-j',
    'none',
    '-n',
    `${place.folder}/varnish`,
    '-f',
    `${place.folder}/default.vcl`,
    ...addresses,
    ...memory,
  ])
}

async function hitch(place: ProxyPlace): Promise<ProxyPlan> {
  const inner = `127.0.0.1:${place.innerPort}`
  const behind = await varnish(place, 'deploy/varnish/default.vcl', [
    '-a',
    `tls=${inner},PROXY`,
    '-p',
    'feature=+http2',
  ])
  const config = await fill('deploy/varnish/hitch.conf', {
    '"[*]:443"': `"[127.0.0.1]:${place.port}"`,
    '[127.0.0.1]:8443': `[127.0.0.1]:${place.innerPort}`,
    '/etc/hitch/ops.example.com.pem': `${place.folder}/tls.pem`,
  })
  return {
    files: { ...behind.files, 'hitch.conf': config },
    commands: [...behind.commands, ['hitch', '--config', 'hitch.conf']],
  }
}

async function squid(place: ProxyPlace): Promise<ProxyPlan> {
  const config = await fill('deploy/squid/squid.conf', {
    'http_port 80': `http_port ${listen(place)}`,
    'parent 8000': `parent ${place.serverPort}`,
    'read_timeout 60 seconds': `read_timeout ${place.readSeconds} seconds`,
  })
  const { folder } = place
  const paths = `
pid_filename ${folder}/squid.pid
cache_log ${folder}/squid.log
coredump_dir ${folder}
access_log none
pinger_enable off
visible_hostname localhost
shutdown_lifetime 0 seconds
`
  return plan({ 'squid.conf': config + paths }, [
    'squid',
    '-N',
    '-n',
    `opsagent${place.port}`,
    '-f',
    `${folder}/squid.conf`,
  ])
}

function plan(files: Record<string, string>, command: [string, ...string[]]): ProxyPlan {
  return { files, commands: [command] }
}
