import { settingsTable } from '../../src/config.ts'

const readme = new URL('../../README.md', import.meta.url)

/** The README with the table of settings as the program has them. */
export async function readmeWithSettings(): Promise<{ now: string; made: string }> {
  const now = await Bun.file(readme).text()
  const made = now.replace(
    /<!-- settings -->[\s\S]*<!-- \/settings -->/,
    () => `<!-- settings -->\n${settingsTable()}\n<!-- /settings -->`,
  )
  return { now, made }
}

if (import.meta.main) await Bun.write(readme, (await readmeWithSettings()).made)
