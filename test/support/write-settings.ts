import { z } from 'zod'
import { agentsJsonSchema } from '../../src/agents-file/schema.ts'
import { settingGroups, settingsSchema } from '../../src/config/settings.ts'
import { infoOf } from '../../src/config/values.ts'

const root = new URL('../../', import.meta.url)

/** A file that is made from the settings: its text on disk and its text as it must be. */
export type SettingsFile = { path: string; current: string; expected: string }

/** README.md, .env.example and the JSON Schema of the agents file. */
export async function settingsFiles(): Promise<SettingsFile[]> {
  const readme = await Bun.file(new URL('README.md', root)).text()
  const tables = `<!-- settings -->\n\n${groups.map(tableOf).join('\n\n')}\n\n<!-- /settings -->`
  const agentsSchema = Bun.file(new URL(agentsSchemaPath, root))
  const example = Bun.file(new URL('.env.example', root))
  return [
    {
      path: 'README.md',
      current: readme,
      expected: readme.replace(/<!-- settings -->[\s\S]*<!-- \/settings -->/, () => tables),
    },
    {
      path: '.env.example',
      current: (await example.exists()) ? await example.text() : '',
      expected: [exampleHead, ...groups.map(exampleOf)].join('\n'),
    },
    {
      path: agentsSchemaPath,
      current: (await agentsSchema.exists()) ? await agentsSchema.text() : '',
      expected: `${JSON.stringify(agentsJsonSchema(), null, 2)}\n`,
    },
  ]
}

const agentsSchemaPath = 'docs/agents.schema.json'

const exampleHead = `# The settings of OpsAgent with their defaults. To change some, copy this file to .env, which Bun reads at start.
# Generated from src/config by \`bun run settings\`.
`

type Group = (typeof groups)[number]

const described = z.toJSONSchema(settingsSchema, { unrepresentable: 'any' }).properties ?? {}

const groups = Object.entries(settingGroups).map(([title, fields]) => ({
  title,
  settings: Object.entries<z.ZodType>(fields).map(([field, schema]) => {
    const json = described[field]
    const {
      default: fallback,
      minimum,
      maximum,
      enum: words,
    } = typeof json === 'object' ? json : {}
    return {
      ...infoOf(schema),
      fallback: [fallback ?? []].flat().join(','),
      values: minimum === undefined ? (words ?? []).join(', ') : `${minimum} to ${maximum}`,
    }
  }),
}))

/** The environment variables of all settings. */
export const settingVariables: readonly string[] = groups.flatMap(({ settings }) =>
  settings.map(({ variable }) => variable),
)

function tableOf({ title, settings }: Group): string {
  const rows = settings.map(({ variable, fallback, values, meaning }) =>
    ['', `\`${variable}\``, fallback && `\`${fallback}\``, values, meaning, ''].join(' | ').trim(),
  )
  const head = ['| Setting | Default | Values | Meaning |', '|---|---|---|---|']
  return [`### ${title}`, '', ...head, ...rows].join('\n')
}

function exampleOf({ title, settings }: Group): string {
  const entries = settings.map(({ variable, fallback, values, meaning }) => {
    const lines = values === '' ? [meaning] : [meaning, `Values: ${values}.`]
    return [...lines.map((line) => `# ${line}`), `#${variable}=${fallback}`, ''].join('\n')
  })
  return [`## ${title}`, '', ...entries].join('\n')
}

if (import.meta.main) {
  for (const { path, expected } of await settingsFiles()) {
    await Bun.write(new URL(path, root), expected)
  }
}
