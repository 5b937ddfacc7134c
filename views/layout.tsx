import { html } from 'hono/html'
import type { Child } from 'hono/jsx'
import { toastOnError } from './error-placement.ts'
import type { Shell } from './types.ts'

type Props = {
  shell: Shell
  title: string
  /** Where the page goes after some seconds without JavaScript, because it shows a run in progress. */
  next?: string | undefined
  children?: Child
}

/** How long a page without JavaScript waits before it loads itself again. */
const refreshSeconds = 2

// The content policy forbids the style that htmx would add. Going back reloads the page, because a page that htmx
// restores could show an outdated run.
// Morphing keeps what the user has opened.
const htmxConfig =
  '{"includeIndicatorCSS":false,"history":"reload","extensions":"sse","morphIgnore":["data-htmx-powered","open"]}'

/** The whole document around the content of a page. */
export function Layout({ shell: { assets }, title, next, children }: Props) {
  return html`<!doctype html>${(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{title}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#f6f7f9" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#14181e" media="(prefers-color-scheme: dark)" />
        <meta name="htmx-config" content={htmxConfig} />
        {next !== undefined && (
          <noscript>
            <meta http-equiv="refresh" content={`${refreshSeconds}; url=${next}`} />
          </noscript>
        )}
        <link
          rel="icon"
          href={assets.icon}
          type="image/svg+xml"
          data-running={assets.iconRunning}
          data-ready={assets.iconReady}
        />
        <link rel="stylesheet" href={assets.css} />
      </head>
      <body {...toastOnError}>
        {children}
        <output id="status" class="sr-only" />
        {/* Not deferred: htmx would start before its extension is registered and would not open the streams. */}
        <script src={assets.htmx} />
        <script src={assets.sse} />
        <script type="module" src={assets.app} />
      </body>
    </html>
  )}`
}
