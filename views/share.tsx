import { html } from 'hono/html'
import type { Child } from 'hono/jsx'
import { routes, urlOf } from '../src/http/routes.ts'
import { utcText } from './duration.ts'
import { Layout } from './layout.tsx'
import { Record } from './record.tsx'
import type { RunRecord, Shell } from './types.ts'

type ShareProps = {
  conversation: string
  run: string
  /** Who can read the run with a link. */
  readers: 'users' | 'anyone'
  /** When the current link expires, in ms since 1970. */
  expiresAt?: number | undefined
  /** A link that was just created. It is shown once. */
  url?: string | undefined
}

/** Creates, replaces and withdraws the link to a run. */
export function ShareBox({ conversation, run, readers, expiresAt, url }: ShareProps) {
  const path = { id: conversation, run }
  const who = readers === 'anyone' ? 'Anyone with the link' : 'Every user with the link'
  return (
    <section class="share" aria-label="Share this run">
      <p>
        {who} can read this question, its answer and the results of its tools, and nothing else.
      </p>
      {url !== undefined && (
        <p class="share-link">
          <a href={url}>Link to this run</a>{' '}
          <button type="button" class="quiet copy-link">
            Copy link
          </button>
        </p>
      )}
      {expiresAt !== undefined && <p>The link works until {utcText(expiresAt)}.</p>}
      <div class="share-forms">
        <ShareForm action={urlOf(routes.share, path)}>
          {expiresAt === undefined ? 'Create a link' : 'Replace the link'}
        </ShareForm>
        {expiresAt !== undefined && (
          <ShareForm action={urlOf(routes.withdrawShare, path)}>Withdraw the link</ShareForm>
        )}
      </div>
    </section>
  )
}

function ShareForm({ action, children }: { action: string; children?: Child }) {
  return (
    <form
      method="post"
      action={action}
      hx-post={action}
      hx-target="closest .share"
      hx-swap="outerHTML"
    >
      <button type="submit" class="button">
        {children}
      </button>
    </form>
  )
}

/** The page around `ShareBox`, for a browser without JavaScript. */
export function SharePage({ shell, ...share }: ShareProps & { shell: Shell }) {
  return (
    <Layout shell={shell} title="Share a run · OpsAgent">
      <main class="error-page">
        <h1>Share a run</h1>
        <ShareBox {...share} />
        <p>
          <a class="button" href={urlOf(routes.conversation, { id: share.conversation })}>
            Back to the conversation
          </a>
        </p>
      </main>
    </Layout>
  )
}

type SharedProps = {
  record: RunRecord
  assets: Pick<Shell['assets'], 'css' | 'icon'>
  expiresAt: number
  children?: Child
}

/** The document of a shared run. It has no script, and gives its address to no other site. */
export function SharedRun({ record, assets, expiresAt, children }: SharedProps) {
  return html`<!doctype html>${(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{`${record.title} · OpsAgent`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        <link rel="icon" href={assets.icon} type="image/svg+xml" />
        <link rel="stylesheet" href={assets.css} />
      </head>
      <body>
        <Record record={record}>
          {children}
          <p class="note">A read-only copy, shared until {utcText(expiresAt)}.</p>
        </Record>
      </body>
    </html>
  )}`
}
