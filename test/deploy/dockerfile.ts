/** One instruction of a Dockerfile. Continuation lines are joined. */
export type Instruction = { name: string; rest: string }

/** One build stage of a Dockerfile. */
export type Stage = { name: string; instructions: Instruction[] }

/** Parses a Dockerfile into its stages. */
export function readDockerfile(text: string): Stage[] {
  const joined = text.replace(/^#.*\n/gm, '').replace(/\\\n\s*/g, ' ')
  const stages: Stage[] = []
  for (const line of joined.split('\n')) {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? []
    if (name === '') continue
    if (name === 'FROM') {
      stages.push({ name: / AS (\S+)$/.exec(rest)?.[1] ?? '', instructions: [] })
      continue
    }
    stages.at(-1)?.instructions.push({ name, rest })
  }
  return stages
}

/** The environment variables that a stage sets. */
export function environmentOf({ instructions }: Stage): Record<string, string> {
  const pairs = textsOf(instructions, 'ENV').flatMap((rest) => rest.split(/\s+/))
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)))
}

/** The command of the last instruction with this name, which must be in exec form (a JSON array). */
export function commandOf({ instructions }: Stage, name: 'CMD' | 'HEALTHCHECK'): string[] {
  const rest = textsOf(instructions, name).at(-1) ?? '[]'
  return JSON.parse(rest.slice(rest.indexOf('['))) as string[]
}

/** The text after each instruction with this name. */
export function textsOf(instructions: Instruction[], name: string): string[] {
  return instructions.filter((one) => one.name === name).map(({ rest }) => rest)
}
