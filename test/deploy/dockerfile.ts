/** One instruction of a Dockerfile; continued lines are joined. */
export type Instruction = { name: string; rest: string }

/** One image that a Dockerfile builds on the way. */
export type Stage = { name: string; instructions: Instruction[] }

/** Reads a Dockerfile into its stages. */
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

/** The environment that a stage sets. */
export function environmentOf({ instructions }: Stage): Record<string, string> {
  const pairs = textsOf(instructions, 'ENV').flatMap((rest) => rest.split(/\s+/))
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)))
}

/** The last instruction of that name, whose command is written as a JSON list. */
export function commandOf({ instructions }: Stage, name: 'CMD' | 'HEALTHCHECK'): string[] {
  const rest = textsOf(instructions, name).at(-1) ?? '[]'
  return JSON.parse(rest.slice(rest.indexOf('['))) as string[]
}

/** What stands after each instruction of that name. */
export function textsOf(instructions: Instruction[], name: string): string[] {
  return instructions.filter((one) => one.name === name).map(({ rest }) => rest)
}
