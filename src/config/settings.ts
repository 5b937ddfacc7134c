import { z } from 'zod'
import { limits } from './limits.ts'
import { model } from './model.ts'
import { systems } from './systems.ts'
import {
  headerName,
  hostNames,
  list,
  networks,
  oneOf,
  optional,
  patterns,
  postgresUrl,
  settingInfo,
  text,
  url,
  wholeNumber,
} from './values.ts'

const server = {
  port: wholeNumber(0, 65_535).default(8000).register(settingInfo, {
    variable: 'PORT',
    meaning: 'Port to listen on; 0 picks a free port.',
  }),
  host: text.default('127.0.0.1').register(settingInfo, {
    variable: 'HOST',
    meaning: 'Address to listen on. The container image sets `0.0.0.0`.',
  }),
  dataDir: text
    .default('./data')
    .register(settingInfo, { variable: 'DATA_DIR', meaning: 'Folder of the SQLite database.' }),
  allowedHosts: hostNames.default([]).register(settingInfo, {
    variable: 'ALLOWED_HOSTS',
    meaning:
      'Host names under which clients reach the server, comma-separated. Others are refused, except `localhost` and the names and addresses of the machine. If it is not set, names are checked with `AUTH=none` or a loopback `HOST` only.',
  }),
  trustedProxies: networks.default([]).register(settingInfo, {
    variable: 'TRUSTED_PROXIES',
    meaning:
      'Addresses and networks of the proxies whose headers are trusted, comma-separated, such as `10.0.0.0/8`.',
  }),
  proxyHeaders: oneOf('x-forwarded', 'forwarded').default('x-forwarded').register(settingInfo, {
    variable: 'PROXY_HEADERS',
    meaning:
      'Headers that trusted proxies set: `X-Forwarded-For`, `-Proto` and `-Host`, or `Forwarded`.',
  }),
  shutdownSeconds: wholeNumber(0, 600).default(25).register(settingInfo, {
    variable: 'SHUTDOWN_SECONDS',
    meaning: 'How long active runs may continue after SIGTERM before they are interrupted.',
  }),
}

const database = {
  retentionDays: wholeNumber(0, 36_500).default(0).register(settingInfo, {
    variable: 'RETENTION_DAYS',
    meaning:
      'Deletes conversations whose last question is older than this many days. 0 keeps them for ever.',
  }),
  databaseUrl: optional(postgresUrl).register(settingInfo, {
    variable: 'DATABASE_URL',
    meaning:
      'Postgres database instead of SQLite, `postgres://user:password@host:5432/name`. Any number of server processes share it.',
    secret: true,
  }),
  databaseConnections: wholeNumber(1, 1000).default(10).register(settingInfo, {
    variable: 'DATABASE_CONNECTIONS',
    meaning: 'Most Postgres connections of this process for requests. Its runs use five more.',
  }),
  migrate: oneOf('on', 'off').default('on').register(settingInfo, {
    variable: 'MIGRATE',
    meaning:
      'Whether to update the Postgres schema at start. With `off`, `bun run migrate` does it, and the role of the server needs no DDL rights.',
  }),
  leaseSeconds: wholeNumber(1, 300).default(10).register(settingInfo, {
    variable: 'LEASE_SECONDS',
    meaning:
      'With Postgres: after this time without contact, the runs of a process are interrupted by another one. In a Worker: when the runs of an object that was reset are interrupted.',
  }),
}

const logs = {
  logFormat: oneOf('text', 'json').default('text').register(settingInfo, {
    variable: 'LOG_FORMAT',
    meaning: 'Lines for a terminal, or one JSON object per line.',
  }),
  logLevel: oneOf('error', 'warn', 'info').default('info').register(settingInfo, {
    variable: 'LOG_LEVEL',
    meaning: 'The least severe level that is written.',
  }),
  accessLog: oneOf('off', 'on').default('off').register(settingInfo, {
    variable: 'ACCESS_LOG',
    meaning:
      'Writes a line for every request, with the client address and the user id. Query strings are left out.',
  }),
  redactPatterns: patterns.default([]).register(settingInfo, {
    variable: 'REDACT_PATTERNS',
    meaning:
      'What is redacted besides keys, tokens and passwords, in events, answers and logs: regular expressions, separated by spaces, such as `CUST-\\d{6} [a-z]{1,20}@acme\\.example`. Repetitions need a limit.',
  }),
}

const specialists = {
  agentsFile: optional(text).register(settingInfo, {
    variable: 'AGENTS_FILE',
    meaning:
      'YAML file that adds, changes or removes specialists, with their MCP servers and HTTP APIs. See `docs/agents-file.md`.',
  }),
  agents: optional(text).register(settingInfo, {
    variable: 'AGENTS',
    meaning: 'The text of such a file, where there is no file system.',
  }),
  runbooksDir: optional(text).register(settingInfo, {
    variable: 'RUNBOOKS_DIR',
    meaning: 'Folder of Markdown files that specialists search with `search_runbooks`.',
  }),
}

const identity = {
  auth: oneOf('none', 'easy-auth', 'forwarded', 'cloudflare-access', 'oidc-jwt', 'basic')
    .default('none')
    .register(settingInfo, {
      variable: 'AUTH',
      meaning: 'How users are identified. With `none` there is one local user.',
    }),
  forwardedUserHeader: headerName.default('x-forwarded-user').register(settingInfo, {
    variable: 'FORWARDED_USER_HEADER',
    meaning: '`AUTH=forwarded`: header with the user id. Authelia sets `Remote-User`.',
  }),
  forwardedNameHeader: headerName.default('x-forwarded-email').register(settingInfo, {
    variable: 'FORWARDED_NAME_HEADER',
    meaning: '`AUTH=forwarded`: header with the display name. Authelia sets `Remote-Name`.',
  }),
  cloudflareAccessTeam: optional(
    text.regex(/^[a-z0-9-]+$/i, { error: 'must be the part before .cloudflareaccess.com' }),
  ).register(settingInfo, {
    variable: 'CLOUDFLARE_ACCESS_TEAM',
    meaning:
      '`AUTH=cloudflare-access`: team name, the part of its domain before `.cloudflareaccess.com`.',
  }),
  cloudflareAccessAudience: optional(text).register(settingInfo, {
    variable: 'CLOUDFLARE_ACCESS_AUDIENCE',
    meaning: '`AUTH=cloudflare-access`: audience tag (AUD) of the Access application.',
  }),
  oidcIssuer: optional(url).register(settingInfo, {
    variable: 'OIDC_ISSUER',
    meaning: '`AUTH=oidc-jwt`: issuer (`iss`) of the tokens.',
  }),
  oidcAudience: optional(text).register(settingInfo, {
    variable: 'OIDC_AUDIENCE',
    meaning: '`AUTH=oidc-jwt`: audience (`aud`) of the tokens.',
  }),
  oidcJwksUrl: optional(url).register(settingInfo, {
    variable: 'OIDC_JWKS_URL',
    meaning:
      '`AUTH=oidc-jwt`: URL of the signing keys, the `jwks_uri` in `/.well-known/openid-configuration` of the issuer.',
  }),
  oidcCookie: optional(text).register(settingInfo, {
    variable: 'OIDC_COOKIE',
    meaning: '`AUTH=oidc-jwt`: cookie with the token, for requests without `Authorization`.',
  }),
  share: oneOf('users', 'anyone', 'off').default('users').register(settingInfo, {
    variable: 'SHARE',
    meaning:
      'Who may read a run that its user has shared by a link: users who are identified, anyone with the link, or nobody.',
  }),
  shareDays: wholeNumber(1, 3650).default(30).register(settingInfo, {
    variable: 'SHARE_DAYS',
    meaning: 'How long the link to a shared run works, in days.',
  }),
  basicUsers: list.default([]).register(settingInfo, {
    variable: 'BASIC_USERS',
    meaning:
      '`AUTH=basic`: entries made with `bun run make-password NAME`, comma-separated; for a Worker with `--edge`.',
    secret: true,
  }),
}

/** Every setting, by group. The README, `.env.example` and `Config` are made from this. */
export const settingGroups = {
  Server: server,
  Database: database,
  Logs: logs,
  Model: model,
  Systems: systems,
  Specialists: specialists,
  Identity: identity,
  Limits: limits,
}

/** All groups as one object: reads the values of environment variables into the settings. */
export const settingsSchema = z.object({
  ...server,
  ...database,
  ...logs,
  ...model,
  ...systems,
  ...specialists,
  ...identity,
  ...limits,
})
