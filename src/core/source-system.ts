/** A source system, and whether its data is real or that of the sample estate. */
export type SourceSystem = {
  id: 'servicenow' | 'log_analytics' | 'databricks' | 'snowflake' | 'azure'
  name: string
  isLive: boolean
}
