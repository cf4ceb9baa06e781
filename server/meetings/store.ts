import { sql } from 'kysely'
import type { Instant } from '#core/time/model.ts'
import { at, type Tx } from '#server/platform/database.ts'

const orNull = (instant: Instant | null) => (instant === null ? null : at(instant))

export type Keeper = {
  userId: string
  /** When the calendar was lent to us: what was made before is none of our business (b.3). */
  since: Instant
  byPrograms: boolean
}

/** Whose calendar this is and what they let us do with it; null where its account does not feed the contacts. */
export async function findKeeper(tx: Tx, workspaceId: string, calendarId: string): Promise<Keeper | null> {
  const { rows } = await sql<Keeper>`
    select c.user_id as "userId", g.given_at as since, w.meetings_by_programs as "byPrograms"
    from calendars c
    join connections n on n.workspace_id = c.workspace_id and n.connection_id = c.connection_id and n.state = 'connected' and n.calendar_ended_at is null and 'crm' = any(n.roles)
    join grants g on g.workspace_id = n.workspace_id and g.connection_id = n.connection_id and g.kind = 'calendar'
    join workspaces w on w.workspace_id = c.workspace_id
    where c.workspace_id = ${workspaceId} and c.calendar_id = ${calendarId} and c.checked and c.quarantined_at is null`.execute(tx)
  return rows[0] ?? null
}

export type Met = {
  eventKey: Buffer
  uid: string
  title: string | null
  start: Instant
  end: Instant
  occurrences: number
  busy: Buffer
  contactId: string
}

/**
 * The events that changed since, each with every contact in it. An address finds its contact as it is written; only where nobody
 * has it, the one contact whose mailbox it leads to ("+tag", Gmail's dots): of two, neither (J13). Our own bookings are not found,
 * private events and those that their owner has let go neither.
 */
export async function findMet(tx: Tx, workspaceId: string, calendarId: string, keeper: Keeper, since: Instant | null): Promise<Met[]> {
  const { rows } = await sql<Met>`
    with fresh as (
      select e.* from calendar_events e
      where e.workspace_id = ${workspaceId} and e.calendar_id = ${calendarId} and e.seen_at > coalesce(${orNull(since)}::timestamptz, '-infinity')
        and not e.private and e.kind not in ('declined', 'cancelled') and e.made_at >= ${at(keeper.since)} and (${keeper.byPrograms} or not e.by_program)
        and not exists (select from written_events w where w.workspace_id = e.workspace_id and w.uid = coalesce(e.mark, e.uid))
        and not exists (select from bookings b where b.workspace_id = e.workspace_id and (b.uid = coalesce(e.mark, e.uid) or b.calendar_uid = e.uid))
    ), person as (
      select distinct f.event_key, lower(a) as address from fresh f, unnest(f.attendees) a
      where lower(a) not in (select u.email_key from users u where u.workspace_id = ${workspaceId} and u.user_id = ${keeper.userId})
    ), known as (
      select p.event_key, c.contact_id from person p join contacts c on c.workspace_id = ${workspaceId} and c.email_key = p.address
      union
      select p.event_key, (array_agg(c.contact_id))[1] from person p
      join contacts c on c.workspace_id = ${workspaceId} and c.email_root = mail_root(p.address)
      where not exists (select from contacts x where x.workspace_id = ${workspaceId} and x.email_key = p.address)
      group by p.event_key, p.address having count(*) = 1
    )
    select f.event_key as "eventKey", left(f.uid, 300) as uid, f.title, f.first_start as start, f.last_end as end, f.occurrences, f.busy, k.contact_id as "contactId"
    from known k join fresh f using (event_key) order by f.first_start, f.event_key`.execute(tx)
  return rows
}

export type Meeting = {
  id: string
  calendarId: string
  eventKey: Buffer
  contactId: string
  uid: string
  title: string
  start: Instant
  end: Instant
  state: 'standing' | 'gone'
}

const columns = sql`m.meeting_id as id, m.calendar_id as "calendarId", m.event_key as "eventKey", m.contact_id as "contactId", m.uid, m.title, m.starts_at as start, m.ends_at as end, m.state`

/** What is known of these events and of the series they belong to, in whosever calendar: one event may stand in several (B18). */
export async function findMeetings(tx: Tx, workspaceId: string, uids: readonly string[]): Promise<Meeting[]> {
  const { rows } = await sql<Meeting>`
    select ${columns} from meetings m where m.workspace_id = ${workspaceId} and m.uid = any(${[...uids]})`.execute(tx)
  return rows
}

export type Lost = Meeting & {
  /** Its event is no longer ours to tell of: nothing is said. */
  silent: boolean
}

/** Meetings still to come whose event is gone, was let go by its owner, or no longer names the contact. */
export async function findLost(tx: Tx, workspaceId: string, calendarId: string, now: Instant): Promise<Lost[]> {
  const { rows } = await sql<Lost>`
    select ${columns}, coalesce(e.private, false) as silent from meetings m
    left join calendar_events e on e.workspace_id = m.workspace_id and e.calendar_id = m.calendar_id and e.event_key = m.event_key
    join contacts c on c.workspace_id = m.workspace_id and c.contact_id = m.contact_id
    where m.workspace_id = ${workspaceId} and m.calendar_id = ${calendarId} and m.state = 'standing' and m.ends_at > ${at(now)}
      and (e.event_key is null or e.private or e.kind in ('declined', 'cancelled')
        or not exists (select from unnest(e.attendees) a where lower(a) = c.email_key or mail_root(a) = c.email_root))
    order by m.starts_at`.execute(tx)
  return rows
}

export type Passed = { id: string; busy: Buffer }

/** Series whose next moment, as it is noted, has gone by. */
export async function findPassed(tx: Tx, workspaceId: string, calendarId: string, now: Instant): Promise<Passed[]> {
  const { rows } = await sql<Passed>`
    select m.meeting_id as id, e.busy from meetings m
    join calendar_events e on e.workspace_id = m.workspace_id and e.calendar_id = m.calendar_id and e.event_key = m.event_key
    where m.workspace_id = ${workspaceId} and m.calendar_id = ${calendarId} and m.state = 'standing' and m.ends_at <= ${at(now)} and e.occurrences > 1 and e.last_end > ${at(now)}`.execute(tx)
  return rows
}

export type NewMeeting = Pick<Met, 'eventKey' | 'uid' | 'contactId' | 'start' | 'end'> & { title: string }

/** All of them in one statement, as they stand now. */
export async function saveMeetings(tx: Tx, workspaceId: string, calendarId: string, userId: string, list: readonly NewMeeting[], now: Instant): Promise<void> {
  if (list.length === 0) return
  await sql`
    insert into meetings (workspace_id, calendar_id, user_id, event_key, uid, contact_id, title, starts_at, ends_at, state, seen_at)
    select ${workspaceId}, ${calendarId}, ${userId}, r.event_key, r.uid, r.contact_id, r.title, to_timestamp(r.start / 1000), to_timestamp(r.stop / 1000), 'standing', ${at(now)}
    from unnest(${list.map((one) => one.eventKey)}::bytea[], ${list.map((one) => one.uid)}::text[], ${list.map((one) => one.contactId)}::uuid[], ${list.map((one) => one.title)}::text[],
      ${list.map((one) => one.start)}::float8[], ${list.map((one) => one.end)}::float8[]) as r(event_key, uid, contact_id, title, start, stop)
    on conflict (workspace_id, calendar_id, event_key, contact_id) do update set uid = excluded.uid, title = excluded.title, starts_at = excluded.starts_at, ends_at = excluded.ends_at, state = 'standing',
      seen_at = excluded.seen_at`.execute(tx)
}

export async function saveGone(tx: Tx, workspaceId: string, ids: readonly string[], now: Instant): Promise<void> {
  if (ids.length > 0) await sql`update meetings set state = 'gone', seen_at = ${at(now)} where workspace_id = ${workspaceId} and meeting_id = any(${[...ids]})`.execute(tx)
}

export async function saveNext(tx: Tx, workspaceId: string, id: string, start: Instant, end: Instant): Promise<void> {
  await sql`update meetings set starts_at = ${at(start)}, ends_at = ${at(end)} where workspace_id = ${workspaceId} and meeting_id = ${id}`.execute(tx)
}

/** Two looks at one calendar come one after the other, so that no line is written twice. */
export async function lockCalendar(tx: Tx, calendarId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${calendarId}, 11))`.execute(tx)
}
