import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes, randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject, onTestFinished } from 'vitest'
import { at, openDatabase, type DatabaseAddress } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { startJobs, type Jobs, type Task } from '#server/platform/jobs.ts'
import { createEgress } from '#server/platform/egress.ts'
import { createLimiter } from '#server/platform/limits.ts'
import { createLog } from '#server/platform/log.ts'
import { openSecrets } from '#server/platform/secrets.ts'
import { openMailboxes } from '#server/connections/mailbox.ts'
import { mailers } from '#server/providers/registry.ts'
import { TEMPLATE } from './template.ts'
import { readConfig, smtpPairs } from '#server/platform/config.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the test cluster of this project listens; it holds a migrated template. */
    cluster: { host: string; user: string }
  }
}

export { TEMPLATE }

/** A database of one test's own, copied from the migrated template; gone when the test or the file ends. */
export async function freshDatabase(env: Record<string, string> = {}, options: { providers?: Deps['providers']; tasks?: Task<never>[]; work?: boolean; now?: () => number } = {}) {
  const cluster = inject('cluster')
  const name = `t_${randomBytes(6).toString('hex')}`
  await onCluster(cluster, `create database ${name} template ${TEMPLATE}`)
  const address: DatabaseAddress = { ...cluster, database: name }
  const folder = mkdtempSync(join(tmpdir(), 'ritrovo-test-'))
  const config = readConfig({ RITROVO_DATA: folder, RITROVO_URL: 'http://localhost:3000', ...env })
  const db = openDatabase(address, { max: 8 })
  const log = createLog({ level: 'silent' })
  const jobs: Jobs = options.tasks ? await startJobs(address, options.tasks, log) : { enqueue: async () => undefined, work: async () => undefined, stop: async () => undefined }
  const deps: Deps = {
    config,
    db,
    now: options.now ?? Date.now,
    egress: createEgress({ allow: config.egressAllow, allowSockets: smtpPairs(config), extraCa: config.extraCa, guard: () => forbidInside(db.insideTransaction()) }),
    providers: options.providers ?? {},
    secrets: openSecrets(config),
    jobs,
    works: true,
    limiter: createLimiter({ hit: async () => 0 }),
    log,
  }
  deps.mailboxes = openMailboxes(deps, mailers({ gmailApi: config.googleGmailApi }))
  if (options.work) await jobs.work(deps, options.tasks ?? [])
  let stopped = false
  const stop = async () => {
    if (stopped) return
    stopped = true
    await jobs.stop()
    await db.end()
    await onCluster(cluster, `drop database ${name} with (force)`)
    rmSync(folder, { recursive: true, force: true })
  }
  // Inside a test it goes with the test; a file that opens one at its top stops it in afterAll.
  try {
    onTestFinished(stop)
  } catch {
    // Not inside a test: the caller stops it.
  }
  return { deps, address, folder, stop }
}

function forbidInside(inside: boolean): void {
  if (inside) throw new Error('an outgoing call was started inside a transaction')
}

async function onCluster(cluster: { host: string; user: string }, statement: string): Promise<void> {
  const client = new pg.Client({ ...cluster, database: 'postgres' })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** A workspace with one host, straight into the tables: for tests of the floors above accounts. */
export async function aWorkspace(deps: Deps, options: { name?: string; zone?: string; slug?: string; locale?: 'en' | 'it' } = {}) {
  const workspaceId = randomUUID()
  const userId = randomUUID()
  const zone = options.zone ?? 'Europe/Rome'
  const locale = options.locale ?? 'en'
  const slug = options.slug ?? `giulia-${randomBytes(3).toString('hex')}`
  const email = `${slug}@example.test`
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    await tx.prepared('', `insert into workspaces (workspace_id, name, locale, zone) values ($1, $2, $3, $4)`, [workspaceId, options.name ?? 'Studio Ferri', locale, zone])
    const [role] = await tx.prepared<{ role_id: string }>('', `insert into roles (workspace_id, name, built_in, permissions) values ($1, 'Admin', 'admin', '{personal-email,edit-others-pages,manage-people,manage-workspace,see-all-contacts}') returning role_id`, [workspaceId])
    await tx.prepared('', `insert into users (workspace_id, user_id, email, email_key, name, slug, role_id, locale, zone, created_at) values ($1, $2, $3, $3, 'Giulia Ferri', $4, $5, $6, $7, $8)`, [workspaceId, userId, email, slug, role!.role_id, locale, zone, at(deps.now())])
    await tx.prepared('', `insert into directory (kind, key, workspace_id, subject_id) values ('host', $1, $2, $3)`, [slug, workspaceId, userId])
    await tx.prepared('', `insert into host_versions (workspace_id, user_id) values ($1, $2)`, [workspaceId, userId])
  })
  return { workspaceId, userId, slug, email, zone, locale }
}
