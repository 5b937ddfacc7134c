import type { Check } from '../core/check.ts'

/** A system that the settings name. */
export type OpenedSystem<Connector> = {
  connector: Connector
  /** One for each right that the connector needs. */
  checks: Check[]
}
