import { parseArgs } from 'node:util'

/**
 * Reads `--name value` from the command line. `defaults` has the allowed names; a number there requires a number.
 * @throws Error for another name, or a number that is not above 0
 */
export function readArguments<Arguments extends Record<string, string | number>>(
  defaults: Arguments,
): Arguments {
  const options = Object.fromEntries(
    Object.keys(defaults).map((name) => [name, { type: 'string' as const }]),
  )
  const args = Bun.argv.slice(2).filter((argument) => argument !== '--')
  const { values } = parseArgs({ args, options })
  const given = Object.entries(values).map(([name, value]) => {
    if (typeof defaults[name] === 'string') return [name, value]
    if (!(Number(value) > 0)) throw new Error(`--${name} must be a number above 0.`)
    return [name, Number(value)]
  })
  return { ...defaults, ...Object.fromEntries(given) }
}
