import { dirname, resolve } from 'node:path'
import { type AgentsFileSettings, openAgentsFile } from '../agents-file/open.ts'
import type { AgentsFile } from '../agents-file/read.ts'

/**
 * Reads the agents file from the disk. Paths in it are relative to its folder.
 * @throws OpsError as `openAgentsFile`
 */
export function loadAgentsFile(
  settings: AgentsFileSettings,
  environment: Record<string, string | undefined>,
): Promise<AgentsFile | undefined> {
  const folder = settings.agentsFile === undefined ? '.' : dirname(resolve(settings.agentsFile))
  return openAgentsFile(settings, {
    environment,
    readText: (path) =>
      Bun.file(path === settings.agentsFile ? path : resolve(folder, path)).text(),
    hasProcesses: true,
  })
}
