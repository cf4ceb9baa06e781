import { accessSync, constants, mkdirSync } from 'node:fs'
import { createEgress } from '#server/platform/egress.ts'
import { openDatabase, type DatabaseAddress, type Db } from '#server/platform/database.ts'
import { BadConfig, smtpPairs, type Config } from '#server/platform/config.ts'
import type { Deps } from '#server/platform/deps.ts'
import { startJobs } from '#server/platform/jobs.ts'
import { createLimiter } from '#server/platform/limits.ts'
import { createLog } from '#server/platform/log.ts'
import { migrate } from '#server/platform/migrate.ts'
import { startEmbeddedPostgres } from '#server/platform/postgres.ts'
import { openSecrets, type Secrets } from '#server/platform/secrets.ts'
import { countHit } from './limit-hits.ts'
import { flushLedger } from './connections/ledger.ts'
import { openMailboxes } from './connections/mailbox.ts'
import { mailers, providers } from './providers/registry.ts'
import { tasks } from './worker.ts'

export type Opened = { deps: Deps; address: DatabaseAddress; close(): Promise<void> }

/** Opens everything a process of Ritrovo needs: its database (ours or a server's), schema, secrets, queue and the way out. */
export async function open(config: Config, options: { pool?: number; keep?: boolean; works?: boolean } = {}): Promise<Opened> {
  makeDataFolder(config.data)
  const log = createLog({ level: config.logLevel })
  const ending: (() => Promise<void> | void)[] = []
  const close = async () => {
    for (let step = ending.pop(); step; step = ending.pop()) await step()
  }
  try {
    const address = await findDatabase(config, ending, options.keep ? (sentence) => log.warn({}, sentence) : null)
    await migrate(address)
    const db: Db = openDatabase(address, options.pool ? { max: options.pool } : {})
    ending.push(() => db.end())
    const secrets = openSecrets(config)
    await checkKey(db, secrets)
    // A provider call inside a transaction would keep its locks for as long as a stranger's server likes (E10).
    const guard = () => {
      if (db.insideTransaction()) throw new Error('an outgoing call was started inside a transaction')
    }
    const egress = createEgress({ allow: config.egressAllow, allowSockets: smtpPairs(config), extraCa: config.extraCa, guard })
    ending.push(() => egress.close())
    ending.push(() => flushLedger({ db }))
    const jobs = await startJobs(address, tasks, log)
    ending.push(() => jobs.stop())
    const limiter = createLimiter({ hit: (bucket, windowSeconds) => countHit(db, bucket, windowSeconds) }, { onTrouble: (error) => log.warn({ err: error }, 'limits are counted in this process alone for now') })
    const deps: Deps = { config, db, now: Date.now, egress, providers, secrets, jobs, works: options.works ?? true, limiter, log }
    deps.mailboxes = openMailboxes(deps, mailers({ gmailApi: config.googleGmailApi }))
    return { deps, address, close }
  } catch (error) {
    await close()
    throw error
  }
}

export function makeDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw new BadConfig(`Ritrovo may not write into ${folder} (${(error as NodeJS.ErrnoException).code}): change its owner, or set RITROVO_DATA to another folder.`)
  }
}

async function findDatabase(config: Config, ending: (() => Promise<void> | void)[], keep: ((sentence: string) => void) | null): Promise<DatabaseAddress> {
  if (config.databaseUrl) return { connectionString: config.databaseUrl.open() }
  const embedded = await startEmbeddedPostgres(config.data, keep ? { keep } : {})
  ending.push(() => embedded.stop())
  return { host: embedded.socket, user: 'postgres', database: 'postgres' }
}

/** The key that sealed what this database holds, or a clear stop: not a thousand "wrong passwords" (S02). */
async function checkKey(db: Db, secrets: Secrets): Promise<void> {
  const known = await db.prepared<{ key_check: string | null }>('', 'select key_check from instance', [])
  const stored = known[0]?.key_check
  if (stored) secrets.verifyCheck(stored)
  else await db.prepared('', 'update instance set key_check = $1 where key_check is null', [secrets.makeCheck()])
}
