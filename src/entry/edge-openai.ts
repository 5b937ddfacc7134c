import { fileURLToPath } from 'node:url'
import type { BunPlugin } from 'bun'

/**
 * Leaves out the parts of `openai` that no model call uses, which saves 53 KB of the compressed Worker. Tree shaking keeps
 * them, because the client constructs every resource. Each export of such a file becomes an empty class, so a use of it throws
 * a TypeError. The build fails when the package no longer has the files below, or exports something else.
 */
export function withoutUnusedOpenAi(): BunPlugin {
  const kept = used.map((file) => fileURLToPath(import.meta.resolve(`openai/${file}`)))
  return {
    name: 'openai without unused parts',
    setup(build) {
      build.onLoad({ filter: parts }, async ({ path }) => {
        const source = await Bun.file(path).text()
        return { loader: 'js', contents: kept.includes(path) ? source : emptyClasses(source) }
      })
    },
  }
}

function emptyClasses(source: string): string {
  const { exports } = new Bun.Transpiler({ loader: 'js' }).scan(source)
  return exports.map((name) => `export class ${name} {}\n`).join('')
}

/** Resources, helpers for streams and tools, and authentication without a key. */
const parts = /[\\/]node_modules[\\/]openai[\\/](?:resources|lib|auth)[\\/]/

/** The files of these parts that `chat.completions.create` needs. */
const used = [
  'resources/index.mjs',
  'resources/chat/index.mjs',
  'resources/chat/chat.mjs',
  'resources/chat/completions/index.mjs',
  'resources/chat/completions/completions.mjs',
]
