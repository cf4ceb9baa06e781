import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { Client, type ClientConfig } from 'pg'
import { expect, test } from 'vitest'
import { aWorkspace, freshDatabase } from '../database.ts'

// What must be known before a workspace is; each is looked at by name below.
const WITHOUT_WORKSPACE = ['directory', 'instance', 'migrations', 'rate_limits']

type Table = {
  name: string
  firstKey: string | null
  enabled: boolean
  forced: boolean
  policies: number
  using: string | null
  check: string | null
  owner: string
}

const TABLES = `
  select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced, pg_get_userbyid(c.relowner) as owner,
    (select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0] where i.indrelid = c.oid and i.indisprimary) as "firstKey",
    (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies,
    (select pg_get_expr(polqual, polrelid) from pg_policy p where p.polrelid = c.oid and polcmd = '*' limit 1) as "using",
    (select pg_get_expr(polwithcheck, polrelid) from pg_policy p where p.polrelid = c.oid and polcmd = '*' limit 1) as "check"
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`

async function asOwner<T>(address: ClientConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(address)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

test('I16 every table carries its workspace first in its key and a forced policy on it', async () => {
  const { address } = await freshDatabase()
  const tables = await asOwner(address, async (client) => (await client.query<Table>(TABLES)).rows)
  expect(tables.map(({ name }) => name)).toEqual(
    expect.arrayContaining([...WITHOUT_WORKSPACE, 'users', 'sessions', 'contacts', 'bookings', 'letters']),
  )

  const rule = '(workspace_id = current_workspace())'
  const guarded = tables.filter(({ name }) => !WITHOUT_WORKSPACE.includes(name))
  expect(guarded.length).toBeGreaterThan(10)
  for (const { owner: _, ...table } of guarded)
    expect(table).toEqual({
      name: table.name,
      firstKey: 'workspace_id',
      enabled: true,
      forced: true,
      policies: 1,
      using: rule,
      check: rule,
    })
})

test('I16 the three tables without a workspace hold no words of a person', async () => {
  const { address } = await freshDatabase()
  const columns = await asOwner(address, async (client) =>
    (
      await client.query<{ name: string }>(
        `select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = 'public' and table_name = any($1) order by 1`,
        [WITHOUT_WORKSPACE],
      )
    ).rows.map(({ name }) => name),
  )
  expect(columns).toEqual([
    'directory.key',
    'directory.kind',
    'directory.subject_id',
    'directory.workspace_id',
    'instance.created_at',
    'instance.epoch',
    'instance.instance_id',
    'instance.key_check',
    'instance.only_row',
    'instance.setup_expires_at',
    'instance.setup_key_hash',
    'migrations.applied_at',
    'migrations.name',
    'rate_limits.bucket',
    'rate_limits.hits',
    'rate_limits.window_start',
  ])
})

test('F25 the application’s role owns nothing and cannot look past a policy', async () => {
  const { deps, address } = await freshDatabase()
  const role = await deps.db.outside(
    async (tx) =>
      (
        await sql<{ name: string; superuser: boolean; bypass: boolean; login: boolean }>`
      select rolname as name, rolsuper as superuser, rolbypassrls as bypass, rolcanlogin as login from pg_roles where rolname = current_user`.execute(
          tx,
        )
      ).rows[0],
  )
  expect(role).toEqual({ name: 'ritrovo_app', superuser: false, bypass: false, login: false })
  const tables = await asOwner(address, async (client) => (await client.query<Table>(TABLES)).rows)
  expect(tables.filter(({ owner }) => owner === 'ritrovo_app')).toEqual([])
})

test('F25 without a workspace every guarded table is empty, also on a connection that has just served one', async () => {
  const { deps, address } = await freshDatabase()
  const { workspaceId } = await aWorkspace(deps)
  const names = await asOwner(address, async (client) => {
    const { rows } = await client.query<Table>(TABLES)
    const names = rows.map(({ name }) => name).filter((name) => !WITHOUT_WORKSPACE.includes(name))
    expect((await client.query('select from users')).rowCount).toBe(1)
    return names
  })
  const rowsSeen = async (see: typeof deps.db.outside) =>
    see(async (tx) => {
      const counts = await Promise.all(
        names.map((name) => sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`.execute(tx)),
      )
      return counts.reduce((sum, { rows }) => sum + rows[0]!.n, 0)
    })
  expect(await rowsSeen((work) => deps.db.inWorkspace(workspaceId, work))).toBeGreaterThan(3)
  for (let again = 0; again < 20; again++) expect(await rowsSeen((work) => deps.db.outside(work))).toBe(0)
  expect(await rowsSeen((work) => deps.db.inWorkspace(randomUUID(), work))).toBe(0)
})

test('I16 one workspace can neither read, change, take nor plant a row of another', async () => {
  const { deps } = await freshDatabase()
  const mine = await aWorkspace(deps)
  const theirs = await aWorkspace(deps, { name: 'Altro Studio' })
  const asMe = <T>(work: Parameters<typeof deps.db.inWorkspace<T>>[1]) =>
    deps.db.inWorkspace(mine.workspaceId, work)

  const refused = { code: '42501' }
  const plant = (tx: Parameters<Parameters<typeof deps.db.inWorkspace>[1]>[0], workspaceId: string) =>
    sql`insert into contacts (workspace_id, email, email_key, name, name_key, source) values (${workspaceId}, 'a@b.test', 'a@b.test', 'A', 'a', 'person')`.execute(
      tx,
    )

  await asMe(async (tx) => {
    expect(
      (await sql`select from users where workspace_id = ${theirs.workspaceId}`.execute(tx)).rows,
    ).toEqual([])
    expect(
      (
        await sql`update users set name = 'x' where workspace_id = ${theirs.workspaceId} returning user_id`.execute(
          tx,
        )
      ).rows,
    ).toEqual([])
    expect(
      (await sql`delete from users where workspace_id = ${theirs.workspaceId} returning user_id`.execute(tx))
        .rows,
    ).toEqual([])
    expect(
      (await sql`delete from directory where workspace_id = ${theirs.workspaceId} returning key`.execute(tx))
        .rows,
    ).toEqual([])
    expect(
      (
        await sql`update directory set workspace_id = ${mine.workspaceId} where key = ${theirs.slug} returning key`.execute(
          tx,
        )
      ).rows,
    ).toEqual([])
  })
  await expect(asMe((tx) => plant(tx, theirs.workspaceId))).rejects.toMatchObject(refused)
  await expect(deps.db.outside((tx) => plant(tx, mine.workspaceId))).rejects.toMatchObject(refused)
  await expect(
    asMe((tx) =>
      sql`update users set workspace_id = ${theirs.workspaceId} where user_id = ${mine.userId}`.execute(tx),
    ),
  ).rejects.toMatchObject(refused)
  await expect(
    asMe((tx) =>
      sql`insert into directory (kind, key, workspace_id, subject_id) values ('host', 'planted', ${theirs.workspaceId}, ${mine.userId})`.execute(
        tx,
      ),
    ),
  ).rejects.toMatchObject(refused)
})
