import { mkdirSync } from 'node:fs'
import { createEgress } from '#server/platform/egress.ts'
import { openDatabase, type DatabaseAddress, type Db } from '#server/platform/database.ts'
import { smtpPairs, type Config } from '#server/platform/config.ts'
import type { Deps } from '#server/platform/deps.ts'
import { startJobs } from '#server/platform/jobs.ts'
import { createLimiter } from '#server/platform/limits.ts'
import { createLog } from '#server/platform/log.ts'
import { migrate } from '#server/platform/migrate.ts'
import { startEmbeddedPostgres } from '#server/platform/postgres.ts'
import { openSecrets } from '#server/platform/secrets.ts'
import { countHit } from './limit-hits.ts'
import { providers } from './providers/registry.ts'
import { tasks } from './worker.ts'

export type Opened = { deps: Deps; address: DatabaseAddress; close(): Promise<void> }

/** Opens everything a process of Ritrovo needs: its database (ours or a server's), schema, secrets, queue and the way out. */
export async function open(config: Config, options: { pool?: number } = {}): Promise<Opened> {
  mkdirSync(config.data, { recursive: true, mode: 0o700 })
  const log = createLog({ level: config.logLevel })
  const embedded = config.databaseUrl ? null : await startEmbeddedPostgres(config.data)
  const address: DatabaseAddress = config.databaseUrl ? { connectionString: config.databaseUrl.open() } : { host: embedded!.socket, user: 'postgres', database: 'postgres' }
  try {
    await migrate(address)
    const db: Db = openDatabase(address, options.pool ? { max: options.pool } : {})
    const secrets = openSecrets(config)
    const jobs = await startJobs(address, tasks, log)
    const deps: Deps = {
      config,
      db,
      now: Date.now,
      // A provider call inside a transaction would keep its locks for as long as a stranger's server likes (E10).
      egress: createEgress({ allow: config.egressAllow, allowSockets: smtpPairs(config), extraCa: config.extraCa, guard: () => {
        if (db.insideTransaction()) throw new Error('an outgoing call was started inside a transaction')
      } }),
      providers,
      secrets,
      jobs,
      limiter: createLimiter({ hit: (bucket, windowSeconds) => countHit(db, bucket, windowSeconds) }),
      log,
    }
    return {
      deps,
      address,
      async close() {
        await jobs.stop()
        await db.end()
        await embedded?.stop()
      },
    }
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}

