import { openDatabase, type DatabaseAddress } from '#server/platform/database.ts'
import { createEgress } from '#server/platform/egress.ts'
import { createLimiter } from '#server/platform/limits.ts'
import { createLog } from '#server/platform/log.ts'
import { readConfig } from '#server/platform/config.ts'
import { openSecrets } from '#server/platform/secrets.ts'
import { syncCalendar } from '#server/calendars/sync.ts'
import { caldav } from '#server/providers/caldav/caldav.ts'

export type Order = {
  address: DatabaseAddress
  folder: string
  allow: string
  workspaceId: string
  calendarId: string
  later: number
}

// A worker of its own that reads one calendar once, to be killed or stopped on the way. `later` sets its clock ahead.
const { address, folder, allow, workspaceId, calendarId, later } = JSON.parse(process.argv[2]!) as Order
const config = readConfig({
  RITROVO_DATA: folder,
  RITROVO_URL: 'http://localhost:3000',
  RITROVO_EGRESS_ALLOW: allow,
})
const db = openDatabase(address, { max: 2 })
const deps = {
  config,
  db,
  now: () => Date.now() + later,
  egress: createEgress({ allow: config.egressAllow }),
  providers: { caldav },
  secrets: openSecrets(config),
  jobs: { enqueue: async () => undefined, work: async () => undefined, stop: async () => undefined },
  works: false,
  limiter: createLimiter({ hit: async () => 0 }),
  log: createLog({ level: 'silent' }),
}
await syncCalendar.run(deps, { workspaceId, calendarId })
await db.end()
process.exit(0)
