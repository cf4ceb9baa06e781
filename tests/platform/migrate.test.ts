import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { DatabaseRefused, migrate, migrationFiles } from '#server/platform/migrate.ts'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#server/platform/postgres.ts'
import { aFolder, build, endAll, ritrovo } from '#tests/ritrovo.ts'
import { TEMPLATE } from '#tests/template.ts'

vi.setConfig({ testTimeout: 120_000 })
afterAll(endAll)

type Address = { host: string; user: string; database: string }

async function asked<Row>(address: Address, statement: string): Promise<Row[]> {
  const client = new pg.Client(address)
  await client.connect()
  try {
    return (await client.query(statement)).rows as Row[]
  } finally {
    await client.end()
  }
}

/** A database with nothing in it, on the cluster that all tests share; gone at the end. */
async function anEmptyDatabase(): Promise<Address> {
  const cluster = { ...inject('cluster'), database: 'postgres' }
  const database = `m_${randomBytes(6).toString('hex')}`
  await asked(cluster, `create database ${database} template template0`)
  made.push(database)
  return { ...cluster, database }
}
const made: string[] = []
afterAll(async () => {
  for (const database of made) await asked({ ...inject('cluster'), database: 'postgres' }, `drop database ${database} with (force)`)
})

function aProcess(address: Address, failpoint = '') {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'migrate-child.ts'), JSON.stringify(address)], { env: { ...process.env, NODE_ENV: 'test', RITROVO_FAILPOINT: failpoint }, stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  return new Promise<{ code: number | null; signal: string | null; applied: string[] }>((done) => child.once('close', (code, signal) => done({ code, signal, applied: out === '' ? [] : (JSON.parse(out) as string[]) })))
}

// Columns, indexes, constraints, policies, functions and rights, in words.
const shape = (address: Address) =>
  asked<{ line: string }>(
    address,
    `select line from (
       select format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) as line
         from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
       union all select indexdef from pg_indexes where schemaname = 'public'
       union all select format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint where connamespace = 'public'::regnamespace
       union all select format('%s %s %s %s', tablename, policyname, qual, with_check) from pg_policies where schemaname = 'public'
       union all select pg_get_functiondef(p.oid) from pg_proc p join pg_language l on l.oid = p.prolang where pronamespace = 'public'::regnamespace and l.lanname in ('sql', 'plpgsql')
       union all select format('%s %s', relname, relacl) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
     ) all_of_it order by line collate "C"`,
  )

test('E23 a second run changes nothing', async () => {
  const address = await anEmptyDatabase()
  expect((await migrate(address)).applied).toEqual(migrationFiles())
  const before = await shape(address)
  expect((await migrate(address)).applied).toEqual([])
  expect(await shape(address)).toEqual(before)
})

test('E23 two processes that start at once apply each step once', async () => {
  const address = await anEmptyDatabase()
  const both = await Promise.all([aProcess(address), aProcess(address)])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(both.flatMap(({ applied }) => applied).sort()).toEqual(migrationFiles())
})

test('E23 killed in every step, the next run goes on there and the schema is the same', async () => {
  const address = await anEmptyDatabase()
  for (const [index] of migrationFiles().entries()) {
    expect(await aProcess(address, `migration_step_${index + 1}=kill9@1`)).toMatchObject({ signal: 'SIGKILL' })
    expect(await asked(address, 'select name from migrations order by name')).toEqual(migrationFiles().slice(0, index).map((name) => ({ name })))
    expect((await migrate(address, index + 1)).applied).toEqual([migrationFiles()[index]])
  }
  await migrate(address)
  expect(await shape(address)).toEqual(await shape({ ...address, database: TEMPLATE }))
})

test('E23 a database that a newer Ritrovo has used is refused and left as it is', async () => {
  const address = await anEmptyDatabase()
  await migrate(address, 3)
  await asked(address, `insert into migrations (name) values ('9999-of-tomorrow.sql')`)
  const before = await shape(address)
  await expect(migrate(address)).rejects.toThrow(DatabaseRefused)
  await expect(migrate(address)).rejects.toThrow('newer Ritrovo (9999-of-tomorrow.sql)')
  expect(await shape(address)).toEqual(before)
})

let durable: EmbeddedPostgres
beforeAll(async () => {
  build()
  durable = await startEmbeddedPostgres(aFolder())
})
afterAll(() => durable.stop())

test.each([
  ['fsync', `alter system set fsync = off`, `alter system reset fsync`],
  ['synchronous_commit', `alter role postgres set synchronous_commit = off`, `alter role postgres reset synchronous_commit`],
])('E08 a server with %s off is refused in one sentence', async (_what, off, on) => {
  const address = { host: durable.socket, user: 'postgres', database: 'postgres' }
  await asked(address, off)
  await asked(address, 'select pg_reload_conf()')
  const env = { RITROVO_DATA: aFolder(), DATABASE_URL: `postgres://postgres@localhost/postgres?host=${encodeURIComponent(durable.socket)}`, PORT: '0' }
  try {
    expect(await ritrovo(['start'], { env }).ended).toMatchObject({ code: 1, out: '', err: 'This PostgreSQL may lose bookings it has acknowledged: set fsync = on and synchronous_commit = on.\n' })
    expect(await asked(address, `select relname from pg_class where relnamespace = 'public'::regnamespace`)).toEqual([])
  } finally {
    await asked(address, on)
    await asked(address, 'select pg_reload_conf()')
  }
})
