import { ErrorNote } from './error-note.tsx'
import { Layout } from './layout.tsx'
import type { Shell } from './types.ts'

type Props = { shell?: Shell | undefined; status: number; message: string; requestId: string }

/** A whole page for a request that could not be answered; without a shell it stands without any asset. */
export function ErrorPage({ shell, status, message, requestId }: Props) {
  const title = `${status} · OpsAgent`
  const body = (
    <main class="error-page">
      <h1>{status}</h1>
      <ErrorNote message={message} requestId={requestId} />
      <p>
        <a class="button" href="/">
          Back to OpsAgent
        </a>
      </p>
    </main>
  )
  if (shell) {
    return (
      <Layout shell={shell} title={title}>
        {body}
      </Layout>
    )
  }
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{title}</title>
      </head>
      <body>{body}</body>
    </html>
  )
}
