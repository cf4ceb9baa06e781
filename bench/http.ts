import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { randomUUID } from 'node:crypto'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import pg from 'pg'
import { findSlots } from '#core/availability/slots.ts'
import { daysOf } from '#core/availability/days.ts'
import { fromBytes, packBusy, toBytes } from '#core/time/busy.ts'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import { createApp } from '#server/app.ts'
import { effectsAtRest } from '#server/bookings/effects.ts'
import { at } from '#server/platform/database.ts'
import { readConfig } from '#server/platform/config.ts'
import type { Deps } from '#server/platform/deps.ts'
import { open } from '#server/open.ts'
import type { Line } from './line.ts'
import { load } from './load.ts'

/** Slots and bookings over HTTP beside their references, in one run on one database (performance.md §2). */
export async function benchHttp(): Promise<Line[]> {
  const data = mkdtempSync(join(tmpdir(), 'ritrovo-bench-http-'))
  const { deps, address, close } = await open({ ...readConfig({ RITROVO_DATA: data, RITROVO_URL: 'http://127.0.0.1:1', RITROVO_LOG_LEVEL: 'silent' }) })
  // Nothing is limited here but the machine: no limits on visitors, and a calendar that nobody can be asked about.
  const unaskable = { ...deps.providers.caldav!, freshBusy: null }
  const free: Deps = { ...deps, db: watched(deps.db), limiter: { take: async () => ({ kind: 'within' }) }, providers: { caldav: unaskable }, works: false }
  const app = createApp(free)
  const server = createAdaptorServer({ fetch: app.fetch })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  deps.config.url = url
  try {
    return [...(await slots(free, url, address as { host: string })), ...(await bookings(free, url, address as { host: string }))]
  } finally {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await close()
    rmSync(data, { recursive: true, force: true })
  }
}

const spent: { statements: number; roundTrips: number }[] = []

/** The same database, with what each transaction cost noted in `spent`. */
const watched = (db: Deps['db']): Deps['db'] => ({
  ...db,
  async inWorkspace(workspaceId, work) {
    const before = db.counts()
    const result = await db.inWorkspace(workspaceId, work)
    const after = db.counts()
    spent.push({ statements: after.statements - before.statements, roundTrips: after.roundTrips - before.roundTrips })
    return result
  },
})

async function slots(deps: Deps, url: string, address: { host: string }): Promise<Line[]> {
  const host = await aHost(deps, 1000)
  const now = Date.now()
  const from = new Date(now).toISOString()
  const to = new Date(now + 60 * DAY).toISOString()
  const path = `/api/public/${host.slug}/meet/slots?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}&zone=America/New_York`

  const before = deps.db.counts()
  const first = await fetch(url + path)
  const body = await first.text()
  const after = deps.db.counts()
  if (first.status !== 200 || !body.includes('minutes')) throw new Error(`slots answered ${first.status}: ${body.slice(0, 200)}`)

  const reference = await packedReference(address, host)
  const empty = await emptyRoute()
  const plan = (target: string, requestPath: string) => ({ url: target, requests: [{ method: 'GET' as const, path: requestPath }], connections: 16, seconds: 3 })
  await load({ ...plan(url, path), seconds: 1 })
  await load({ ...plan(reference.url, '/'), seconds: 1 })
  const theirs = await load(plan(reference.url, '/'))
  const ours = await load(plan(url, path))
  const emptyAt200 = await load({ ...plan(empty.url, '/'), rate: 200 })
  const oursAt200 = await load({ ...plan(url, path), rate: 200 })
  await reference.stop()
  await empty.stop()
  const zipped = gzipSync(body).length
  return [
    { name: 'slots: statements per request', ours: after.statements - before.statements, limit: 2, unit: 'SQL', ok: after.statements - before.statements <= 2 },
    { name: 'slots: serial round trips', ours: after.roundTrips - before.roundTrips, limit: 2, unit: 'trips', ok: after.roundTrips - before.roundTrips <= 2 },
    { name: 'slots, 1 host, 1 000 busy: requests/s (limit: half the packed reference)', ours: ours.perSecond, limit: theirs.perSecond / 2, unit: '/s', ok: ours.perSecond >= theirs.perSecond / 2, note: `reference ${Math.round(theirs.perSecond)}/s` },
    { name: 'slots: p99 at 200/s (limit: 4 × the empty route)', ours: oursAt200.p99, limit: emptyAt200.p99 * 4, unit: 'ms', ok: oursAt200.p99 <= emptyAt200.p99 * 4, note: `empty route ${emptyAt200.p99.toFixed(2)} ms` },
    { name: 'slots answer for 60 days, gzip', ours: zipped, limit: 1024, unit: 'B', ok: zipped <= 1024 },
  ]
}

async function bookings(deps: Deps, url: string, address: { host: string }): Promise<Line[]> {
  const hosts = await Promise.all(Array.from({ length: 8 }, () => aHost(deps, 50)))
  const begin = Math.ceil(Date.now() / HOUR) * HOUR + 2 * DAY
  const wish = (host: { slug: string }, index: number) => ({
    method: 'POST' as const,
    path: `/api/public/${host.slug}/open/bookings`,
    headers: { 'content-type': 'application/json', 'x-ritrovo': '1' },
    body: JSON.stringify({ start: begin + index * 30 * MINUTE, zone: 'Europe/Rome', name: 'Mario Rossi', email: `mario${index % 50}@example.test` }),
  })
  const many = Array.from({ length: 1600 }, (_, index) => hosts.map((host) => wish(host, index))).flat()
  await load({ url, requests: many.slice(0, 200), connections: 8, seconds: 5 })
  await effectsAtRest()
  spent.length = 0
  const one = many[200]!
  const single = await fetch(url + one.path, { method: 'POST', headers: one.headers, body: one.body })
  if (single.status !== 201) throw new Error(`a booking answered ${single.status}: ${await single.text()}`)
  // The transaction that wrote the booking is the largest of those that ended before the answer.
  const spending = spent.toSorted((x, y) => y.statements - x.statements)[0]!
  await effectsAtRest()
  const pgbench = pgbenchRate(address)
  const ours = await load({ url, requests: many.slice(201), connections: 8, seconds: 4 })

  const contested = await aHost(deps, 0)
  const race = await Promise.all(Array.from({ length: 64 }, async (_, index) => {
    const { path, headers } = wish(contested, 0)
    return (await fetch(url + path, { method: 'POST', headers, body: JSON.stringify({ start: begin, zone: 'Europe/Rome', name: `Racer ${index}`, email: `racer${index}@example.test` }) })).status
  }))
  const burst: number[] = []
  const crowd = await aHost(deps, 0)
  await Promise.all(Array.from({ length: 40 }, async (_, index) => {
    const { path, headers } = wish(crowd, 0)
    const start = performance.now()
    await fetch(url + path, { method: 'POST', headers, body: JSON.stringify({ start: begin + (index % 4) * 30 * MINUTE, zone: 'Europe/Rome', name: `Racer ${index}`, email: `racer${index}@example.test` }) })
    burst.push(performance.now() - start)
  }))
  const winners = race.filter((status) => status === 201).length
  const good = (ours.statuses['201'] ?? 0) / ours.answers
  return [
    { name: 'booking: statements', ours: spending.statements, limit: 8, unit: 'SQL', ok: spending.statements <= 8 },
    { name: 'booking: serial round trips', ours: spending.roundTrips, limit: 3, unit: 'trips', ok: spending.roundTrips <= 3 },
    { name: 'bookings/s, 8 clients (limit: 40 % of pgbench, one statement)', ours: ours.perSecond * good, limit: pgbench * 0.4, unit: '/s', ok: ours.perSecond * good >= pgbench * 0.4, note: `pgbench ${Math.round(pgbench)}/s` },
    { name: '64 parallel posts for one slot: winners', ours: winners, limit: 1, unit: '', ok: winners === 1 },
    { name: 'burst of 40 on one host: worst wait', ours: Math.max(...burst), limit: 1000, unit: 'ms', ok: Math.max(...burst) < 1000 },
  ]
}

/** A host with a connected calendar of n busy events and two pages: office hours, and round the clock for bookings. */
async function aHost(deps: Deps, busyEvents: number): Promise<{ slug: string; workspaceId: string; calendarId: string }> {
  const workspaceId = randomUUID()
  const userId = randomUUID()
  const connectionId = randomUUID()
  const calendarId = randomUUID()
  const slug = `host-${userId.slice(0, 8)}`
  const now = Date.now()
  const busy = toBytes(packBusy(Array.from({ length: busyEvents }, (_, index) => {
    const start = Math.floor(now / HOUR) * HOUR + ((index * 7919) % (60 * 24 * 4)) * 15 * MINUTE
    return { start, end: start + 30 * MINUTE }
  })))
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    const sql = (text: string, values: unknown[]) => tx.prepared('', text, values)
    await sql(`insert into workspaces (workspace_id, name, locale, zone) values ($1, 'Bench', 'en', 'Europe/Rome')`, [workspaceId])
    const [role] = await tx.prepared<{ role_id: string }>('', `insert into roles (workspace_id, name, built_in, permissions) values ($1, 'Admin', 'admin', '{}') returning role_id`, [workspaceId])
    await sql(`insert into users (workspace_id, user_id, email, email_key, name, slug, role_id, locale, zone) values ($1, $2, $3, $3, 'Bench', $4, $5, 'en', 'Europe/Rome')`, [workspaceId, userId, `${slug}@example.test`, slug, role!.role_id])
    await sql(`insert into directory values ('host', $1, $2, $3)`, [slug, workspaceId, userId])
    await sql(`insert into host_versions values ($1, $2)`, [workspaceId, userId])
    await sql(`insert into connections (workspace_id, connection_id, user_id, provider, account, state) values ($1, $2, $3, 'caldav', 'bench', 'connected')`, [workspaceId, connectionId, userId])
    await sql(`insert into calendars (workspace_id, calendar_id, connection_id, user_id, remote_id, name, writable, checked, destination, synced_at, packed_busy) values ($1, $2, $3, $4, 'bench', 'Bench', true, true, true, $5, $6)`, [workspaceId, calendarId, connectionId, userId, at(now + DAY), Buffer.from(busy)])
    for (const [page, span, days] of [['meet', { from: 540, to: 1020 }, 60], ['open', { from: 0, to: 1440 }, 400]] as const) {
      const eventTypeId = randomUUID()
      const [schedule] = await tx.prepared<{ schedule_id: string }>('', `insert into schedules (workspace_id, user_id, name, zone, weekly) values ($1, $2, 'Bench', 'Europe/Rome', $3) returning schedule_id`, [workspaceId, userId, JSON.stringify(Array.from({ length: 7 }, (_, day) => (page === 'open' || day < 5 ? [span] : [])))])
      await sql(`insert into event_types (workspace_id, event_type_id, owner_id, title, location, durations, increment, buffer_before, buffer_after, notice, horizon, schedule_id, when_unreadable) values ($1, $2, $3, 'Bench', '{"kind":"phone","value":""}', '{30}', $4, $5, $5, $6, $7, $8, '{"kind":"last-known","hours":1000}')`, [workspaceId, eventTypeId, userId, page === 'meet' ? 15 : 30, page === 'meet' ? 10 : 0, page === 'meet' ? 240 : 0, JSON.stringify({ kind: 'rolling', days }), schedule!.schedule_id])
      await sql(`insert into scheduling_pages (workspace_id, owner_id, event_type_id, slug) values ($1, $2, $3, $4)`, [workspaceId, userId, eventTypeId, page])
    }
  })
  return { slug, workspaceId, calendarId }
}

/** What any server must do for this answer: one packed row, the same slots, the same JSON. */
async function packedReference(address: { host: string }, host: { workspaceId: string; calendarId: string }) {
  const pool = new pg.Pool({ ...address, user: 'postgres', database: 'postgres', max: 12 })
  const weekly = Array.from({ length: 7 }, (_, day) => (day < 5 ? [{ from: 540, to: 1020 }] : []))
  const server = createServer((_request, response) => {
    void pool.query({ name: 'packed', text: 'select packed_busy from calendars where workspace_id = $1 and calendar_id = $2', values: [host.workspaceId, host.calendarId] }).then(({ rows }) => {
      const now = Date.now()
      const found = findSlots({
        offer: { durations: [30], increment: 15, before: 10, after: 10, limits: { notice: 4 * HOUR, horizon: { kind: 'rolling', days: 60 }, perDay: null, perWeek: null }, capacity: 1 },
        duration: 30,
        assignment: 'solo',
        hosts: [{ hostId: 'x', schedule: { zone: 'Europe/Rome', weekly, overrides: [] }, busy: fromBytes((rows[0] as { packed_busy: Buffer }).packed_busy), own: [] }],
        window: { start: now, end: now + 60 * DAY },
        now,
      })
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ days: daysOf(found, 'America/New_York') }))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close()
      server.closeAllConnections()
      await pool.end()
    },
  }
}

async function emptyRoute() {
  const server = createAdaptorServer({ fetch: new Hono().get('/', (c) => c.text('ok')).fetch })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
    },
  }
}

/** One insert under the same exclusion constraint, 8 clients, on the same server, as pgbench of Debian's PostgreSQL measures it. */
function pgbenchRate({ host }: { host: string }): number {
  const program = '/usr/lib/postgresql/15/bin/pgbench'
  if (!existsSync(program)) throw new Error('pgbench is missing: apt-get install postgresql-15')
  const server = ['-h', host, '-U', 'postgres']
  const psql = (text: string) => execFileSync('/usr/lib/postgresql/15/bin/psql', [...server, '-d', 'postgres', '-qc', text], { stdio: ['ignore', 'ignore', 'pipe'] })
  psql('create table if not exists bench_one (host int not null, during tstzrange not null, exclude using gist (host with =, during with &&)); create sequence if not exists bench_seq')
  const script = join(mkdtempSync(join(tmpdir(), 'ritrovo-pgbench-')), 'one.sql')
  spawnSync('sh', ['-c', `cat > ${script}`], { input: `\\set h random(1, 8)\ninsert into bench_one select :h, tstzrange(t, t + interval '30 minutes') from (select timestamptz '2027-01-01' + nextval('bench_seq') * interval '1 hour' t) x;\n` })
  const report = execFileSync(program, [...server, '-n', '-c', '8', '-j', '1', '-T', '4', '-M', 'prepared', '-f', script, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  psql('drop table bench_one; drop sequence bench_seq')
  rmSync(script, { force: true })
  return Number(/tps = ([\d.]+)/.exec(report)?.[1] ?? 0)
}
