import { createInterface } from 'node:readline'
import { openConnection } from '#server/connections/session.ts'
import { openDatabase, type DatabaseAddress } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { createEgress } from '#server/platform/egress.ts'
import { createLimiter } from '#server/platform/limits.ts'
import { createLog } from '#server/platform/log.ts'
import { readConfig } from '#server/platform/config.ts'
import { openSecrets } from '#server/platform/secrets.ts'
import { providers } from '#server/providers/registry.ts'

export type Order = {
  address: DatabaseAddress
  env: Record<string, string>
  workspaceId: string
  connectionId: string
  jobs: number
}

// A process of its own with many jobs on one account: for each line it is given, all of them list the account's calendars at once.
const { address, env, workspaceId, connectionId, jobs } = JSON.parse(process.argv[2]!) as Order
const config = readConfig(env)
const deps: Deps = {
  config,
  db: openDatabase(address, { max: 4 }),
  now: Date.now,
  egress: createEgress({ allow: config.egressAllow }),
  providers,
  secrets: openSecrets(config),
  jobs: { enqueue: async () => undefined, work: async () => undefined, stop: async () => undefined },
  works: false,
  limiter: createLimiter({ hit: async () => 0 }),
  log: createLog({ level: 'silent' }),
}

async function job(): Promise<string> {
  try {
    const { session, provider } = await openConnection(deps, workspaceId, connectionId)
    await provider.listCalendars(session)
    return 'listed'
  } catch (error) {
    return (error as Error).name
  }
}

process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break
  const outcomes = await Promise.all(Array.from({ length: jobs }, job))
  process.stdout.write(`${JSON.stringify(outcomes)}\n`)
}
await deps.db.end()
process.exit(0)
