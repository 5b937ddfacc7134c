import { dirname, join, normalize, relative } from 'node:path'
import { Glob } from 'bun'

/** One import statement: from where, what, and whether it is gone when the program runs. */
export type Import = { from: string; target: string; names: string; typeOnly: boolean }

/** The source files of a project, by their path from its root. */
export type SourceTree = Map<string, string>

/** Reads the files of this project that make the program. */
export async function readSourceTree(): Promise<SourceTree> {
  const root = join(import.meta.dir, '../..')
  const tree: SourceTree = new Map()
  for await (const path of new Glob('{src,views}/**/*.{ts,tsx}').scan(root)) {
    tree.set(path, await Bun.file(join(root, path)).text())
  }
  return tree
}

const statement =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?([^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

/** The imports of one file. The target of a relative one is its path from the root; others are names of packages. */
export function importsOf(path: string, source: string): Import[] {
  return [...withoutComments(source).matchAll(statement)].map((match) => {
    const [, type, names = '', specifier = match[4] ?? ''] = match
    const target = specifier.startsWith('.')
      ? relative('.', normalize(join(dirname(path), specifier)))
      : specifier
    return {
      from: path,
      target,
      names: names.replace(/\sfrom\s+$/, ''),
      typeOnly: type !== undefined,
    }
  })
}

/** A source without its comments, so that what it says about a thing is not taken for its use. */
export function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(,])\/\/[^\n]*/g, '')
}
