import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Glob } from 'bun'
import { OpsError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { RunbookFile } from '../tools/runbook-sections.ts'
import type { Runbooks } from '../tools/runbooks.ts'

/** Further files, and what is behind this in a file, are not read. */
const maxFiles = 2000
const maxFileBytes = 1024 * 1024

/**
 * Opens a folder of runbooks. Changed files are read again at the next search.
 * @throws OpsError `bad_setting` for a folder that does not exist
 */
export async function openRunbooks(folder: string, log: Log): Promise<Runbooks> {
  const root = resolve(folder)
  const isFolder = await stat(root)
    .then((found) => found.isDirectory())
    .catch(() => false)
  if (!isFolder) {
    throw new OpsError('bad_setting', { message: `RUNBOOKS_DIR=${folder} is not a folder.` })
  }
  let known: { state: string; files: Promise<readonly RunbookFile[]> } | undefined
  const read = async () => {
    const paths = await listFiles(root)
    if (paths.length > maxFiles && known === undefined) {
      log.warn(`RUNBOOKS_DIR has ${paths.length} files; the first ${maxFiles} are searched`)
    }
    const kept = paths.slice(0, maxFiles)
    const state = await stateOf(root, kept)
    if (known?.state !== state) known = { state, files: readFiles(root, kept) }
    return known.files
  }
  return { read }
}

async function listFiles(cwd: string): Promise<string[]> {
  // Mounted configuration maps are symbolic links.
  const paths = await Array.fromAsync(new Glob('**/*.md').scan({ cwd, followSymlinks: true }))
  return paths.map((path) => path.replaceAll('\\', '/')).sort()
}

/** Differs when a file was added, removed or changed. */
async function stateOf(root: string, paths: readonly string[]): Promise<string> {
  const states = await Promise.all(
    paths.map(async (path) => {
      const found = await stat(join(root, path)).catch(() => undefined)
      return [path, found?.mtimeMs, found?.size]
    }),
  )
  return JSON.stringify(states)
}

async function readFiles(root: string, paths: readonly string[]): Promise<RunbookFile[]> {
  const files: RunbookFile[] = []
  for (const path of paths) {
    const file = Bun.file(join(root, path)).slice(0, maxFileBytes)
    // A file can be removed meanwhile.
    const text = await file.text().catch(() => undefined)
    if (text !== undefined) files.push({ path, text })
  }
  return files
}
