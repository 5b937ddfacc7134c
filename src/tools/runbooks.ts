import { z } from 'zod'
import { shorten } from '../core/shorten.ts'
import { RunbookIndex } from './runbook-index.ts'
import { type RunbookFile, runbookSections } from './runbook-sections.ts'
import { defineTool, type Tool } from './tool.ts'

/** The runbooks. An array that was returned before means that no file has changed. */
export type Runbooks = { read: () => Promise<readonly RunbookFile[]> }

/** A longer section is cut. */
const maxSectionBytes = 6 * 1024

/** The tool that searches the sections of all runbooks. */
export function createRunbookTool(runbooks: Runbooks): Tool {
  let indexed: { files: readonly RunbookFile[]; index: Promise<RunbookIndex> } | undefined
  return defineTool({
    name: 'search_runbooks',
    description:
      'Searches the runbooks: how to do something, and what to do when something fails. Returns ' +
      'the sections that match best, with their source. Name the source of what you use.',
    parameters: z.object({
      query: z.string().trim().min(1).max(500).describe('Words to look for.'),
      limit: z.int().min(1).max(10).default(4).describe('The most sections to return, 1 to 10.'),
    }),
    async run({ query, limit }, signal) {
      const files = await runbooks.read()
      signal.throwIfAborted()
      if (indexed?.files !== files) indexed = { files, index: createIndex(files) }
      const found = (await indexed.index).search(query)
      return {
        total: found.length,
        sections: found.slice(0, limit).map(({ path, headings, line, text }) => ({
          source: `${path}:${line}`,
          title: headings.join(' › '),
          text: shorten(text, maxSectionBytes).text,
        })),
      }
    },
  })
}

/** Gives the event loop a turn after each file. */
async function createIndex(files: readonly RunbookFile[]): Promise<RunbookIndex> {
  const index = new RunbookIndex()
  for (const file of files) {
    for (const section of runbookSections(file)) index.add(section)
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  return index
}
