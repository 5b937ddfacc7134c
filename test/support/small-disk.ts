import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether this process may mount a file system. */
export const canMount = tryMount()

/** A folder on a file system of its own. `options` are those of a tmpfs. The test must call `remove`. */
export function makeDisk(options: string) {
  const path = mkdtempSync(join(tmpdir(), 'opsagent-disk-'))
  const { exitCode, stderr } = mount(path, options)
  if (exitCode !== 0) throw new Error(`mount: ${stderr}`)
  const filler = join(path, 'filler')
  return {
    path,
    /** Writes until the disk is full. */
    fill(): void {
      for (let bytes = 1 << 20; bytes >= 1; bytes >>= 1) {
        try {
          while (true) writeFileSync(filler, new Uint8Array(bytes), { flag: 'a' })
        } catch {
          // No room for so many bytes.
        }
      }
    },
    free: () => rmSync(filler),
    remove(): void {
      Bun.spawnSync(['umount', '-l', path])
      rmSync(path, { recursive: true, force: true })
    },
  }
}

function mount(path: string, options: string) {
  return Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', options, 'tmpfs', path])
}

function tryMount(): boolean {
  if (Bun.which('mount') === null || Bun.which('umount') === null) return false
  const path = mkdtempSync(join(tmpdir(), 'opsagent-disk-'))
  const isMounted = mount(path, 'size=1m').exitCode === 0
  if (isMounted) Bun.spawnSync(['umount', path])
  rmSync(path, { recursive: true, force: true })
  return isMounted
}
