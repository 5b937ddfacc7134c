import { Layout } from './layout.tsx'
import type { Shell } from './types.ts'

/** The page that examines the way between this browser and the server. Its script does the work. */
export function Doctor({ shell }: { shell: Shell }) {
  return (
    <Layout shell={shell} title="The doctor · OpsAgent">
      <main class="doctor">
        <h1>The doctor</h1>
        <p>
          OpsAgent shows its agents thinking over a stream that stays open. Proxies on the way can
          hold it up, cut it or change it. The doctor sends events with the time on them from the
          server to this browser, looks at how they arrive, and says what to change.
        </p>
        <form id="doctor-form" data-seconds="20">
          <button class="button" type="submit">
            Examine
          </button>
          <label>
            <input type="checkbox" name="thorough" /> Thoroughly, for about 80 seconds
          </label>
        </form>
        <noscript>
          <p>
            This page needs JavaScript. Without it, run <code>bun run doctor</code> with the address
            of this server.
          </p>
        </noscript>
        <div id="doctor-work" hidden>
          <progress id="doctor-progress" aria-label="Progress of the examination" value="0" />
          <p id="doctor-step" role="status" />
        </div>
        <section id="doctor-report" hidden aria-label="Report" tabindex={-1}>
          <p id="doctor-verdict" />
          <ul id="doctor-findings" />
          <div id="doctor-fixes" hidden>
            <h2>What to do</h2>
            <ol />
          </div>
          <button class="button" type="button" id="doctor-copy">
            Copy report
          </button>
        </section>
      </main>
      <script type="module" src={shell.assets.doctor} />
    </Layout>
  )
}
