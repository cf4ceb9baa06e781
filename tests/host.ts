import { randomUUID } from 'node:crypto'
import type { Deps } from '#server/platform/deps.ts'
import { startPracticeCaldav, type PracticeCaldav } from '#practice/caldav/server.ts'
import { caldav } from '#server/providers/caldav/caldav.ts'
import type { Task } from '#server/platform/jobs.ts'
import { tasks as everyTask } from '#server/worker.ts'
import { syncCalendar } from '#server/calendars/sync.ts'
import { at } from '#server/platform/database.ts'
import { aWorkspace, freshDatabase } from './database.ts'

export type Page = { host: string; page: string; pageId: string; eventTypeId: string }

export type PageOptions = {
  slug?: string
  durations?: number[]
  increment?: number
  before?: number
  after?: number
  notice?: number
  days?: number
  perDay?: number
  perWeek?: number
  capacity?: number
  assignment?: 'solo' | 'round-robin' | 'collective'
  hosts?: string[]
  whenUnreadable?: { kind: 'close' } | { kind: 'requests' } | { kind: 'last-known'; hours: number }
  questions?: object[]
  reminders?: object[]
  guestsMax?: number
}

/** A page that is open all week, round the clock unless `weekly` says otherwise, with nothing in the way. */
export async function aPage(deps: Deps, owner: { workspaceId: string; userId: string; slug: string; zone: string }, options: PageOptions = {}): Promise<Page> {
  const eventTypeId = randomUUID()
  const pageId = randomUUID()
  const slug = options.slug ?? `meet-${eventTypeId.slice(0, 8)}`
  await deps.db.inWorkspace(owner.workspaceId, async (tx) => {
    const weekly = JSON.stringify(Array.from({ length: 7 }, () => [{ from: 0, to: 1440 }]))
    await tx.prepared('', `insert into schedules (workspace_id, user_id, name, zone, weekly, is_default) values ($1, $2, 'Always', $3, $4, true) on conflict do nothing`, [owner.workspaceId, owner.userId, owner.zone, weekly])
    await tx.prepared(
      '',
      `insert into event_types (workspace_id, event_type_id, owner_id, title, location, durations, increment, buffer_before, buffer_after, notice, horizon, per_day, per_week, capacity, assignment, when_unreadable, questions, reminders, guests_max)
       values ($1, $2, $3, 'First meeting', '{"kind":"phone","value":""}', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
      [owner.workspaceId, eventTypeId, owner.userId, options.durations ?? [30], options.increment ?? 30, options.before ?? 0, options.after ?? 0, options.notice ?? 0, JSON.stringify({ kind: 'rolling', days: options.days ?? 60 }), options.perDay ?? null, options.perWeek ?? null, options.capacity ?? 1, options.assignment ?? 'solo', JSON.stringify(options.whenUnreadable ?? { kind: 'requests' }), JSON.stringify(options.questions ?? []), JSON.stringify(options.reminders ?? []), options.guestsMax ?? 0],
    )
    for (const [priority, host] of (options.hosts ?? []).entries()) await tx.prepared('', 'insert into event_type_hosts (workspace_id, event_type_id, user_id, priority) values ($1, $2, $3, $4)', [owner.workspaceId, eventTypeId, host, priority])
    await tx.prepared('', 'insert into scheduling_pages (workspace_id, page_id, owner_id, event_type_id, slug) values ($1, $2, $3, $4, $5)', [owner.workspaceId, pageId, owner.userId, eventTypeId, slug])
  })
  return { host: owner.slug, page: slug, pageId, eventTypeId }
}

/** Connects a host to a calendar on the practice server by the tables, then reads it once for real. */
export async function connect(deps: Deps, owner: { workspaceId: string; userId: string }, server: PracticeCaldav, path = `/calendars/${server.user}/work/`): Promise<{ connectionId: string; calendarId: string }> {
  const connectionId = randomUUID()
  const calendarId = randomUUID()
  const { workspaceId, userId } = owner
  const seal = (field: 'address' | 'user' | 'secret', value: string) => deps.secrets.seal(value, { table: 'connections', row: connectionId, workspaceId, field })
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    await tx.prepared('', `insert into connections (workspace_id, connection_id, user_id, provider, account, state, sealed_address, sealed_user, sealed_secret, verified_at) values ($1, $2, $3, 'caldav', $4, 'connected', $5, $6, $7, $8)`, [workspaceId, connectionId, userId, server.user, seal('address', server.url), seal('user', server.user), seal('secret', server.password), at(deps.now())])
    await tx.prepared('', `insert into grants (workspace_id, connection_id, kind) values ($1, $2, 'calendar')`, [workspaceId, connectionId])
    await tx.prepared('', `insert into calendars (workspace_id, calendar_id, connection_id, user_id, remote_id, name, zone, writable, checked, destination) values ($1, $2, $3, $4, $5, 'Work', 'Europe/Rome', true, true, true)`, [workspaceId, calendarId, connectionId, userId, new URL(path, server.url).href])
  })
  await syncCalendar.run(deps, { workspaceId, calendarId })
  return { connectionId, calendarId }
}

/** A whole small world: database, practice calendar, one connected host with one page. */
export async function aBookableHost(options: PageOptions & { tasks?: Task<never>[]; work?: boolean; connected?: boolean; now?: () => number; env?: Record<string, string> } = {}) {
  const server = await startPracticeCaldav()
  const world = await freshDatabase({ RITROVO_EGRESS_ALLOW: `localhost:${server.port}`, ...options.env }, { providers: { caldav }, tasks: options.tasks ?? everyTask, work: options.work ?? false, ...(options.now ? { now: options.now } : {}) })
  const owner = await aWorkspace(world.deps)
  const page = await aPage(world.deps, owner, options)
  const calendar = options.connected === false ? null : await connect(world.deps, owner, server)
  const stop = async () => {
    await world.stop()
    await server.stop()
  }
  return { ...world, stop, server, owner, page, calendar }
}

/** The next full hour at least a day ahead: a start that any open page offers. */
export const soon = (hours = 24, now = Date.now()): number => (Math.ceil(now / 3_600_000) + hours) * 3_600_000

export const someone = (n: number | string = '') => ({ name: `Visitor ${n}`.trim(), email: `visitor${n}@example.test`, zone: 'Europe/Rome', locale: 'en' as const, answers: [], guests: [], consent: null })
