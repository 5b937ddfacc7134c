import { OpsError } from '../core/errors.ts'
import { type AgentsFile, type AgentsFilePlace, readAgentsFile } from './read.ts'

/** The settings that have an agents file. */
export type AgentsFileSettings = { agentsFile: string | undefined; agents: string | undefined }

/**
 * Reads the agents file of the settings, or nothing if there is none.
 * @throws OpsError `bad_setting` for a file that cannot be read, or with line and reason
 */
export async function openAgentsFile(
  { agentsFile: path, agents: text }: AgentsFileSettings,
  place: Omit<AgentsFilePlace, 'name'>,
): Promise<AgentsFile | undefined> {
  if (text !== undefined) return readAgentsFile(text, { ...place, name: 'AGENTS' })
  if (path === undefined || place.readText === undefined) return undefined
  const read = await place.readText(path).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `AGENTS_FILE=${path} cannot be read: ${reason}`
    throw new OpsError('bad_setting', { message, cause })
  })
  return readAgentsFile(read, { ...place, name: path })
}
