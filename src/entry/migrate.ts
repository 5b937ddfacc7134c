import { readConfig } from '../config.ts'
import { OpsError } from '../core/errors.ts'
import { describeDatabase, migrateDatabase } from '../storage/postgres.ts'

/**
 * Brings the schema of the database in DATABASE_URL up to date, as a step before a deployment. Its role must own the tables.
 * The role of the server then needs no more than SELECT, INSERT, UPDATE and DELETE on them, with MIGRATE=off.
 */
async function migrate(): Promise<void> {
  const { databaseUrl } = readConfig(process.env)
  if (databaseUrl === undefined) {
    throw new OpsError('bad_setting', { message: 'DATABASE_URL is not set.' })
  }
  const steps = await migrateDatabase(databaseUrl)
  process.stdout.write(
    `The schema of ${describeDatabase(databaseUrl)} is up to date (${steps} of its steps were new).\n`,
  )
}

try {
  await migrate()
} catch (error) {
  if (!(error instanceof OpsError)) throw error
  process.stderr.write(`The migration failed. ${error.message}\n`)
  process.exit(1)
}
