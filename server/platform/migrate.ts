import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { DatabaseAddress } from './database.ts'
import { failpoint } from './failpoint.ts'
import { ROOT } from './root.ts'

/** The database cannot serve Ritrovo as it is set up; the message is one sentence for whoever runs the server. */
export class DatabaseRefused extends Error {
  override name = 'DatabaseRefused'
}

// Any number; it only has to be ours.
const LOCK = 7_215_403

export const migrationFiles = (): string[] =>
  readdirSync(join(ROOT, 'migrations')).filter((name) => /^\d{4}-[a-z-]+\.sql$/.test(name)).sort()

/**
 * Brings the schema up to date, one transaction per file, one process at a time; safe to run twice and to be killed (E23).
 * Refuses a database that is newer than this program, too old a server, and one that may lose what it acknowledged (E08).
 */
export async function migrate(address: DatabaseAddress, upTo = Infinity): Promise<{ applied: string[] }> {
  const client = new pg.Client({ ...address, connectionTimeoutMillis: 10_000, application_name: 'ritrovo-migrate' })
  // A line that breaks is told to whoever waits for an answer.
  client.on('error', () => undefined)
  await client.connect().catch((error: Error & { code?: string }) => {
    throw new DatabaseRefused(`The database does not let Ritrovo in (${error.message || error.code}): check DATABASE_URL, and that its server runs.`)
  })
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await checkServer(client)
    await client.query(`create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())`)
    const done = new Set((await client.query<{ name: string }>('select name from migrations')).rows.map((row) => row.name))
    const files = migrationFiles()
    const newer = [...done].filter((name) => !files.includes(name))
    if (newer.length > 0) throw new DatabaseRefused(`This database was used by a newer Ritrovo (${newer[0]}): install that version or restore a backup from before it.`)

    const applied: string[] = []
    for (const [index, name] of files.entries()) {
      if (done.has(name) || index >= upTo) continue
      await client.query('begin')
      try {
        await client.query(readFileSync(join(ROOT, 'migrations', name), 'utf8'))
        await client.query('insert into migrations (name) values ($1)', [name])
        await failpoint(`migration_step_${index + 1}`)
        await client.query('commit')
      } catch (error) {
        await client.query('rollback')
        throw error
      }
      applied.push(name)
    }
    if (upTo === Infinity) await client.query(`insert into instance (epoch) values (gen_random_uuid()::text) on conflict do nothing`)
    await grantToApplication(client)
    return { applied }
  } catch (error) {
    // Insufficient privilege.
    if ((error as { code?: string }).code !== '42501') throw error
    throw new DatabaseRefused(`The database user may not make Ritrovo’s tables (${(error as Error).message}): make it the owner of its database.`)
  } finally {
    await client.end()
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string; fsync: string; sync: string }>(
    `select current_setting('server_version_num') as version, current_setting('fsync') as fsync, current_setting('synchronous_commit') as sync`,
  )
  const { version, fsync, sync } = rows[0]!
  if (Number(version) < 150_000) throw new DatabaseRefused('Ritrovo needs PostgreSQL 15 or later; this server is older.')
  if (fsync !== 'on' || sync === 'off')
    throw new DatabaseRefused('This PostgreSQL may lose bookings it has acknowledged: set fsync = on and synchronous_commit = on.')
}

/**
 * The application works as `ritrovo_app`, which owns nothing, so that row-level policies hold for it (F25). Where we may not make a
 * role, `force row level security` holds for the owner too; only a superuser would see past it, and a superuser can make the role.
 */
async function grantToApplication(client: pg.Client): Promise<void> {
  await client.query(`
    do $$ begin
      if not exists (select from pg_roles where rolname = 'ritrovo_app') then
        begin
          create role ritrovo_app nologin nosuperuser nobypassrls;
        exception when insufficient_privilege or duplicate_object or unique_violation then null;
        end;
      end if;
      if exists (select from pg_roles where rolname = 'ritrovo_app') then
        begin
          if not pg_has_role('ritrovo_app', 'member') then execute format('grant ritrovo_app to %I', current_user); end if;
        exception when insufficient_privilege then null;
        end;
        grant usage on schema public to ritrovo_app;
        grant select, insert, update, delete on all tables in schema public to ritrovo_app;
        revoke insert, update, delete on migrations from ritrovo_app;
      end if;
    end $$`)
  const { rows } = await client.query<{ blind: boolean }>(
    `select not (rolsuper or rolbypassrls) as blind from pg_roles
     where rolname = coalesce((select rolname from pg_roles where rolname = 'ritrovo_app' and pg_has_role(oid, 'member')), current_user)`,
  )
  if (!rows[0]?.blind) throw new DatabaseRefused('The database user of DATABASE_URL sees past row-level security: give Ritrovo an ordinary role.')
}
