import { pipelines } from './pipelines.ts'

const teams = [
  'Data Platform',
  'Cloud Operations',
  'Network',
  'Analytics Engineering',
  'Service Desk',
]
const services = ['Power BI', 'Data Catalogue', 'Microsoft Entra ID']

/** Names of the sample estate that questions may hold, each with the field of the tools that has it. */
export const sampleNames: readonly { name: string; field: string }[] = [
  ...pipelines.map(({ name }) => ({ name, field: 'pipeline' })),
  ...teams.map((name) => ({ name, field: 'assignment_group' })),
  ...services.map((name) => ({ name, field: 'service' })),
]
