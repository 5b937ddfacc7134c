import { askFirst } from './composer.tsx'

const examples = [
  'Which change requests are open, and is Databricks healthy?',
  'Which incidents of priority 1 or 2 are open right now?',
  'Which pipelines failed in the last 24 hours, and why?',
  'Is there anything wrong with Snowflake or Azure?',
  'What is planned to change in the next two days?',
]

/** What a page without a conversation says: what may be asked, with questions ready to be asked. */
export function Welcome({ nextRun }: { nextRun: string }) {
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">What do you need to know?</h2>
      <p>
        OpsAgent asks ServiceNow, Log Analytics and Service Health for you, and shows each step
        while it does.
      </p>
      <form
        class="examples"
        method="post"
        action="/conversations"
        hx-include="#model"
        {...askFirst}
        hx-disable="findAll button"
      >
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
