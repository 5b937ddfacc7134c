import { pipelines } from './pipelines.ts'
import { people } from './tickets.ts'

const services = ['Power BI', 'Data Catalogue']
const groups = [...new Set(Object.values(people)), 'Cloud Operations=cloud ops']

/** Names of the sample estate that questions may hold, each with the field of the tools that has it. */
export const sampleNames: readonly { name: string; field: string }[] = [
  ...pipelines.map(({ name }) => ({ name, field: 'pipeline' })),
  ...groups.map((name) => ({ name, field: 'assignment_group' })),
  ...services.map((name) => ({ name, field: 'service' })),
]
