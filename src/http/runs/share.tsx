import { type Context, Hono } from 'hono'
import { raw } from 'hono/html'
import { ShareBox, SharedRun, SharePage } from '../../../views/share.tsx'
import { OpsError } from '../../core/errors.ts'
import type { Share } from '../../storage/store.ts'
import { type AppServices, type ConversationEnv, type HttpEnv, isHtmx } from '../context.ts'
import { runPath, valid } from '../input.ts'
import { routes, urlOf } from '../routes.ts'
import { toolsHtml } from './export.tsx'
import { readRecord } from './run-record.ts'
import { createShareLink, hashOfShareLink, readShareLink } from './share-link.ts'

const dayMs = 86_400_000

type Created = Pick<Share, 'expiresAt'> & { url: string }

/** Creates, shows and withdraws the link to a run of the user. */
export function shareRoutes(services: AppServices): Hono<ConversationEnv> {
  const { shell, now, limits } = services
  const { share: readers } = limits
  const share = new Hono<ConversationEnv>()
  if (readers === 'off') return share

  share.get(routes.share, valid('param', runPath), async (c) => {
    const { run } = c.req.valid('param')
    return answer(c, run, await current(c, run))
  })
  share.post(routes.share, valid('param', runPath), async (c) => {
    const { run } = c.req.valid('param')
    return answer(c, run, await create(c, run))
  })
  share.post(routes.withdrawShare, valid('param', runPath), async (c) => {
    const { run } = c.req.valid('param')
    await c.get('history').deleteShare(c.get('conversation').id, run)
    return answer(c, run, undefined)
  })

  share.get(routes.api.share, valid('param', runPath), async (c) => {
    const found = await current(c, c.req.valid('param').run)
    if (found === undefined) throw new OpsError('not_found')
    return c.json({ expires_at: new Date(found.expiresAt).toISOString() })
  })
  share.post(routes.api.share, valid('param', runPath), async (c) => {
    const { url, expiresAt } = await create(c, c.req.valid('param').run)
    c.header('location', url)
    return c.json({ url, expires_at: new Date(expiresAt).toISOString() }, 201)
  })
  share.delete(routes.api.share, valid('param', runPath), async (c) => {
    await c.get('history').deleteShare(c.get('conversation').id, c.req.valid('param').run)
    return c.body(null, 204)
  })

  async function current(c: Context<ConversationEnv>, run: string): Promise<Share | undefined> {
    const found = await c.get('history').findShare(c.get('conversation').id, run)
    return found !== undefined && found.expiresAt > now() ? found : undefined
  }

  async function create(c: Context<ConversationEnv>, run: string): Promise<Created> {
    const link = createShareLink(services.sharePlace)
    const expiresAt = now() + limits.shareDays * dayMs
    const parsed = readShareLink(link)
    if (parsed === undefined) throw new OpsError('internal', { cause: 'a link that is not valid' })
    const hash = await hashOfShareLink(parsed)
    const { id: conversation } = c.get('conversation')
    await c.get('history').createShare({ conversation, run, hash, expiresAt })
    return { expiresAt, url: urlOf(routes.shared, { link }) }
  }

  function answer(
    c: Context<ConversationEnv>,
    run: string,
    found: { expiresAt: number; url?: string } | undefined,
  ) {
    const { id: conversation } = c.get('conversation')
    const props = {
      conversation,
      run,
      readers: readers === 'anyone' ? ('anyone' as const) : ('users' as const),
      expiresAt: found?.expiresAt,
      url: found?.url,
    }
    if (isHtmx(c)) return c.html(<ShareBox {...props} />)
    return c.html(<SharePage {...props} shell={{ ...shell, user: c.get('user') }} />)
  }
  return share
}

/** The page of a shared run. It has no access to anything else of its owner. */
export function sharedRoutes({ store, runs, shell, now }: AppServices): Hono<HttpEnv> {
  const shared = new Hono<HttpEnv>()
  shared.get(routes.shared, async (c) => {
    const link = readShareLink(c.req.param('link'))
    const found = link && (await store.findShare(await hashOfShareLink(link)))
    // The same for a link that has expired, was withdrawn, or never existed.
    if (found === undefined || found.expiresAt <= now()) {
      throw new OpsError('not_found', { message: 'This link has expired or was withdrawn.' })
    }
    const { owner, conversation: id, run, expiresAt } = found
    const conversation = await store.forOwner(owner).findConversation(id)
    if (conversation === undefined) throw new OpsError('not_found')
    const record = await readRecord(runs, conversation, run)
    const tools = raw(await toolsHtml(record.tools))
    c.header('cache-control', 'no-store')
    c.header('x-robots-tag', 'noindex')
    return c.html(
      <SharedRun record={record} assets={shell.assets} expiresAt={expiresAt}>
        {tools}
      </SharedRun>,
    )
  })
  return shared
}
