import { fill, type ProxyCase } from '../support/proxy-case.ts'

/** Caddy in front of two servers, with the config of `deploy/`. The port of the first server is given at start. */
export function caddyInFrontOf(secondPort: number): ProxyCase {
  return {
    name: 'Caddy in front of two servers',
    programs: ['caddy'],
    async plan({ folder, port, serverPort }) {
      const site = await fill('deploy/caddy/Caddyfile.postgres', {
        '{$SITE:ops.example.com}': `http://127.0.0.1:${port}`,
        '127.0.0.1:8000 127.0.0.1:8001': `127.0.0.1:${serverPort} 127.0.0.1:${secondPort}`,
      })
      const global = `{\n\tadmin off\n\tstorage file_system ${folder}\n}\n`
      const command = ['run', '--adapter', 'caddyfile', '--config', 'Caddyfile']
      return { files: { Caddyfile: global + site }, commands: [['caddy', ...command]] }
    },
  }
}
