import { routes } from '../src/http/routes.ts'
import { ErrorNote } from './error-note.tsx'
import { Layout } from './layout.tsx'
import type { Shell } from './types.ts'

type Props = { shell: Shell; status: number; message: string; requestId?: string | undefined }

/** The whole document for a failed request. */
export function ErrorPage({ shell, status, message, requestId }: Props) {
  const title = `${status} · OpsAgent`
  return (
    <Layout shell={shell} title={title}>
      <main class="error-page">
        <h1>{status}</h1>
        <ErrorNote message={message} requestId={requestId} isAlone />
        <p>
          <a class="button" href={routes.home}>
            Back to OpsAgent
          </a>
        </p>
      </main>
    </Layout>
  )
}
