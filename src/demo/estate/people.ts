/** Who works on the estate, and in which assignment group. */
export const people = {
  'Amara Okafor': 'Data Platform',
  'Kenji Watanabe': 'Data Platform',
  'Mateusz Kowalczyk': 'Data Platform',
  'Priya Raman': 'Data Platform',
  'Sofia Lindqvist': 'Data Platform',
  'Fatima El-Sayed': 'Cloud Operations',
  'Ingrid Haugen': 'Cloud Operations',
  "Liam O'Connor": 'Cloud Operations',
  'Thabo Nkosi': 'Cloud Operations',
  'Chen Wei': 'Network',
  'Diego Fernández': 'Network',
  'Leila Haddad': 'Network',
  'Aroha Ngata': 'Analytics Engineering',
  'Juliette Moreau': 'Analytics Engineering',
  'Noor Rahman': 'Analytics Engineering',
  'Tomás Silva': 'Analytics Engineering',
  'Hannah Becker': 'Service Desk',
  'Kwame Mensah': 'Service Desk',
  'Olena Shevchenko': 'Service Desk',
} as const

export type Person = keyof typeof people
export type Group = (typeof people)[Person]
