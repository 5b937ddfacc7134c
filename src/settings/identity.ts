import { z } from 'zod'
import { names, optional, optionalUrl, setting, text } from './setting.ts'

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])
const networks = names.refine((list) => list.every((one) => network.safeParse(one).success), {
  error: 'must be addresses or networks like 10.0.0.0/8, with commas',
})
const headerName = text
  .regex(/^[\w-]+$/, { error: 'must be the name of a header' })
  .transform((name) => name.toLowerCase())
const team = text
  .regex(/^[a-z0-9-]*$/i, { error: 'must be the part before .cloudflareaccess.com' })
  .transform((value) => (value === '' ? undefined : value))

/** Who people are, and who is believed about it. */
export const signOnSettings = {
  auth: setting(
    'AUTH',
    'none',
    z.enum(['none', 'easy-auth', 'forwarded', 'cloudflare-access', 'oidc-jwt', 'basic']),
    'Who people are; `none` is one local user. See "Your sign-on".',
  ),
  trustedProxies: setting(
    'TRUSTED_PROXIES',
    '',
    networks,
    'Addresses and networks, with commas, whose word counts on who asks and from where.',
  ),
  allowedHosts: setting(
    'ALLOWED_HOSTS',
    '',
    names,
    'Names, with commas, under which a server on a loopback `HOST` answers besides those of its machine.',
  ),
  proxyHeaders: setting(
    'PROXY_HEADERS',
    'x-forwarded',
    z.enum(['x-forwarded', 'forwarded']),
    'What they tell it with: `X-Forwarded-For`, `-Proto`, `-Host`, or `Forwarded`.',
  ),
  forwardedUserHeader: setting(
    'FORWARDED_USER_HEADER',
    'x-forwarded-user',
    headerName,
    '`AUTH=forwarded`: the header with the id; Authelia sets `Remote-User`.',
  ),
  forwardedNameHeader: setting(
    'FORWARDED_NAME_HEADER',
    'x-forwarded-email',
    headerName,
    'The header with the name to show; Authelia sets `Remote-Name`.',
  ),
  cloudflareAccessTeam: setting(
    'CLOUDFLARE_ACCESS_TEAM',
    '',
    team,
    '`AUTH=cloudflare-access`: the part before `.cloudflareaccess.com`.',
  ),
  cloudflareAccessAudience: setting(
    'CLOUDFLARE_ACCESS_AUDIENCE',
    '',
    optional,
    'The audience tag (AUD) of the Access application.',
  ),
  oidcIssuer: setting('OIDC_ISSUER', '', optionalUrl, '`AUTH=oidc-jwt`: `iss` of the tokens.'),
  oidcAudience: setting('OIDC_AUDIENCE', '', optional, '`aud` of the tokens.'),
  oidcJwksUrl: setting(
    'OIDC_JWKS_URL',
    '',
    optionalUrl,
    'Keys of the issuer: `jwks_uri` in its `/.well-known/openid-configuration`.',
  ),
  oidcCookie: setting(
    'OIDC_COOKIE',
    '',
    optional,
    'A cookie that holds the token, where `Authorization` does not.',
  ),
  basicUsers: setting(
    'BASIC_USERS',
    '',
    names,
    '`AUTH=basic`: lines of `bun run make-password`, with commas.',
  ),
}
