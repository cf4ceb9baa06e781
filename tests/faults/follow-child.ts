import { follow } from '#server/bookings/follow.ts'
import { followers } from '#server/calendars/changed.ts'
import { match } from '#server/meetings/match.ts'
import { openDatabase, type DatabaseAddress } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { createEgress } from '#server/platform/egress.ts'
import { createLimiter } from '#server/platform/limits.ts'
import { createLog } from '#server/platform/log.ts'
import { readConfig } from '#server/platform/config.ts'
import { openSecrets } from '#server/platform/secrets.ts'
import { caldav } from '#server/providers/caldav/caldav.ts'

export type Order = { address: DatabaseAddress; folder: string; allow: string; workspaceId: string; calendarId: string }

// A worker of its own that follows one calendar's changes once, to be killed on the way.
const { address, folder, allow, workspaceId, calendarId } = JSON.parse(process.argv[2]!) as Order
const config = readConfig({ RITROVO_DATA: folder, RITROVO_URL: 'http://localhost:3000', RITROVO_EGRESS_ALLOW: allow })
const db = openDatabase(address, { max: 2 })
const deps: Deps = {
  config,
  db,
  now: Date.now,
  egress: createEgress({ allow: config.egressAllow }),
  providers: { caldav },
  secrets: openSecrets(config),
  jobs: { enqueue: async () => undefined, work: async () => undefined, stop: async () => undefined },
  works: true,
  limiter: createLimiter({ hit: async () => 0 }),
  log: createLog({ level: 'silent' }),
}
const [task] = followers(follow, match) as unknown as { run(deps: Deps, payload: object): Promise<void> }[]
await task!.run(deps, { workspaceId, calendarId })
await new Promise((done) => setTimeout(done, 500))
await db.end()
process.exit(0)
