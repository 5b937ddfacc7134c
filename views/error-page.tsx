import { ErrorNote } from './error-note.tsx'
import { Layout } from './layout.tsx'
import type { Shell } from './types.ts'

type Props = { shell: Shell; status: number; message: string; requestId: string }

/** A whole page for a request that could not be answered. */
export function ErrorPage({ shell, status, message, requestId }: Props) {
  const title = `${status} · OpsAgent`
  return (
    <Layout shell={shell} title={title}>
      <main class="error-page">
        <h1>{status}</h1>
        <ErrorNote message={message} requestId={requestId} />
        <p>
          <a class="button" href="/">
            Back to OpsAgent
          </a>
        </p>
      </main>
    </Layout>
  )
}
