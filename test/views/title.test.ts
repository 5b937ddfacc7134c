import { expect, test } from 'bun:test'
import { titleOf } from '../../views/title.ts'

test.each([
  ['What is open?', 'What is open?'],
  ['slow one', 'slow one'],
  ['Hi team, can you please tell me which incidents are open?', 'Which incidents are open?'],
  ['Please show me the failed pipelines', 'The failed pipelines'],
  ['Could you check whether Snowflake is up?', 'Check whether Snowflake is up?'],
  ['Hello, why?', 'Hello, why?'],
  [
    'Traceback (most recent call last):\n  File "a.py"\nWhat went wrong here?',
    'What went wrong here?',
  ],
  [
    'We had a bad night with the nightly loads and the team is tired. Is Databricks healthy again?',
    'Is Databricks healthy again?',
  ],
  [
    'Since this morning the ledger has been late by an hour and nobody knows whether CHG0030417 is the cause',
    'CHG0030417: Since this morning the ledger has been late by…',
  ],
  ['', ''],
  [' \u200b\n', ''],
])('the title of %j is %j', (question, title) => {
  expect(titleOf(question)).toBe(title)
})

test('a title has at most 60 characters and the ellipsis, and no half character', () => {
  for (const text of ['x'.repeat(100), '🔥'.repeat(100), `${'word '.repeat(50)}INC0010038`]) {
    const title = titleOf(text)
    expect(title.length).toBeLessThanOrEqual(61)
    expect(title.isWellFormed()).toBe(true)
  }
})
