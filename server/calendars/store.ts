import { sql } from 'kysely'
import type { Instant, Span, Zone } from '#core/time/model.ts'
import type { ConnectionState, ReasonCode, Role } from '#server/connections/model.ts'
import { at, type Tx } from '#server/platform/database.ts'
import type { Conference, ProviderName, RemoteCalendar } from '#server/providers/provider.ts'
import type { CalendarChange } from './model.ts'
import type { Difference, Differences } from './ours.ts'

const one = <Row>(result: { rows: Row[] }): Row | null => result.rows[0] ?? null
const orNull = (instant: Instant | null) => (instant === null ? null : at(instant))

// — hosts —

/**
 * Raises the version of each host: bookers of one host wait here for one another, and every cached answer is retired. One
 * statement, rows locked in sorted order, so that two meetings of several hosts cannot wait for each other (A10).
 */
export async function raiseVersions(tx: Tx, workspaceId: string, hostIds: readonly string[]): Promise<void> {
  await tx.prepared(
    'raise_host_versions',
    `insert into host_versions (workspace_id, user_id)
     select $1, host from (select distinct unnest($2::uuid[]) as host) h order by host
     on conflict (workspace_id, user_id) do update set version = host_versions.version + 1`,
    [workspaceId, [...hostIds]],
  )
}

export type HostCalendarRow = {
  userId: string
  version: number
  state: ConnectionState | null
  connectionId: string | null
  calendarId: string | null
  checked: boolean
  destination: boolean
  writable: boolean
  syncedAt: Instant | null
  quarantined: boolean
  packed: Buffer | null
}

export async function findHostCalendars(tx: Tx, hostIds: readonly string[]): Promise<HostCalendarRow[]> {
  return tx.prepared(
    'host_calendars',
    `select h.user_id as "userId", coalesce(v.version, 0) as version, n.state, n.connection_id as "connectionId", c.calendar_id as "calendarId",
       coalesce(c.checked and 'busy' = any(n.roles), false) as checked, coalesce(c.destination and 'bookings' = any(n.roles), false) as destination, coalesce(c.writable, false) as writable,
       c.synced_at as "syncedAt", c.quarantined_at is not null as quarantined, case when c.checked and 'busy' = any(n.roles) then c.packed_busy end as packed
     from (select distinct unnest($1::uuid[]) as user_id) h
     left join host_versions v on v.workspace_id = current_workspace() and v.user_id = h.user_id
     left join connections n on n.workspace_id = current_workspace() and n.user_id = h.user_id and n.state <> 'disconnected'
       and n.calendar_ended_at is null and n.roles && array['busy', 'bookings']
     left join calendars c on c.workspace_id = n.workspace_id and c.connection_id = n.connection_id and (c.checked and 'busy' = any(n.roles) or c.destination and 'bookings' = any(n.roles))
     order by h.user_id, array_position(array['broken', 'connecting', 'connected'], n.state), c.calendar_id`,
    [[...hostIds]],
  )
}

// — calendars —

export type CalendarRow = {
  calendarId: string
  connectionId: string
  userId: string
  provider: ProviderName
  state: ConnectionState
  remoteId: string
  name: string
  zone: Zone | null
  writable: boolean
  checked: boolean
  destination: boolean
  blocksTentative: boolean
  blocksUnanswered: boolean
}

const calendarColumns = sql`c.calendar_id as "calendarId", c.connection_id as "connectionId", c.user_id as "userId", n.provider, n.state, c.remote_id as "remoteId", c.name, c.zone,
  c.writable, c.checked, c.destination, c.blocks_tentative as "blocksTentative", c.blocks_unanswered as "blocksUnanswered"`
const withConnection = sql`from calendars c join connections n on n.workspace_id = c.workspace_id and n.connection_id = c.connection_id`

export async function findCalendar(tx: Tx, workspaceId: string, calendarId: string) {
  return one(
    await sql<CalendarRow>`select ${calendarColumns} ${withConnection} where c.workspace_id = ${workspaceId} and c.calendar_id = ${calendarId}`.execute(
      tx,
    ),
  )
}

export async function findCalendarsOf(tx: Tx, workspaceId: string, connectionId: string) {
  return (
    await sql<CalendarRow>`select ${calendarColumns} ${withConnection} where c.workspace_id = ${workspaceId} and c.connection_id = ${connectionId} order by c.created_at, c.calendar_id`.execute(
      tx,
    )
  ).rows
}

/** The checked calendars of these hosts, with the events of ours that stand in each. */
export async function findChecked(tx: Tx, hostIds: readonly string[], window: Span) {
  return (
    await sql<CalendarRow & { written: [uid: string, start: number, end: number][] | null }>`
      select ${calendarColumns}, (
        select jsonb_agg(jsonb_build_array(w.uid, (extract(epoch from w.starts_at) * 1000)::bigint, (extract(epoch from w.ends_at) * 1000)::bigint)) from written_events w
        where w.workspace_id = c.workspace_id and w.calendar_id = c.calendar_id and w.ends_at > ${at(window.start)} and w.starts_at < ${at(window.end)}
      ) as written
      ${withConnection} where c.user_id = any(${[...hostIds]}) and c.checked and 'busy' = any(n.roles) and n.calendar_ended_at is null and n.state <> 'disconnected'`.execute(
      tx,
    )
  ).rows
}

/** One row for each calendar of the person's living connection, or one without a calendar. */
export async function listOf(
  tx: Tx,
  workspaceId: string,
  userId: string,
  connectionId: string | null,
  now: Instant,
) {
  return (
    await sql<{
      id: string
      provider: ProviderName
      account: string
      state: 'connecting' | 'connected' | 'broken'
      reason: ReasonCode | null
      since: Instant
      verifiedAt: Instant | null
      capabilities: Record<string, boolean>
      roles: Role[]
      legacy: 'calendar' | 'meetings' | null
      mailbox: boolean
      calendarEnded: boolean
      grantedScopes: string[]
      diesAt: Instant | null
      watched: boolean
      calendar: null | {
        id: string
        name: string
        color: string | null
        zone: string | null
        writable: boolean
        checked: boolean
        destination: boolean
        syncedAt: number | null
        trouble: ReasonCode | null
        quarantined: boolean
        blocksTentative: boolean
        blocksUnanswered: boolean
        eventCount: number
        troubledEvents: number
        primary: boolean
        conference: 'meet' | 'teams' | null
      }
    }>`
      select n.connection_id as id, n.provider, n.account, n.state, n.reason, n.state_since as since, n.verified_at as "verifiedAt", n.capabilities, n.roles, n.legacy,
        exists (select from grants g where g.workspace_id = n.workspace_id and g.connection_id = n.connection_id and g.kind = 'mail') as mailbox,
        n.calendar_ended_at is not null as "calendarEnded", n.granted_scopes as "grantedScopes", n.dies_at as "diesAt",
        exists (select from watches w where w.workspace_id = n.workspace_id and w.connection_id = n.connection_id and w.state = 'live' and w.expires_at > ${at(now)}) as watched,
        case when c.calendar_id is not null then jsonb_build_object('id', c.calendar_id, 'name', c.name, 'color', c.color, 'zone', c.zone, 'writable', c.writable, 'checked', c.checked,
          'destination', c.destination, 'syncedAt', (extract(epoch from c.synced_at) * 1000)::bigint, 'trouble', c.trouble, 'quarantined', c.quarantined_at is not null,
          'blocksTentative', c.blocks_tentative, 'blocksUnanswered', c.blocks_unanswered, 'eventCount', e.events, 'troubledEvents', e.troubled,
          'primary', c.is_primary, 'conference', c.conference) end as calendar
      from connections n
      left join calendars c on c.workspace_id = n.workspace_id and c.connection_id = n.connection_id and n.calendar_ended_at is null
      left join lateral (select count(*) as events, count(*) filter (where trouble is not null) as troubled from calendar_events e
        where e.workspace_id = c.workspace_id and e.calendar_id = c.calendar_id) e on true
      where n.workspace_id = ${workspaceId} and n.user_id = ${userId} and n.state <> 'disconnected' and (${connectionId}::uuid is null or n.connection_id = ${connectionId})
      order by n.slot, c.is_primary desc, c.created_at, c.name, c.calendar_id`.execute(tx)
  ).rows
}

/** What the provider lists, entered or brought up to date; a calendar that we know keeps its choices. */
export async function saveCalendars(
  tx: Tx,
  workspaceId: string,
  userId: string,
  connectionId: string,
  remote: RemoteCalendar[],
  now: Instant,
) {
  return (
    await sql<{
      calendarId: string
      remoteId: string
      fresh: boolean
      checked: boolean
      destination: boolean
      writable: boolean
    }>`
      insert into calendars (workspace_id, connection_id, user_id, remote_id, name, color, zone, writable, is_primary, conference, created_at)
      select ${workspaceId}, ${connectionId}, ${userId}, r.id, r.name, r.color, r.zone, r.writable, r.is_primary, r.conference, ${at(now)}
      from unnest(${remote.map((calendar) => calendar.remoteId)}::text[], ${remote.map((calendar) => calendar.name)}::text[], ${remote.map((calendar) => calendar.color)}::text[],
        ${remote.map((calendar) => calendar.zone)}::text[], ${remote.map((calendar) => calendar.writable)}::boolean[],
        ${remote.map((calendar) => calendar.primary ?? false)}::boolean[], ${remote.map((calendar) => calendar.conference ?? null)}::text[]) as r(id, name, color, zone, writable, is_primary, conference)
      on conflict (workspace_id, connection_id, remote_id) do update set name = excluded.name, color = excluded.color, zone = excluded.zone, writable = excluded.writable,
        is_primary = excluded.is_primary, conference = excluded.conference, gone_at = null,
        destination = calendars.destination and excluded.writable, wait_until = null, failures = 0
      returning calendar_id as "calendarId", remote_id as "remoteId", xmax = 0 as fresh, checked, destination, writable`.execute(
      tx,
    )
  ).rows
}

/** The one place for new meetings; null for none. Taken from the old one first: there may be only one at any moment. */
export async function setDestination(tx: Tx, workspaceId: string, userId: string, calendarId: string | null) {
  await sql`update calendars set destination = false where workspace_id = ${workspaceId} and user_id = ${userId} and destination and calendar_id is distinct from ${calendarId}`.execute(
    tx,
  )
  if (calendarId !== null)
    await sql`update calendars set destination = true where workspace_id = ${workspaceId} and user_id = ${userId} and calendar_id = ${calendarId} and writable`.execute(
      tx,
    )
}

export async function saveChoice(tx: Tx, workspaceId: string, calendarId: string, change: CalendarChange) {
  await sql`update calendars set checked = coalesce(${change.checked ?? null}, checked), blocks_tentative = coalesce(${change.blocksTentative ?? null}, blocks_tentative),
    blocks_unanswered = coalesce(${change.blocksUnanswered ?? null}, blocks_unanswered)
    where workspace_id = ${workspaceId} and calendar_id = ${calendarId}`.execute(tx)
}

/** Takes away our copy of these calendars' events, and with the fence whoever is reading one of them now. */
export async function forgetEvents(tx: Tx, workspaceId: string, calendarIds: string[]) {
  await sql`
    with gone as (delete from calendar_events where workspace_id = ${workspaceId} and calendar_id = any(${calendarIds}))
    update calendars set fence = fence + 1, lease_until = null, cursor = null, refilling = false, rewound_at = null, synced_at = null, trouble = null, failures = 0, wait_until = null, quarantined_at = null,
      packed_busy = '', window_start = null, window_end = null
    where workspace_id = ${workspaceId} and calendar_id = any(${calendarIds})`.execute(tx)
}

/**
 * What a person wants to know when they disconnect: pages that now take requests only, and meetings that stay. The pages
 * belong to a floor above, but the number belongs in this answer.
 */
export async function countWhatRemains(
  tx: Tx,
  workspaceId: string,
  userId: string,
  connectionId: string,
  now: Instant,
) {
  const row = one(
    await sql<{ pages: number; meetings: number }>`
    select (
      select count(*) from scheduling_pages p where p.workspace_id = ${workspaceId} and p.open and (
        exists (select from event_type_hosts h where h.workspace_id = p.workspace_id and h.event_type_id = p.event_type_id and h.user_id = ${userId})
        or (p.owner_id = ${userId} and not exists (select from event_type_hosts h where h.workspace_id = p.workspace_id and h.event_type_id = p.event_type_id)))
    ) as pages, (
      select count(*) from written_events w join calendars c on c.workspace_id = w.workspace_id and c.calendar_id = w.calendar_id
      where w.workspace_id = ${workspaceId} and c.connection_id = ${connectionId} and w.remote_id <> '' and w.ends_at > ${at(now)}
    ) as meetings`.execute(tx),
  )
  return row!
}

// — reading a calendar —

/**
 * Calendars that nobody has looked at for a while, and may: less often where the provider knocks. The one that is written to is read
 * too, since its owner's changes there concern our bookings.
 */
export async function findDue(
  tx: Tx,
  workspaceId: string,
  before: Instant,
  beforeWatched: Instant,
  now: Instant,
) {
  return (
    await sql<{ calendarId: string }>`
      select c.calendar_id as "calendarId" ${withConnection}
      where c.workspace_id = ${workspaceId} and (c.checked or c.destination) and n.state = 'connected' and n.calendar_ended_at is null
        and (c.attempted_at is null or c.attempted_at <= case when c.trouble is null and exists (select from watches w where w.workspace_id = c.workspace_id and w.calendar_id = c.calendar_id
          and w.state = 'live' and w.expires_at > ${at(now)}) then ${at(beforeWatched)}::timestamptz else ${at(before)}::timestamptz end)
        and (c.wait_until is null or c.wait_until <= ${at(now)}) and (c.lease_until is null or c.lease_until <= ${at(now)})
      order by c.attempted_at nulls first`.execute(tx)
  ).rows
}

/** A calendar in one reader's hands: every write names the fence, and fails once somebody else has taken it (I12). */
export type Claim = {
  workspaceId: string
  calendarId: string
  connectionId: string
  userId: string
  fence: number
  provider: ProviderName
  account: string
  remoteId: string
  name: string
  zone: Zone | null
  blocksTentative: boolean
  blocksUnanswered: boolean
  cursor: string | null
  generation: number
  refilling: boolean
  windowStart: Instant | null
  windowEnd: Instant | null
  syncedAt: Instant | null
  quarantinedAt: Instant | null
  rewoundAt: Instant | null
  failures: number
  triedBefore: Instant | null
}

export async function claimCalendar(
  tx: Tx,
  workspaceId: string,
  calendarId: string,
  now: Instant,
  until: Instant,
): Promise<Claim | null> {
  const [claim] = await tx.prepared<Claim>(
    'claim_calendar',
    `with before as (select calendar_id, attempted_at from calendars where workspace_id = $1 and calendar_id = $2 for update)
     update calendars c set fence = c.fence + 1, lease_until = $4, attempted_at = $3
     from before, connections n
     where c.workspace_id = $1 and c.calendar_id = before.calendar_id and n.workspace_id = $1 and n.connection_id = c.connection_id and n.state = 'connected' and n.calendar_ended_at is null and (c.checked or c.destination)
       and (c.lease_until is null or c.lease_until <= $3) and (c.wait_until is null or c.wait_until <= $3)
     returning c.workspace_id as "workspaceId", c.calendar_id as "calendarId", c.connection_id as "connectionId", c.user_id as "userId", c.fence, n.provider, n.account, c.remote_id as "remoteId", c.name, c.zone,
       c.blocks_tentative as "blocksTentative", c.blocks_unanswered as "blocksUnanswered", c.cursor, c.generation, c.refilling, c.window_start as "windowStart", c.window_end as "windowEnd",
       c.synced_at as "syncedAt", c.quarantined_at as "quarantinedAt", c.rewound_at as "rewoundAt", c.failures, before.attempted_at as "triedBefore"`,
    [workspaceId, calendarId, at(now), at(until)],
  )
  return claim ?? null
}

export async function leasedUntil(tx: Tx, workspaceId: string, calendarId: string): Promise<Instant | null> {
  return (
    one(
      await sql<{
        until: Instant | null
      }>`select lease_until as until from calendars where workspace_id = ${workspaceId} and calendar_id = ${calendarId}`.execute(
        tx,
      ),
    )?.until ?? null
  )
}

export type Rewind = {
  window: Span
  /** The cursor had expired; otherwise a full read was due. */
  expired: boolean
  /** Too much went at once: stop here and look again later (B08). */
  doubt: { waitUntil: Instant } | null
  now: Instant
}

/** Goes back to the start. No row goes: what the new generation does not name goes when it has been read to its end (B01, B04). */
export async function rewind(
  tx: Tx,
  claim: Claim,
  { window, expired, doubt, now }: Rewind,
): Promise<number | null> {
  const moved = one(
    await sql<{ generation: number }>`
    update calendars set cursor = null, generation = generation + 1, refilling = true, window_start = ${at(window.start)}, window_end = ${at(window.end)},
      rewound_at = case when ${expired} then ${at(now)} else rewound_at end
      ${doubt ? sql`, quarantined_at = coalesce(quarantined_at, ${at(now)}), wait_until = ${at(doubt.waitUntil)}, lease_until = null, trouble = 'bad-answer'` : sql``}
    where workspace_id = ${claim.workspaceId} and calendar_id = ${claim.calendarId} and fence = ${claim.fence} returning generation`.execute(
      tx,
    ),
  )
  return moved?.generation ?? null
}

/** The reader could not go on: what stood in its way, and when to look again. The copy stays as it is. */
export async function saveTrouble(
  tx: Tx,
  claim: Claim,
  trouble: ReasonCode | null,
  waitUntil: Instant | null,
): Promise<boolean> {
  const saved = await sql`
    update calendars set lease_until = null, trouble = ${trouble}, failures = failures + ${trouble === null ? 0 : 1}, wait_until = ${orNull(waitUntil)}
    where workspace_id = ${claim.workspaceId} and calendar_id = ${claim.calendarId} and fence = ${claim.fence} returning calendar_id`.execute(
    tx,
  )
  return saved.rows.length === 1
}

export type EventRow = {
  remoteId: string
  etag: string
  uid: string
  busy: Uint8Array
  firstStart: Instant
  lastEnd: Instant
  title: string | null
  private: boolean
  attendees: string
  trouble: string | null
  mark: string | null
  declined: string
  accepted: string
  madeAt: Instant | null
  byProgram: boolean
  /** Of all its occurrences; 'mixed' where they differ. */
  kind: string
  occurrences: number
}

/**
 * Writes what changed and nothing else, whatever the number of events: an unchanged event costs no row. `held` is false when the
 * fence has passed on. `stamp` is when this page was seen: later than any page before it, whatever the clock says.
 */
export async function saveEvents(tx: Tx, claim: Claim, put: EventRow[], removed: string[], now: Instant) {
  const [saved] = await tx.prepared<{ held: boolean; gone: number; changed: boolean; stamp: Instant }>(
    'save_events',
    `with held as (
       select generation, synced_at, greatest($4::timestamptz, changed_at + interval '1 ms', followed_at + interval '1 ms') as stamp
       from calendars where workspace_id = $1 and calendar_id = $2 and fence = $3 for update
     ), gone as (
       delete from calendar_events e using held
       where e.workspace_id = $1 and e.calendar_id = $2 and e.event_key in (select sha256(convert_to(r, 'UTF8')) from unnest($5::text[]) r)
       returning e.last_end
     ), put as (
       insert into calendar_events as e (workspace_id, calendar_id, event_key, remote_id, etag, uid, generation, busy, first_start, last_end, title, private, attendees, trouble, mark, declined, accepted, made_at,
         by_program, kind, occurrences, seen_at)
       select $1, $2, sha256(convert_to(r.remote_id, 'UTF8')), r.remote_id, r.etag, r.uid, held.generation, r.busy, to_timestamp(r.first_start / 1000), to_timestamp(r.last_end / 1000),
         r.title, r.private, string_to_array(r.attendees, E'\\n'), r.trouble, r.mark, string_to_array(r.declined, E'\\n'), string_to_array(r.accepted, E'\\n'),
         -- Where nobody says when it was made, it is as old as our first sight of it; what the first reading finds was there before us.
         coalesce(to_timestamp(r.made_at / 1000), case when held.synced_at is null then 'epoch' else held.stamp end), r.by_program, r.kind, r.occurrences, held.stamp
       from held, unnest($6::text[], $7::text[], $8::text[], $9::bytea[], $10::float8[], $11::float8[], $12::text[], $13::boolean[], $14::text[], $15::text[],
           $16::text[], $17::text[], $18::text[], $19::float8[], $20::boolean[], $21::text[], $22::int[])
         as r(remote_id, etag, uid, busy, first_start, last_end, title, private, attendees, trouble, mark, declined, accepted, made_at, by_program, kind, occurrences)
       on conflict (workspace_id, calendar_id, event_key) do update set etag = excluded.etag, uid = excluded.uid, generation = excluded.generation, busy = excluded.busy, first_start = excluded.first_start,
         last_end = excluded.last_end, title = excluded.title, private = excluded.private, attendees = excluded.attendees, trouble = excluded.trouble, mark = excluded.mark, declined = excluded.declined,
         accepted = excluded.accepted, by_program = excluded.by_program, kind = excluded.kind, occurrences = excluded.occurrences,
         -- A full read takes every row along to its generation, and some servers give new ETags for nothing: neither is a change.
         seen_at = case when (e.uid, e.busy, e.first_start, e.last_end, e.title, e.private, e.attendees, e.trouble, e.mark, e.declined, e.accepted, e.by_program, e.kind, e.occurrences)
           is distinct from (excluded.uid, excluded.busy, excluded.first_start, excluded.last_end, excluded.title, excluded.private, excluded.attendees, excluded.trouble, excluded.mark, excluded.declined, excluded.accepted, excluded.by_program, excluded.kind, excluded.occurrences) then excluded.seen_at else e.seen_at end
       where (e.etag, e.generation, e.uid, e.busy, e.first_start, e.last_end, e.title, e.private, e.attendees, e.trouble, e.mark, e.declined, e.accepted, e.by_program, e.kind, e.occurrences)
         is distinct from (excluded.etag, excluded.generation, excluded.uid, excluded.busy, excluded.first_start, excluded.last_end, excluded.title, excluded.private, excluded.attendees, excluded.trouble, excluded.mark, excluded.declined, excluded.accepted, excluded.by_program, excluded.kind, excluded.occurrences)
       returning e.seen_at
     )
     select exists (select from held) as held, (select count(*) from gone where last_end > $4) as gone, (select stamp from held) as stamp,
       exists (select from gone) or exists (select from put, held where put.seen_at = held.stamp) as changed`,
    [
      claim.workspaceId,
      claim.calendarId,
      claim.fence,
      at(now),
      removed,
      put.map((row) => row.remoteId),
      put.map((row) => row.etag),
      put.map((row) => row.uid),
      put.map((row) => Buffer.from(row.busy.buffer, row.busy.byteOffset, row.busy.byteLength)),
      put.map((row) => row.firstStart),
      put.map((row) => row.lastEnd),
      put.map((row) => row.title),
      put.map((row) => row.private),
      put.map((row) => row.attendees),
      put.map((row) => row.trouble),
      put.map((row) => row.mark),
      put.map((row) => row.declined),
      put.map((row) => row.accepted),
      put.map((row) => row.madeAt),
      put.map((row) => row.byProgram),
      put.map((row) => row.kind),
      put.map((row) => row.occurrences),
    ],
  )
  return saved!
}

export type Standing = {
  before: Buffer
  current: Buffer | null
  older: Buffer | null
  all: number
  missing: number
}

/**
 * All the busy time of a calendar as two heaps of packed spans: of this generation, and of older ones that a full read has not
 * met again. An event of ours that stands where we wrote it is left out: our own occupancy speaks for that time (B17).
 */
export async function readStanding(
  tx: Tx,
  workspaceId: string,
  calendarId: string,
  generation: number,
  now: Instant,
): Promise<Standing> {
  const [standing] = await tx.prepared<Standing>(
    'standing_events',
    `select c.packed_busy as before, e.* from calendars c, lateral (
       select string_agg(e.busy, '') filter (where e.generation >= $3 and not ours) as current, string_agg(e.busy, '') filter (where e.generation < $3 and not ours) as older,
         count(*) filter (where e.last_end > $4) as all, count(*) filter (where e.generation < $3 and e.last_end > $4) as missing
       from (
         select e.generation, e.busy, e.last_end, w.uid is not null and length(e.busy) = 16 as ours from calendar_events e
         left join written_events w on w.workspace_id = $1 and w.calendar_id = $2 and w.uid = coalesce(e.mark, e.uid) and w.starts_at = e.first_start and w.ends_at = e.last_end
         where e.workspace_id = $1 and e.calendar_id = $2
       ) e
     ) e
     where c.workspace_id = $1 and c.calendar_id = $2`,
    [workspaceId, calendarId, generation, at(now)],
  )
  return standing!
}

export type Progress = {
  cursor: string
  /** The calendar was read to its end. */
  done: boolean
  refilling: boolean
  /** Of the new busy time, when it is other than before. */
  packed: Uint8Array | null
  dropOlder: boolean
  quarantinedAt: Instant | null
  trouble: ReasonCode | null
  waitUntil: Instant | null
  leaseUntil: Instant | null
  /** When what this page changed was seen; null when it changed nothing. */
  changedAt: Instant | null
  now: Instant
}

/** The cursor, the busy time and the host's version, with the rows they speak of in the same transaction (I9). False when the fence has passed on. */
export async function saveProgress(tx: Tx, claim: Claim, progress: Progress): Promise<boolean> {
  const [saved] = await tx.prepared<{ held: boolean }>(
    'save_progress',
    `with mine as (
       update calendars set cursor = $4, refilling = $5, packed_busy = coalesce($6, packed_busy), synced_at = case when $7 then $8 else synced_at end, quarantined_at = $9, trouble = $10,
         failures = 0, wait_until = $11, lease_until = $12, changed_at = coalesce($14, changed_at)
       where workspace_id = $1 and calendar_id = $2 and fence = $3 returning user_id, generation
     ), dropped as (
       delete from calendar_events e using mine where $13 and e.workspace_id = $1 and e.calendar_id = $2 and e.generation < mine.generation
     ), raised as (
       insert into host_versions as v (workspace_id, user_id) select $1, user_id from mine where $6::bytea is not null
       on conflict (workspace_id, user_id) do update set version = v.version + 1
     )
     select exists (select from mine) as held`,
    [
      claim.workspaceId,
      claim.calendarId,
      claim.fence,
      progress.cursor,
      progress.refilling,
      progress.packed && Buffer.from(progress.packed),
      progress.done,
      at(progress.now),
      orNull(progress.quarantinedAt),
      progress.trouble,
      orNull(progress.waitUntil),
      orNull(progress.leaseUntil),
      progress.dropOlder,
      orNull(progress.changedAt),
    ],
  )
  return saved!.held
}

// — what we wrote —

/** Said before the event is written, so that its echo is known whenever it comes. */
export async function saveWritten(
  tx: Tx,
  workspaceId: string,
  calendarId: string,
  uid: string,
  remoteId: string,
  span: Span,
  now: Instant,
) {
  await sql`
    insert into written_events (workspace_id, calendar_id, uid, remote_id, starts_at, ends_at, written_at)
    values (${workspaceId}, ${calendarId}, ${uid}, ${remoteId}, ${at(span.start)}, ${at(span.end)}, ${at(now)})
    on conflict (workspace_id, calendar_id, uid) do update set remote_id = excluded.remote_id, starts_at = excluded.starts_at, ends_at = excluded.ends_at, written_at = excluded.written_at, missing_since = null`.execute(
    tx,
  )
}

export async function forgetWritten(tx: Tx, workspaceId: string, calendarId: string, uid: string) {
  await sql`delete from written_events where workspace_id = ${workspaceId} and calendar_id = ${calendarId} and uid = ${uid}`.execute(
    tx,
  )
}

/** Our copy of an event that we have just changed or taken away ourselves; one that already stands at `keep` stays. */
export async function forgetCopy(
  tx: Tx,
  workspaceId: string,
  calendarId: string,
  uid: string,
  keep: Span | null,
): Promise<boolean> {
  const gone = await sql`
    delete from calendar_events where workspace_id = ${workspaceId} and calendar_id = ${calendarId} and ((md5(uid) = md5(${uid}) and uid = ${uid}) or mark = ${uid})
      and (first_start, last_end) is distinct from (${orNull(keep?.start ?? null)}::timestamptz, ${orNull(keep?.end ?? null)}::timestamptz)
    returning calendar_id`.execute(tx)
  return gone.rows.length > 0
}

export type Held = { userId: string; generation: number; windowEnd: Instant | null }

export async function lockCalendar(tx: Tx, workspaceId: string, calendarId: string) {
  return one(
    await sql<Held>`
    select user_id as "userId", generation, window_end as "windowEnd" from calendars where workspace_id = ${workspaceId} and calendar_id = ${calendarId} for update`.execute(
      tx,
    ),
  )
}

export async function savePacked(tx: Tx, workspaceId: string, calendarId: string, packed: Uint8Array) {
  await sql`update calendars set packed_busy = ${Buffer.from(packed)} where workspace_id = ${workspaceId} and calendar_id = ${calendarId}`.execute(
    tx,
  )
}

export async function findWritten(tx: Tx, workspaceId: string, calendarId: string, uid: string) {
  return one(
    await sql<{ remoteId: string }>`
      select remote_id as "remoteId" from written_events where workspace_id = ${workspaceId} and calendar_id = ${calendarId} and uid = ${uid} and remote_id <> ''`.execute(
      tx,
    ),
  )
}

export async function findAbout(tx: Tx, workspaceId: string, calendarId: string) {
  return one(
    await sql<{ provider: ProviderName; conference: Conference | null }>`
      select n.provider, c.conference ${withConnection} where c.workspace_id = ${workspaceId} and c.calendar_id = ${calendarId} and n.state <> 'disconnected'`.execute(
      tx,
    ),
  )
}

/** Events of others that take these people's time in a span, with what they take. */
export async function findEventsAt(tx: Tx, workspaceId: string, userIds: readonly string[], { start, end }: Span) {
  return (
    await sql<{ title: string | null; busy: Buffer }>`
      select e.title, e.busy ${withConnection} join calendar_events e on e.workspace_id = c.workspace_id and e.calendar_id = c.calendar_id
      where c.workspace_id = ${workspaceId} and c.user_id = any(${[...userIds]}) and c.checked and n.state <> 'disconnected' and e.first_start < ${at(end)} and e.last_end > ${at(start)} and length(e.busy) > 0
        and not exists (select from written_events w where w.workspace_id = e.workspace_id and w.calendar_id = e.calendar_id and w.uid = coalesce(e.mark, e.uid))
      order by e.first_start limit 50`.execute(tx)
  ).rows
}

// — what comes back —

export async function readMark(tx: Tx, workspaceId: string, calendarId: string) {
  return one(
    await sql<{ changedAt: Instant | null; followedAt: Instant | null }>`
      select changed_at as "changedAt", followed_at as "followedAt" from calendars where workspace_id = ${workspaceId} and calendar_id = ${calendarId}`.execute(
      tx,
    ),
  )
}

export async function saveFollowed(tx: Tx, workspaceId: string, calendarId: string, upTo: Instant) {
  await sql`update calendars set followed_at = greatest(followed_at, ${at(upTo)}) where workspace_id = ${workspaceId} and calendar_id = ${calendarId}`.execute(
    tx,
  )
}

/**
 * Calendars with changes that nobody has followed, which is what a crash between a sync and its news would leave behind; and those
 * whose missing events have waited for their second look.
 */
export async function findUnfollowed(tx: Tx, workspaceId: string, doubtedBefore: Instant) {
  return (
    await sql<{ calendarId: string }>`
      select c.calendar_id as "calendarId" ${withConnection}
      where c.workspace_id = ${workspaceId} and n.state <> 'disconnected' and (c.changed_at > coalesce(c.followed_at, '-infinity')
        or exists (select from written_events w where w.workspace_id = c.workspace_id and w.calendar_id = c.calendar_id and w.missing_since <= ${at(doubtedBefore)}))`.execute(
      tx,
    )
  ).rows
}

/** The other calendars of an account, those we read first. */
export async function findSiblings(tx: Tx, workspaceId: string, connectionId: string, except: string) {
  return (
    await sql<CalendarRow>`
      select ${calendarColumns} ${withConnection} where c.workspace_id = ${workspaceId} and c.connection_id = ${connectionId} and c.calendar_id <> ${except} and c.writable
      order by c.checked desc, c.created_at, c.calendar_id limit 10`.execute(tx)
  ).rows
}

/**
 * The events of ours that should stand in this calendar and are shown otherwise, or not at all. By our mark, else by UID, else by
 * the provider's own id: each of the three may be the only one that is left (B19).
 */
export async function findDifferences(
  tx: Tx,
  workspaceId: string,
  calendarId: string,
  now: Instant,
): Promise<Differences | null> {
  const calendar = one(
    await sql<{ userId: string; own: string[]; ours: number }>`
      select c.user_id as "userId", array[u.email_key, lower(n.account)] as own, (
        select count(*) from written_events w where w.workspace_id = c.workspace_id and w.calendar_id = c.calendar_id and w.ends_at > ${at(now)} and w.starts_at < c.window_end) as ours
      ${withConnection} join users u on u.workspace_id = c.workspace_id and u.user_id = c.user_id
      where c.workspace_id = ${workspaceId} and c.calendar_id = ${calendarId} and n.state = 'connected' and n.calendar_ended_at is null and c.checked and c.synced_at is not null and c.quarantined_at is null
        and not c.refilling and c.trouble is null`.execute(tx),
  )
  if (!calendar) return null
  const { rows } = await sql<Difference>`
    select w.uid, w.remote_id as "remoteId", w.missing_since as "missingSince",
      jsonb_build_object('start', (extract(epoch from w.starts_at) * 1000)::bigint, 'end', (extract(epoch from w.ends_at) * 1000)::bigint) as written,
      case when e.remote_id is not null then jsonb_build_object('remoteId', e.remote_id, 'start', (extract(epoch from e.first_start) * 1000)::bigint,
        'end', (extract(epoch from e.last_end) * 1000)::bigint, 'kind', e.kind, 'declined', e.declined, 'accepted', e.accepted) end as shown
    from (
      select distinct on (w.uid) w.*, coalesce(m, r) as seen from written_events w
      left join calendar_events m on m.workspace_id = w.workspace_id and m.calendar_id = w.calendar_id and coalesce(m.mark, m.uid) = w.uid
      left join calendar_events r on r.workspace_id = w.workspace_id and r.calendar_id = w.calendar_id and r.remote_id = w.remote_id
      where w.workspace_id = ${workspaceId} and w.calendar_id = ${calendarId} and w.ends_at > ${at(now)}
        and w.starts_at < (select window_end from calendars c where c.workspace_id = ${workspaceId} and c.calendar_id = ${calendarId})
      order by w.uid, (m.first_start = w.starts_at and m.last_end = w.ends_at) desc nulls last
    ) w
    cross join lateral (select (w.seen).*) e
    where e.remote_id is null or (e.first_start, e.last_end) is distinct from (w.starts_at, w.ends_at) or e.kind in ('declined', 'cancelled', 'mixed')
      or e.remote_id <> w.remote_id or e.declined <> '{}' or e.accepted <> '{}' or w.missing_since is not null
    order by w.starts_at, w.uid`.execute(tx)
  return { ...calendar, differences: rows }
}

/** An event of ours was not there: since when. Null where it has come back. */
export async function saveMissing(tx: Tx, workspaceId: string, calendarId: string, uids: readonly string[], since: Instant | null) {
  await sql`
    update written_events set missing_since = ${since === null ? null : sql`coalesce(missing_since, ${at(since)})`}
    where workspace_id = ${workspaceId} and calendar_id = ${calendarId} and uid = any(${[...uids]})`.execute(tx)
}

/** Our event stands elsewhere now: under another id, or in another calendar of the account. */
export async function rewrite(
  tx: Tx,
  workspaceId: string,
  uid: string,
  place: { from: string; to: string; remoteId: string; span: Span },
  now: Instant,
) {
  if (place.from !== place.to) await forgetWritten(tx, workspaceId, place.from, uid)
  await saveWritten(tx, workspaceId, place.to, uid, place.remoteId, place.span, now)
}

// — what a provider promised to tell us —

export type WatchRow = {
  watchId: string
  calendarId: string
  connectionId: string
  remoteId: string
  resource: string
  state: 'asked' | 'live' | 'ending' | 'ended'
  expiresAt: Instant | null
  createdAt: Instant
}
const watchColumns = sql`w.watch_id as "watchId", w.calendar_id as "calendarId", w.connection_id as "connectionId", w.remote_id as "remoteId", w.resource, w.state, w.expires_at as "expiresAt",
  w.created_at as "createdAt"`

/** Written down before the provider is asked: its first knock may come before its answer. */
export async function insertWatch(
  tx: Tx,
  workspaceId: string,
  row: { watchId: string; calendarId: string; connectionId: string; secretHash: Buffer; now: Instant },
) {
  await sql`
    insert into watches (workspace_id, watch_id, calendar_id, connection_id, secret_hash, created_at)
    values (${workspaceId}, ${row.watchId}, ${row.calendarId}, ${row.connectionId}, ${row.secretHash}, ${at(row.now)})`.execute(tx)
}

export async function saveWatch(
  tx: Tx,
  workspaceId: string,
  watchId: string,
  watch: { id: string; resource: string; until: Instant },
): Promise<boolean> {
  const { rows } = await sql`
    update watches set remote_id = ${watch.id}, resource = ${watch.resource}, expires_at = ${at(watch.until)}, state = 'live'
    where workspace_id = ${workspaceId} and watch_id = ${watchId} and state in ('asked', 'live') returning watch_id`.execute(tx)
  return rows.length === 1
}

export async function findWatches(tx: Tx, workspaceId: string, calendarId: string): Promise<WatchRow[]> {
  const { rows } = await sql<WatchRow>`
    select ${watchColumns} from watches w where w.workspace_id = ${workspaceId} and w.calendar_id = ${calendarId} order by w.created_at desc`.execute(
    tx,
  )
  return rows
}

export async function findWatch(tx: Tx, workspaceId: string, watchId: string) {
  return one(
    await sql<WatchRow & { secretHash: Buffer; provider: ProviderName }>`
    select ${watchColumns}, w.secret_hash as "secretHash", n.provider from watches w
    join connections n on n.workspace_id = w.workspace_id and n.connection_id = w.connection_id
    where w.workspace_id = ${workspaceId} and w.watch_id = ${watchId}`.execute(tx),
  )
}

/** No more knocks are listened to; what the provider must still be told is in the answer. */
export async function endWatches(
  tx: Tx,
  workspaceId: string,
  of: { connectionId: string } | { calendarId: string } | { watchId: string },
): Promise<WatchRow[]> {
  const which =
    'connectionId' in of
      ? sql`w.connection_id = ${of.connectionId}`
      : 'calendarId' in of
        ? sql`w.calendar_id = ${of.calendarId}`
        : sql`w.watch_id = ${of.watchId}`
  const { rows } = await sql<WatchRow>`
    update watches w set state = 'ending' where w.workspace_id = ${workspaceId} and ${which} and w.state <> 'ended' returning ${watchColumns}`.execute(
    tx,
  )
  return rows
}

export async function deleteWatch(tx: Tx, workspaceId: string, watchId: string) {
  await sql`delete from watches where workspace_id = ${workspaceId} and watch_id = ${watchId}`.execute(tx)
}

/** Calendars that are read and that nobody watches beyond `until`, nor has just tried to. */
export async function findUnwatched(
  tx: Tx,
  workspaceId: string,
  providers: ProviderName[],
  until: Instant,
  triedAfter: Instant,
) {
  const { rows } = await sql<{ calendarId: string }>`
    select c.calendar_id as "calendarId" ${withConnection}
    where c.workspace_id = ${workspaceId} and (c.checked or c.destination) and c.gone_at is null and n.state = 'connected' and n.calendar_ended_at is null and n.provider = any(${providers})
      and (exists (select from watches w where w.workspace_id = c.workspace_id and w.calendar_id = c.calendar_id and w.state = 'ending')
        or not exists (select from watches w where w.workspace_id = c.workspace_id and w.calendar_id = c.calendar_id
          and (w.state = 'live' and w.expires_at > ${at(until)} or w.state = 'asked' and w.created_at > ${at(triedAfter)})))`.execute(tx)
  return rows
}

/** Promises that ended some other way: their calendar or connection went, or they ran out. */
export async function findLeftWatches(tx: Tx, workspaceId: string, now: Instant): Promise<WatchRow[]> {
  const { rows } = await sql<WatchRow>`
    select ${watchColumns} from watches w where w.workspace_id = ${workspaceId}
      and (w.expires_at < ${at(now)} or w.state = 'asked' and w.created_at < ${at(now)}::timestamptz - interval '8 days'
        or w.state = 'ending' and exists (select from connections n where n.workspace_id = w.workspace_id and n.connection_id = w.connection_id and n.state = 'disconnected'))`.execute(
    tx,
  )
  return rows
}

export async function saveKnock(tx: Tx, workspaceId: string, watchId: string, calendarId: string, now: Instant) {
  await tx.prepared(
    'save_knock',
    `with knocked as (update watches set last_knock_at = $4 where workspace_id = $1 and watch_id = $2)
     update calendars set knocked_at = $4 where workspace_id = $1 and calendar_id = $3`,
    [workspaceId, watchId, calendarId, at(now)],
  )
}

// — the list of calendars —

/** The calendar that takes new meetings now, if its account still may. */
export async function findDestination(tx: Tx, workspaceId: string, userId: string) {
  return one(
    await sql<CalendarRow>`
    select ${calendarColumns} ${withConnection}
    where c.workspace_id = ${workspaceId} and c.user_id = ${userId} and c.destination and c.writable and n.state <> 'disconnected' and n.calendar_ended_at is null and 'bookings' = any(n.roles)`.execute(
      tx,
    ),
  )
}

/** Where new meetings may go instead: an account's own first calendar before others. */
export async function findOtherDestination(tx: Tx, workspaceId: string, userId: string) {
  return one(
    await sql<{ calendarId: string }>`
    select c.calendar_id as "calendarId" ${withConnection}
    where c.workspace_id = ${workspaceId} and c.user_id = ${userId} and c.writable and c.gone_at is null and n.state <> 'disconnected' and n.calendar_ended_at is null and 'bookings' = any(n.roles)
    order by n.slot, c.is_primary desc, c.checked desc, c.created_at, c.calendar_id limit 1`.execute(tx),
  )
}

/** Connections whose list of calendars nobody has asked for since. */
export async function findUnlisted(tx: Tx, workspaceId: string, before: Instant) {
  const { rows } = await sql<{ connectionId: string; userId: string }>`
    select connection_id as "connectionId", user_id as "userId" from connections
    where workspace_id = ${workspaceId} and state = 'connected' and calendar_ended_at is null and coalesce(listed_at, created_at) <= ${at(before)}`.execute(
    tx,
  )
  return rows
}

/** What a list no longer names; told once, by those whose mark is new. */
export async function markGone(
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  listed: string[],
  now: Instant,
): Promise<CalendarRow[]> {
  const { rows } = await sql<CalendarRow>`
    update calendars c set gone_at = ${at(now)} from connections n
    where c.workspace_id = ${workspaceId} and c.connection_id = ${connectionId} and n.workspace_id = c.workspace_id and n.connection_id = c.connection_id and c.gone_at is null
      and not (c.remote_id = any(${listed})) returning ${calendarColumns}`.execute(tx)
  return rows
}

export async function saveListed(tx: Tx, workspaceId: string, connectionId: string, now: Instant) {
  await sql`update connections set listed_at = ${at(now)} where workspace_id = ${workspaceId} and connection_id = ${connectionId}`.execute(
    tx,
  )
}
