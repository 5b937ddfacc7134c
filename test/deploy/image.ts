import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { readDockerfile, type Stage } from './dockerfile.ts'

const project = join(import.meta.dir, '../..')

/** A folder with the files of the image, and the last stage of its Dockerfile. */
export type Image = { root: string; stage: Stage; remove: () => void }

/**
 * Runs the instructions of the Dockerfile in a temporary folder, because a test has no Docker.
 * @throws Error for an instruction that it does not implement.
 */
export async function buildImage(): Promise<Image> {
  const base = mkdtempSync(join(tmpdir(), 'opsagent-image-'))
  chmodSync(base, 0o755)
  const remove = () => rmSync(base, { recursive: true, force: true })
  try {
    const stages = readDockerfile(await Bun.file(join(project, 'Dockerfile')).text())
    const context = await contextOf(project)
    let last: Image | undefined
    for (const [index, stage] of stages.entries()) {
      const root = join(base, stage.name || `stage-${index}`)
      placeBun(root)
      await build(stage, { root, base, context })
      last = { root, stage, remove }
    }
    if (last === undefined) throw new Error('The Dockerfile has no stage.')
    return last
  } catch (error) {
    remove()
    throw error
  }
}

/** Puts the running `bun` where the base image has its own. */
function placeBun(root: string): void {
  const place = join(root, 'usr/local/bin')
  mkdirSync(place, { recursive: true })
  try {
    linkSync(process.execPath, join(place, 'bun'))
  } catch {
    // A hard link cannot cross file systems.
    cpSync(process.execPath, join(place, 'bun'))
  }
}

type Building = { root: string; base: string; context: (path: string) => boolean }

async function build({ instructions }: Stage, building: Building): Promise<void> {
  let folder = building.root
  for (const { name, rest } of instructions) {
    if (name === 'WORKDIR') {
      folder = join(building.root, rest)
      mkdirSync(folder, { recursive: true })
    } else if (name === 'COPY') copy(rest, folder, building)
    else if (name === 'RUN')
      for (const one of rest.split('&&')) await run(one.trim(), folder, building)
    else if (!metadata.has(name)) throw new Error(`The test does not implement ${name}.`)
  }
}

/** Instructions that change no file. */
const metadata = new Set(['ENV', 'USER', 'VOLUME', 'EXPOSE', 'HEALTHCHECK', 'CMD', 'LABEL'])

function copy(rest: string, folder: string, { root, base, context }: Building): void {
  const words = rest.split(/\s+/)
  const from = /^--from=(.*)$/.exec(words[0] ?? '')?.[1]
  const paths = from === undefined ? words : words.slice(1)
  const target = paths.pop() ?? '.'
  for (const path of paths) {
    if (from === undefined && !context(path)) throw new Error(`.dockerignore excludes ${path}.`)
    const source = from === undefined ? join(project, path) : join(base, from, path)
    const into = target.startsWith('/') ? join(root, target) : join(folder, target)
    cpSync(source, target.endsWith('/') ? join(into, basename(path)) : into, { recursive: true })
  }
}

async function run(command: string, folder: string, { root }: Building): Promise<void> {
  const [program = '', ...words] = command.split(/\s+/)
  if (program === 'mkdir')
    return void mkdirSync(join(root, words.at(-1) ?? ''), { recursive: true })
  if (program === 'chown') {
    if (process.getuid?.() === 0) chownSync(join(root, words.at(-1) ?? ''), bunUser, bunUser)
    return
  }
  if (program !== 'bun') throw new Error(`The test does not implement RUN ${command}.`)
  const child = Bun.spawn([process.execPath, ...words], {
    cwd: folder,
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const errors = await new Response(child.stderr).text()
  if ((await child.exited) !== 0) throw new Error(`${command}: ${errors}`)
}

/** The id of the user `bun` in the base image. */
export const bunUser = 1000

/** Tells whether .dockerignore includes a path. The file must exclude everything (`*`) and list exceptions. */
async function contextOf(folder: string): Promise<(path: string) => boolean> {
  const lines = (await Bun.file(join(folder, '.dockerignore')).text()).split('\n')
  const included = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1))
  if (!lines.includes('*')) throw new Error('.dockerignore does not exclude everything.')
  return (path) =>
    existsSync(join(folder, path)) && (included.includes(path) || included.includes(dirname(path)))
}
