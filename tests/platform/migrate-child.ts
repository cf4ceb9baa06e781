import type { DatabaseAddress } from '#server/platform/database.ts'
import { migrate } from '#server/platform/migrate.ts'

// A process that brings one database up to date and says what it did, to be killed on the way.
const { applied } = await migrate(JSON.parse(process.argv[2]!) as DatabaseAddress)
process.stdout.write(JSON.stringify(applied))
