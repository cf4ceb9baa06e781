import { sql } from 'kysely'
import type { Instant, Span, Zone } from '#core/time/model.ts'
import type { ConnectionState, ReasonCode } from '#server/connections/model.ts'
import { at, type Tx } from '#server/platform/database.ts'
import type { ProviderName, RemoteCalendar } from '#server/providers/provider.ts'
import type { CalendarChange } from './model.ts'

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
       coalesce(c.checked, false) as checked, coalesce(c.destination, false) as destination, coalesce(c.writable, false) as writable,
       c.synced_at as "syncedAt", c.quarantined_at is not null as quarantined, case when c.checked then c.packed_busy end as packed
     from (select distinct unnest($1::uuid[]) as user_id) h
     left join host_versions v on v.workspace_id = current_workspace() and v.user_id = h.user_id
     left join connections n on n.workspace_id = current_workspace() and n.user_id = h.user_id and n.state <> 'disconnected'
     left join calendars c on c.workspace_id = n.workspace_id and c.connection_id = n.connection_id and (c.checked or c.destination)
     order by h.user_id, c.calendar_id`,
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
      ${withConnection} where c.user_id = any(${[...hostIds]}) and c.checked and n.state <> 'disconnected'`.execute(
      tx,
    )
  ).rows
}

/** One row for each calendar of the person's living connection, or one without a calendar. */
export async function listOf(tx: Tx, workspaceId: string, userId: string, connectionId: string | null) {
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
      }
    }>`
      select n.connection_id as id, n.provider, n.account, n.state, n.reason, n.state_since as since, n.verified_at as "verifiedAt", n.capabilities,
        case when c.calendar_id is not null then jsonb_build_object('id', c.calendar_id, 'name', c.name, 'color', c.color, 'zone', c.zone, 'writable', c.writable, 'checked', c.checked,
          'destination', c.destination, 'syncedAt', (extract(epoch from c.synced_at) * 1000)::bigint, 'trouble', c.trouble, 'quarantined', c.quarantined_at is not null,
          'blocksTentative', c.blocks_tentative, 'blocksUnanswered', c.blocks_unanswered, 'eventCount', e.events, 'troubledEvents', e.troubled) end as calendar
      from connections n
      left join calendars c on c.workspace_id = n.workspace_id and c.connection_id = n.connection_id
      left join lateral (select count(*) as events, count(*) filter (where trouble is not null) as troubled from calendar_events e
        where e.workspace_id = c.workspace_id and e.calendar_id = c.calendar_id) e on true
      where n.workspace_id = ${workspaceId} and n.user_id = ${userId} and n.state <> 'disconnected' and (${connectionId}::uuid is null or n.connection_id = ${connectionId})
      order by c.created_at, c.name, c.calendar_id`.execute(tx)
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
      insert into calendars (workspace_id, connection_id, user_id, remote_id, name, color, zone, writable, created_at)
      select ${workspaceId}, ${connectionId}, ${userId}, r.id, r.name, r.color, r.zone, r.writable, ${at(now)}
      from unnest(${remote.map((calendar) => calendar.remoteId)}::text[], ${remote.map((calendar) => calendar.name)}::text[], ${remote.map((calendar) => calendar.color)}::text[],
        ${remote.map((calendar) => calendar.zone)}::text[], ${remote.map((calendar) => calendar.writable)}::boolean[]) as r(id, name, color, zone, writable)
      on conflict (workspace_id, connection_id, remote_id) do update set name = excluded.name, color = excluded.color, zone = excluded.zone, writable = excluded.writable,
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

/** Calendars that nobody has looked at for a while, and may. */
export async function findDue(tx: Tx, workspaceId: string, before: Instant, now: Instant) {
  return (
    await sql<{ calendarId: string }>`
      select c.calendar_id as "calendarId" ${withConnection}
      where c.workspace_id = ${workspaceId} and c.checked and n.state = 'connected' and (c.attempted_at is null or c.attempted_at <= ${at(before)})
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
     where c.workspace_id = $1 and c.calendar_id = before.calendar_id and n.workspace_id = $1 and n.connection_id = c.connection_id and n.state = 'connected' and c.checked
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
}

/** Writes what changed and nothing else, whatever the number of events: an unchanged event costs no row. `held` is false when the fence has passed on. */
export async function saveEvents(tx: Tx, claim: Claim, put: EventRow[], removed: string[], now: Instant) {
  const [saved] = await tx.prepared<{ held: boolean; gone: number; put: number }>(
    'save_events',
    `with held as (
       select generation from calendars where workspace_id = $1 and calendar_id = $2 and fence = $3 for update
     ), gone as (
       delete from calendar_events e using held
       where e.workspace_id = $1 and e.calendar_id = $2 and e.event_key in (select sha256(convert_to(r, 'UTF8')) from unnest($5::text[]) r)
       returning e.last_end
     ), put as (
       insert into calendar_events as e (workspace_id, calendar_id, event_key, remote_id, etag, uid, generation, busy, first_start, last_end, title, private, attendees, trouble, seen_at)
       select $1, $2, sha256(convert_to(r.remote_id, 'UTF8')), r.remote_id, r.etag, r.uid, held.generation, r.busy, to_timestamp(r.first_start / 1000), to_timestamp(r.last_end / 1000),
         r.title, r.private, string_to_array(r.attendees, E'\\n'), r.trouble, $4
       from held, unnest($6::text[], $7::text[], $8::text[], $9::bytea[], $10::float8[], $11::float8[], $12::text[], $13::boolean[], $14::text[], $15::text[])
         as r(remote_id, etag, uid, busy, first_start, last_end, title, private, attendees, trouble)
       on conflict (workspace_id, calendar_id, event_key) do update set etag = excluded.etag, uid = excluded.uid, generation = excluded.generation, busy = excluded.busy, first_start = excluded.first_start,
         last_end = excluded.last_end, title = excluded.title, private = excluded.private, attendees = excluded.attendees, trouble = excluded.trouble, seen_at = excluded.seen_at
       where (e.etag, e.uid, e.generation, e.busy, e.first_start, e.last_end, e.title, e.private, e.attendees, e.trouble)
         is distinct from (excluded.etag, excluded.uid, excluded.generation, excluded.busy, excluded.first_start, excluded.last_end, excluded.title, excluded.private, excluded.attendees, excluded.trouble)
       returning 1
     )
     select exists (select from held) as held, (select count(*) from gone where last_end > $4) as gone, (select count(*) from put) as put`,
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
         left join written_events w on w.workspace_id = $1 and w.calendar_id = $2 and w.uid = e.uid and w.starts_at = e.first_start and w.ends_at = e.last_end
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
  now: Instant
}

/** The cursor, the busy time and the host's version, with the rows they speak of in the same transaction (I9). False when the fence has passed on. */
export async function saveProgress(tx: Tx, claim: Claim, progress: Progress): Promise<boolean> {
  const [saved] = await tx.prepared<{ held: boolean }>(
    'save_progress',
    `with mine as (
       update calendars set cursor = $4, refilling = $5, packed_busy = coalesce($6, packed_busy), synced_at = case when $7 then $8 else synced_at end, quarantined_at = $9, trouble = $10,
         failures = 0, wait_until = $11, lease_until = $12
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
    on conflict (workspace_id, calendar_id, uid) do update set remote_id = excluded.remote_id, starts_at = excluded.starts_at, ends_at = excluded.ends_at, written_at = excluded.written_at`.execute(
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
    delete from calendar_events where workspace_id = ${workspaceId} and calendar_id = ${calendarId} and md5(uid) = md5(${uid}) and uid = ${uid}
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
