import { Layout } from './layout.tsx'
import type { Shell } from './types.ts'

/** The page that examines the path between this browser and the server. `static/doctor` examines. */
export function Doctor({ shell }: { shell: Shell }) {
  return (
    <Layout shell={shell} title="Doctor · OpsAgent">
      <main class="doctor">
        <h1>Doctor</h1>
        <p>
          OpsAgent shows the progress of a run over an event stream. Proxies between this browser
          and the server can buffer, change or close this stream. The doctor reads a test stream,
          measures when its events arrive, and reports what to change.
        </p>
        <form id="doctor-form" data-seconds="20">
          <button class="button" type="submit">
            Examine
          </button>
          <label>
            <input type="checkbox" name="thorough" /> Thorough (about 80 seconds)
          </label>
        </form>
        <noscript>
          <p>
            This page needs JavaScript. Without it, run <code>bun run doctor</code> with the URL of
            this server.
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
            <h2>What to change</h2>
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
