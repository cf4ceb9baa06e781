import { spawn } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { DAY, MINUTE } from '#core/time/model.ts'
import { startDebian15 } from '#tests/cluster.ts'
import { aFolder, build, endAll, lives, postmasterOf, ritrovo, serve, until, whenReady } from '#tests/ritrovo.ts'

vi.setConfig({ testTimeout: 120_000 })
const PASSWORD = 'correct horse battery'
const SETUP = ['setup', '--email', 'giulia@example.test', '--password', '-', '--name', 'Giulia Ferri', '--workspace', 'Studio Ferri', '--zone', 'Europe/Rome']

beforeAll(build)
afterEach(endAll)
afterAll(endAll)

async function setUp(env: Record<string, string>): Promise<void> {
  const end = await ritrovo(SETUP, { env, input: PASSWORD }).ended
  expect(end, end.err).toMatchObject({ code: 0, out: 'Giulia Ferri may now sign in with giulia@example.test.\n', err: '' })
}

/** The host's first page as a program finds it: sign in, list, ask for slots. */
async function aPage(url: string) {
  const signed = await fetch(`${url}/api/v1/sessions`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-ritrovo': '1' }, body: JSON.stringify({ email: 'giulia@example.test', password: PASSWORD }) })
  expect(signed.status).toBe(201)
  const cookie = signed.headers.getSetCookie()[0]!.split(';')[0]!
  const { pages } = (await (await fetch(`${url}/api/v1/pages`, { headers: { cookie } })).json()) as { pages: { hostSlug: string; slug: string }[] }
  const path = `${url}/api/public/${pages[0]!.hostSlug}/${pages[0]!.slug}`
  const now = Date.now()
  const answer = await fetch(`${path}/slots?from=${new Date(now + DAY).toISOString()}&to=${new Date(now + 15 * DAY).toISOString()}`)
  const { days } = (await answer.json()) as { days: { date: string; runs: { offset: number; minutes: number[] }[] }[] }
  const starts = days.flatMap(({ date, runs }) => runs.flatMap(({ offset, minutes }) => minutes.map((minute) => Date.parse(`${date}T00:00Z`) + (minute - offset) * MINUTE)))
  let n = 0
  const ask = () =>
    fetch(`${path}/bookings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-ritrovo': '1', 'idempotency-key': `visitor-${++n}-${now}` },
      body: JSON.stringify({ start: starts[n * 2]!, zone: 'Europe/Rome', name: `Visitor ${n}`, email: `visitor${n}@example.test` }),
    })
  return { cookie, ask }
}

test('E05 asked to stop, it answers everybody who was waiting, takes nobody new, and leaves nothing running', async () => {
  const data = aFolder()
  const env = { RITROVO_DATA: data, RITROVO_FAILPOINT: 'before_lock=delay:4000' }
  await setUp(env)
  const server = await serve({ env })
  const { ask } = await aPage(server.url)
  const postmaster = postmasterOf(data)!
  const asking = Array.from({ length: 20 }, ask)
  await sleep(2_000)
  const begun = Date.now()
  server.kill('SIGTERM')
  await sleep(200)
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
  expect((await Promise.all(asking)).map(({ status }) => status)).toEqual(Array(20).fill(201))
  expect(await server.ended).toMatchObject({ code: 0, signal: null, err: '' })
  expect(Date.now() - begun).toBeLessThan(20_000)
  expect(lives(postmaster)).toBe(false)
  expect(existsSync(join(data, 'server.lock'))).toBe(false)
})

test('E05 a Ctrl-C that npm, the launcher and the terminal all pass on is one wish, and the database outlives it', async () => {
  const data = aFolder()
  const env = { RITROVO_DATA: data, RITROVO_FAILPOINT: 'before_lock=delay:4000' }
  await setUp(env)
  // As `npm start` runs it: a launcher in front, all in one process group.
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', '..', 'bin', 'launch.mjs'), 'start'], { detached: true, env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', NODE_ENV: 'test', PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    let out = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()))
    const ended = new Promise<number | null>((done) => child.once('exit', done))
    const url = await whenReady({ pid: child.pid!, out: () => out, err: () => '', ended: ended.then((code) => ({ code, signal: null, out, err: '' })), kill: () => undefined })
    const { ask } = await aPage(url!)
    const asking = Array.from({ length: 5 }, ask)
    await sleep(2_000)
    process.kill(-child.pid!, 'SIGINT')
    expect((await Promise.all(asking)).map(({ status }) => status)).toEqual(Array(5).fill(201))
    expect(await ended, out).toBe(0)
    expect(out).not.toContain('the built-in database ended')
    expect(postmasterOf(data)).toBeNull()
  } finally {
    // The group is ours: the launcher leads it.
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // It has ended, as it should.
    }
  }
})

test('a port that is taken is told in one sentence, and nothing is left running', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((done) => taken.once('listening', done))
  const { port } = taken.address() as AddressInfo
  const data = aFolder()
  const end = await ritrovo(['start'], { env: { RITROVO_DATA: data, PORT: String(port) } }).ended
  taken.close()
  expect(end).toMatchObject({ code: 1, out: '', err: `Port ${port} is taken: set PORT to another one.\n` })
  expect(postmasterOf(data)).toBeNull()
  expect(existsSync(join(data, 'server.lock'))).toBe(false)
})

test('on a PostgreSQL 15 of Debian, as an owner without any right but his own: set up, asked for a meeting, away and back', async () => {
  const debian = await startDebian15()
  try {
    const admin = async <Row>(database: string, statement: string, user = 'postgres'): Promise<Row[]> => {
      const client = new pg.Client({ host: debian.host, user, database })
      await client.connect()
      try {
        return (await client.query(statement)).rows as Row[]
      } finally {
        await client.end()
      }
    }
    await admin('postgres', 'create role studio login nosuperuser nocreaterole nocreatedb')
    await admin('postgres', 'create database studio owner studio')
    const address = (user: string, database: string) => `postgres://${user}@localhost/${database}?host=${encodeURIComponent(debian.host)}`
    const env = { RITROVO_DATA: aFolder(), DATABASE_URL: address('studio', 'studio'), RITROVO_LEASE_SECONDS: '2' }
    await setUp(env)
    // Two processes with one master key, as a server that was outgrown runs them: started together on what is there.
    const [server, worker] = await Promise.all([serve({ env, args: ['--only', 'web'] }), serve({ env, args: ['--only', 'worker'] })])
    expect(postmasterOf(env.RITROVO_DATA)).toBeNull()
    const { ask } = await aPage(server.url)
    const asked = await ask()
    expect(asked.status).toBe(201)
    expect(await asked.json()).toMatchObject({ state: 'requested' })
    await until('the letters lie in the practice mailbox', async () => (await admin('studio', `select 1 from letters where state = 'practice'`)).length >= 2)

    // F25: nobody made a role for us here, so the owner himself is bound by every policy.
    expect(await admin('postgres', `select rolname from pg_roles where rolname = 'ritrovo_app'`)).toEqual([])
    expect(await admin('studio', `select rolsuper or rolbypassrls as sees from pg_roles where rolname = current_user`, 'studio')).toEqual([{ sees: false }])
    for (const table of ['users', 'bookings', 'letters', 'contacts']) expect(await admin('studio', `select count(*)::int as n from ${table}`, 'studio')).toEqual([{ n: 0 }])
    expect((await admin<{ n: number }>('studio', 'select count(*)::int as n from users'))[0]!.n).toBe(1)

    // E07, S09: while the database is away the process says so and lives; when it is back, so are we.
    await debian.halt()
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    const away = await fetch(`${server.url}/readyz`)
    expect(away.status).toBe(503)
    expect(await away.json()).toMatchObject({ code: 'database' })
    const refused = await ask()
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('2')
    await debian.start()
    await until('it was ready again', async () => (await fetch(`${server.url}/readyz`)).status === 200)
    expect((await ask()).status).toBe(201)
    for (const process of [server, worker]) process.kill('SIGTERM')
    for (const process of [server, worker]) expect((await process.ended).code, process.out() + process.err()).toBe(0)

    // F25: a superuser makes the role and works as it; one who only sees past the policies is refused.
    await admin('postgres', 'create database second')
    const second = await serve({ env: { ...env, RITROVO_DATA: aFolder(), DATABASE_URL: address('postgres', 'second') } })
    expect(await admin('postgres', `select rolsuper or rolbypassrls or rolcanlogin as any_right from pg_roles where rolname = 'ritrovo_app'`)).toEqual([{ any_right: false }])
    expect(await admin('second', `select count(*)::int as n from pg_tables where tableowner = 'ritrovo_app'`)).toEqual([{ n: 0 }])
    second.kill('SIGTERM')
    await second.ended
    await admin('postgres', 'create role seer login bypassrls')
    await admin('postgres', 'create database third owner seer')
    expect(await ritrovo(['start'], { env: { ...env, RITROVO_DATA: aFolder(), DATABASE_URL: address('seer', 'third'), PORT: '0' } }).ended).toMatchObject({ code: 1, out: '', err: 'The database user of DATABASE_URL sees past row-level security: give Ritrovo an ordinary role.\n' })

    await admin('postgres', 'create role guest login')
    expect(await ritrovo(['start'], { env: { ...env, RITROVO_DATA: aFolder(), DATABASE_URL: address('guest', 'third'), PORT: '0' } }).ended).toMatchObject({ code: 1, out: '', err: 'The database user may not make Ritrovo’s tables (permission denied for schema public): make it the owner of its database.\n' })
    expect(await ritrovo(['start'], { env: { ...env, RITROVO_DATA: aFolder(), DATABASE_URL: address('nobody-here', 'third'), PORT: '0' } }).ended).toMatchObject({ code: 1, out: '', err: 'The database does not let Ritrovo in (role "nobody-here" does not exist): check DATABASE_URL, and that its server runs.\n' })
  } finally {
    await endAll()
    await debian.stop()
  }
})
