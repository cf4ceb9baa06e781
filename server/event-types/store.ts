import { sql } from 'kysely'
import type { Instant, Span } from '#core/time/model.ts'
import { at, type Tx } from '#server/platform/database.ts'
import type { EventType, Hours, Page, Schedule } from './model.ts'

/** An event type as it is stored: all that an editor may change, but its hosts. */
export type EventTypeRow = Omit<EventType, 'hosts'>
export type ChosenHost = { id: string; name: string; priority: number }

export type PageRow = Pick<Page, 'id' | 'slug' | 'hostSlug' | 'locale' | 'open' | 'listed' | 'owner' | 'bookings' | 'requests'> & { eventType: EventTypeRow; hosts: ChosenHost[] }

const one = <Row>(rows: Row[]): Row | null => rows[0] ?? null

const eventType = sql`jsonb_build_object('id', e.event_type_id, 'title', e.title, 'description', e.description, 'location', e.location, 'durations', e.durations, 'increment', e.increment,
  'bufferBefore', e.buffer_before, 'bufferAfter', e.buffer_after, 'notice', e.notice, 'horizon', e.horizon, 'perDay', e.per_day, 'perWeek', e.per_week, 'capacity', e.capacity,
  'assignment', e.assignment, 'scheduleId', e.schedule_id, 'questions', e.questions, 'consent', e.consent, 'reminders', e.reminders, 'guestsMax', e.guests_max,
  'whenUnreadable', e.when_unreadable, 'onCalendarChange', e.on_calendar_change, 'version', e.version)`

// As the public page has it: whoever is disabled does not receive, and where nobody is named the owner does.
const hosts = sql`(select coalesce(jsonb_agg(jsonb_build_object('id', u.user_id, 'name', u.name, 'priority', h.priority) order by h.priority desc, u.name, u.user_id), jsonb_build_array(jsonb_build_object('id', o.user_id, 'name', o.name, 'priority', 0)))
  from event_type_hosts h join users u on u.workspace_id = h.workspace_id and u.user_id = h.user_id and u.disabled_at is null
  where h.workspace_id = e.workspace_id and h.event_type_id = e.event_type_id)`

// The bookings are counted where they stand: a page with its numbers is one question, not two slices' two.
const counts = sql`left join lateral (select count(*) filter (where b.state = 'confirmed')::int as bookings, count(*) filter (where b.state = 'requested' and b.ends_at > now())::int as requests
  from bookings b where b.workspace_id = p.workspace_id and b.page_id = p.page_id) n on true`

/** The pages of the workspace, or one of them. */
export async function findPages(tx: Tx, workspaceId: string, pageId: string | null): Promise<PageRow[]> {
  const { rows } = await sql<PageRow>`
    select p.page_id as id, p.slug, o.slug as "hostSlug", p.locale, p.open, p.listed, jsonb_build_object('id', o.user_id, 'name', o.name) as owner,
      ${eventType} as "eventType", ${hosts} as hosts, n.bookings, n.requests
    from scheduling_pages p
    join event_types e on e.workspace_id = p.workspace_id and e.event_type_id = p.event_type_id
    join users o on o.workspace_id = p.workspace_id and o.user_id = p.owner_id
    ${counts}
    where p.workspace_id = ${workspaceId} and (${pageId}::uuid is null or p.page_id = ${pageId})
    order by p.created_at, p.page_id`.execute(tx)
  return rows
}

export async function countPages(tx: Tx, workspaceId: string, ownerId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from scheduling_pages where workspace_id = ${workspaceId} and owner_id = ${ownerId}`.execute(tx)
  return rows[0]!.n
}

/** Of these slugs, the ones this owner already has. */
export async function takenSlugs(tx: Tx, workspaceId: string, ownerId: string, slugs: readonly string[], except: string | null): Promise<Set<string>> {
  const { rows } = await sql<{ slug: string }>`
    select slug from scheduling_pages where workspace_id = ${workspaceId} and owner_id = ${ownerId} and slug = any (${[...slugs]}) and page_id is distinct from ${except}`.execute(tx)
  return new Set(rows.map(({ slug }) => slug))
}

/** Takes the slug if it is still free; null when somebody else just took it. */
export async function insertPage(tx: Tx, page: { workspaceId: string; ownerId: string; eventTypeId: string; slug: string; open: boolean; locale: Page['locale'] }): Promise<string | null> {
  const { rows } = await sql<{ page_id: string }>`
    insert into scheduling_pages (workspace_id, owner_id, event_type_id, slug, open, locale)
    values (${page.workspaceId}, ${page.ownerId}, ${page.eventTypeId}, ${page.slug}, ${page.open}, ${page.locale})
    on conflict (workspace_id, owner_id, slug) do nothing returning page_id`.execute(tx)
  return one(rows)?.page_id ?? null
}

const json = (value: unknown) => (value === null ? null : JSON.stringify(value))

export async function insertEventType(tx: Tx, workspaceId: string, ownerId: string, type: Omit<EventTypeRow, 'id' | 'version'>): Promise<string> {
  const { rows } = await sql<{ event_type_id: string }>`
    insert into event_types (workspace_id, owner_id, title, description, location, durations, increment, buffer_before, buffer_after, notice, horizon, per_day, per_week, capacity,
      assignment, schedule_id, questions, consent, reminders, guests_max, when_unreadable, on_calendar_change)
    values (${workspaceId}, ${ownerId}, ${type.title}, ${type.description}, ${json(type.location)}, ${type.durations}, ${type.increment}, ${type.bufferBefore}, ${type.bufferAfter},
      ${type.notice}, ${json(type.horizon)}, ${type.perDay}, ${type.perWeek}, ${type.capacity}, ${type.assignment}, ${type.scheduleId}, ${json(type.questions)}, ${json(type.consent)},
      ${json(type.reminders)}, ${type.guestsMax}, ${json(type.whenUnreadable)}, ${json(type.onCalendarChange)})
    returning event_type_id`.execute(tx)
  return rows[0]!.event_type_id
}

/** Writes all settings if nobody has changed them since `version`. */
export async function updateEventType(tx: Tx, workspaceId: string, version: number, type: EventTypeRow): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update event_types set title = ${type.title}, description = ${type.description}, location = ${json(type.location)}, durations = ${type.durations}, increment = ${type.increment},
      buffer_before = ${type.bufferBefore}, buffer_after = ${type.bufferAfter}, notice = ${type.notice}, horizon = ${json(type.horizon)}, per_day = ${type.perDay}, per_week = ${type.perWeek},
      capacity = ${type.capacity}, assignment = ${type.assignment}, schedule_id = ${type.scheduleId}, questions = ${json(type.questions)}, consent = ${json(type.consent)},
      reminders = ${json(type.reminders)}, guests_max = ${type.guestsMax}, when_unreadable = ${json(type.whenUnreadable)},
      on_calendar_change = ${json(type.onCalendarChange)}, version = version + 1
    where workspace_id = ${workspaceId} and event_type_id = ${type.id} and version = ${version}`.execute(tx)
  return numAffectedRows === 1n
}

export async function updatePage(tx: Tx, workspaceId: string, page: { id: string; slug: string; locale: Page['locale']; open: boolean; listed: boolean }, now: Instant): Promise<void> {
  await sql`update scheduling_pages set slug = ${page.slug}, locale = ${page.locale}, open = ${page.open}, listed = ${page.listed}, updated_at = ${at(now)}
    where workspace_id = ${workspaceId} and page_id = ${page.id}`.execute(tx)
}

/** The page goes with its event type; bookings already made keep their own words. */
export async function deleteEventType(tx: Tx, workspaceId: string, eventTypeId: string): Promise<void> {
  await sql`delete from event_types where workspace_id = ${workspaceId} and event_type_id = ${eventTypeId}`.execute(tx)
}

export async function saveHosts(tx: Tx, workspaceId: string, eventTypeId: string, list: { id: string; priority: number }[]): Promise<void> {
  await sql`delete from event_type_hosts where workspace_id = ${workspaceId} and event_type_id = ${eventTypeId}`.execute(tx)
  await sql`insert into event_type_hosts (workspace_id, event_type_id, user_id, priority)
    select ${workspaceId}, ${eventTypeId}, * from unnest(${list.map(({ id }) => id)}::uuid[], ${list.map(({ priority }) => priority)}::int[])`.execute(tx)
}

// — schedules —

export type ScheduleRow = Schedule & { ownerId: string }

const schedule = sql`s.schedule_id as id, s.user_id as "ownerId", s.name, s.zone, s.weekly, s.overrides, s.is_default as "isDefault", s.version`

export async function findSchedules(tx: Tx, workspaceId: string, ownerId: string): Promise<ScheduleRow[]> {
  const { rows } = await sql<ScheduleRow>`select ${schedule} from schedules s where s.workspace_id = ${workspaceId} and s.user_id = ${ownerId} order by s.is_default desc, lower(s.name), s.schedule_id`.execute(tx)
  return rows
}

export async function findSchedule(tx: Tx, workspaceId: string, scheduleId: string): Promise<ScheduleRow | null> {
  const { rows } = await sql<ScheduleRow>`select ${schedule} from schedules s where s.workspace_id = ${workspaceId} and s.schedule_id = ${scheduleId}`.execute(tx)
  return one(rows)
}

export async function insertSchedule(tx: Tx, workspaceId: string, ownerId: string, draft: Required<Hours> & { isDefault: boolean }): Promise<string> {
  const { rows } = await sql<{ schedule_id: string }>`
    insert into schedules (workspace_id, user_id, name, zone, weekly, overrides, is_default)
    values (${workspaceId}, ${ownerId}, ${draft.name}, ${draft.zone}, ${json(draft.weekly)}, ${json(draft.overrides)}, ${draft.isDefault})
    returning schedule_id`.execute(tx)
  return rows[0]!.schedule_id
}

export async function updateSchedule(tx: Tx, workspaceId: string, version: number, row: ScheduleRow): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update schedules set name = ${row.name}, zone = ${row.zone}, weekly = ${json(row.weekly)}, overrides = ${json(row.overrides)}, version = version + 1
    where workspace_id = ${workspaceId} and schedule_id = ${row.id} and version = ${version}`.execute(tx)
  return numAffectedRows === 1n
}

/** One default each: the old one steps down before the new one steps up, or the unique index would see two. */
export async function makeDefault(tx: Tx, workspaceId: string, ownerId: string, scheduleId: string): Promise<void> {
  await sql`update schedules set is_default = false where workspace_id = ${workspaceId} and user_id = ${ownerId} and is_default and schedule_id <> ${scheduleId}`.execute(tx)
  await sql`update schedules set is_default = true where workspace_id = ${workspaceId} and user_id = ${ownerId} and schedule_id = ${scheduleId}`.execute(tx)
}

export async function deleteSchedule(tx: Tx, workspaceId: string, scheduleId: string): Promise<void> {
  await sql`delete from schedules where workspace_id = ${workspaceId} and schedule_id = ${scheduleId}`.execute(tx)
}

/** The hours that hold for each host: those the event type names when they are the host's own, else the host's default. */
export async function findHostHours(tx: Tx, workspaceId: string, hostIds: readonly string[], scheduleId: string | null): Promise<(ScheduleRow & { ownerId: string })[]> {
  const { rows } = await sql<ScheduleRow>`
    select distinct on (s.user_id) ${schedule} from schedules s
    where s.workspace_id = ${workspaceId} and s.user_id = any (${[...hostIds]}::uuid[]) and (s.is_default or s.schedule_id = ${scheduleId})
    order by s.user_id, s.schedule_id = ${scheduleId} desc nulls last`.execute(tx)
  return rows
}

// — what is taken —

export type TakenRow = { hostId: string; start: Instant; end: Instant; before: number; after: number; taken: number; capacity: number; sameType: boolean }

/** Bookings, living holds and open requests of these hosts around a window; a request stands in the way as in the public list. */
export async function findTaken(tx: Tx, workspaceId: string, hostIds: readonly string[], eventTypeId: string, { start, end }: Span, now: Instant): Promise<TakenRow[]> {
  const { rows } = await sql<TakenRow>`
    select o.host_id as "hostId", lower(o.during) as start, upper(o.during) as end, o.buffer_before as before, o.buffer_after as after, o.taken, o.capacity, o.event_type_id = ${eventTypeId} as "sameType"
    from occupancy o
    where o.workspace_id = ${workspaceId} and o.host_id = any (${[...hostIds]}::uuid[]) and o.during && tstzrange(${at(start)}, ${at(end)}) and (o.hold_until is null or o.hold_until > ${at(now)})
    union all
    select g.user_id, b.starts_at, b.ends_at, b.buffer_before, b.buffer_after, 1, 1, false
    from bookings b join booking_hosts g on g.workspace_id = b.workspace_id and g.booking_id = b.booking_id
    where b.workspace_id = ${workspaceId} and g.user_id = any (${[...hostIds]}::uuid[]) and b.state = 'requested' and b.ends_at > ${at(start)} and b.starts_at < ${at(end)}`.execute(tx)
  return rows
}

// — a new host —

export async function insertHostVersion(tx: Tx, workspaceId: string, userId: string): Promise<boolean> {
  const { numAffectedRows } = await sql`insert into host_versions (workspace_id, user_id) values (${workspaceId}, ${userId}) on conflict do nothing`.execute(tx)
  return numAffectedRows === 1n
}
