import { routes } from '../src/http/routes.ts'

const examples = [
  'Which change requests are open, and is Databricks healthy?',
  'Which incidents of priority 1 or 2 are open right now?',
  'Which pipelines failed in the last 24 hours, and why?',
  'Is there anything wrong with Snowflake or Azure?',
  'What is planned to change in the next two days?',
]

/** Shown before the first question: what OpsAgent does, and example questions that are asked with one click. */
export function Welcome({ nextRun }: { nextRun: string }) {
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">What do you need to know?</h2>
      <p>OpsAgent asks ServiceNow, Log Analytics and Service Health, and shows every step live.</p>
      <form class="examples" method="post" action={routes.conversations}>
        <input type="hidden" name="run" value={nextRun} autocomplete="off" />
        {examples.map((example) => (
          <button type="submit" class="button" name="message" value={example}>
            {example}
          </button>
        ))}
      </form>
    </section>
  )
}
