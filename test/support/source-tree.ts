import { dirname, join, normalize } from 'node:path'
import { Glob } from 'bun'

/** One import statement. `typeOnly` is true if nothing of it remains at run time. */
export type Import = {
  from: string
  /** The path from the root of the project, or the name of a package. */
  target: string
  isPackage: boolean
  names: string
  typeOnly: boolean
}

/** The text of source files, by their path from the root of the project. */
export type SourceTree = Map<string, string>

/** Reads all files of the program, including the browser scripts. */
export async function readSourceTree(): Promise<SourceTree> {
  const root = join(import.meta.dir, '../..')
  const tree: SourceTree = new Map()
  for await (const path of new Glob('{src,views,static}/**/*.{ts,tsx}').scan(root)) {
    tree.set(path, await Bun.file(join(root, path)).text())
  }
  return tree
}

const statement =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?([^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

/** The imports of one file. */
export function importsOf(path: string, source: string): Import[] {
  return [...withoutComments(source).matchAll(statement)].map((match) => {
    const [, type, names = '', specifier = match[4] ?? ''] = match
    const isPackage = !specifier.startsWith('.')
    return {
      from: path,
      target: isPackage ? specifier : normalize(join(dirname(path), specifier)),
      isPackage,
      names: names.replace(/\sfrom\s+$/, ''),
      typeOnly: type !== undefined,
    }
  })
}

/** Removes the comments, because a comment may name what the code must not use. */
export function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(,])\/\/[^\n]*/g, '')
}
