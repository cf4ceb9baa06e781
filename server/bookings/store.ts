import { sql } from 'kysely'
import type { Schedule } from '#core/availability/model.ts'
import type { Instant } from '#core/time/model.ts'
import { at, type Db, type Tx } from '#server/platform/database.ts'
import type { Answer, BookedType, BookingState, CalendarState, ChangeKind, JoinState, OnCalendarChange, PageRef, Place, Question, Reminder, WhenUnreadable } from './model.ts'

export type BookingRow = {
  workspace_id: string
  booking_id: string
  event_type_id: string | null
  page_id: string | null
  state: BookingState
  starts_at: Instant
  ends_at: Instant
  host_zone: string
  wall_time: string
  zone_rules: string
  visitor_zone: string
  locale: 'en' | 'it'
  title: string
  location: Place
  contact_id: string | null
  name: string
  email: string
  guests: string[]
  answers: Answer[]
  consent: { text: string; at: Instant } | null
  buffer_before: number
  buffer_after: number
  uid: string
  revision: number
  sequence: number
  calendar_state: CalendarState
  calendar_reason: string | null
  calendar_id: string | null
  remote_id: string | null
  remote_etag: string | null
  standing_at: Instant | null
  token_hash: Buffer
  sealed_token: string
  token_expires_at: Instant
  proposed: number[] | null
  conflict: boolean
  cancelled_by: 'visitor' | 'host' | 'calendar' | null
  cancel_reason: string | null
  /** The UID in iCalendar, once somebody has seen it there: from then on it is this one. */
  calendar_uid: string | null
  invited_by: 'us' | 'provider'
  join_url: string | null
  join_state: JoinState
  made_from: 'page' | 'record'
  visitor_answer: 'accepted' | 'declined' | null
  created_at: Instant
  updated_at: Instant
}

export type EffectRow = {
  workspace_id: string
  effect_id: string
  booking_id: string
  revision: number
  kind: string
  destination: string
  state: 'waiting' | 'running' | 'sending' | 'done' | 'failed' | 'unknown' | 'dropped'
  due_at: Instant
  attempts: number
  lease_until: Instant | null
  fence: number
  trouble: string | null
  detail: Record<string, unknown>
  done_at: Instant | null
}

export type InputRow = {
  workspace_id: string
  page: null | {
    page_id: string
    event_type_id: string
    workspace: string
    owner: BookedType['owner']
    slug: string
    open: boolean
    locale: 'auto' | 'en' | 'it'
    title: string
    description: string
    location: Place
    durations: number[]
    increment: number
    buffer_before: number
    buffer_after: number
    notice: number
    horizon: BookedType['horizon']
    per_day: number | null
    per_week: number | null
    capacity: number
    assignment: BookedType['assignment']
    questions: Question[]
    consent: BookedType['consent']
    reminders: Reminder[]
    guests_max: number
    when_unreadable: WhenUnreadable
    version: number
  }
  hosts:
    | null
    | {
        id: string
        name: string
        email: string
        slug: string
        zone: string
        locale: 'en' | 'it'
        priority: number
        version: number
        schedule: Schedule
        connection: 'connecting' | 'connected' | 'broken' | null
        calendars: { id: string; checked: boolean; destination: boolean; writable: boolean; synced: number | null; quarantined: boolean }[]
        own: [number, number, number, number, number, number, 0 | 1, number | null, string | null, string][]
        asked: [number, number][]
      }[]
  busy_hosts: string[] | null
  busy: Buffer[] | null
  unchanged: false
}
/** All of it is as the caller has it; `hosts` says when each calendar was last read. */
export type Unchanged = { unchanged: true; hosts: Record<string, Instant | null> | null }

/** `known` holds the version of every host of a page whose inputs the caller still has; `{}` where it has none. */
export async function readInputs(db: Db, { host, page }: PageRef, known: Record<string, number>): Promise<InputRow | Unchanged | undefined> {
  const [row] = await db.prepared<InputRow | Unchanged>('page_inputs', 'select * from page_inputs($1, $2, $3)', [host, page, JSON.stringify(known)])
  return row
}

export async function readInputsIn(tx: Tx, workspaceId: string, pageId: string, known: Record<string, number>): Promise<InputRow | Unchanged | undefined> {
  const [row] = await tx.prepared<InputRow | Unchanged>('page_inputs_in', 'select * from page_inputs_in($1, $2, $3)', [workspaceId, pageId, JSON.stringify(known)])
  return row
}

/** The booking that this key already made, if any; clears away holds that ran out, so that they stand in nobody's way. */
export async function answerToKey(tx: Tx, workspaceId: string, hostIds: string[], keyHash: Buffer | null, now: Instant) {
  const [row] = await tx.prepared<{ booking_id: string; body_hash: Buffer }>(
    'answer_to_key',
    `with expired as (delete from occupancy where workspace_id = $1 and host_id = any($2) and state = 'held' and hold_until <= $4)
     select booking_id, body_hash from idempotency_keys where workspace_id = $1 and key_hash = $3`,
    [workspaceId, hostIds, keyHash, at(now)],
  )
  return row
}

export async function findKey(tx: Tx, workspaceId: string, keyHash: Buffer): Promise<{ booking_id: string; body_hash: Buffer } | undefined> {
  const [row] = await tx.prepared<{ booking_id: string; body_hash: Buffer }>('find_key', 'select booking_id, body_hash from idempotency_keys where workspace_id = $1 and key_hash = $2', [workspaceId, keyHash])
  return row
}

export type Taking = { hostId: string; start: Instant; end: Instant; before: number; after: number; capacity: number; eventTypeId: string | null }

/**
 * Takes the time of each host: turns the visitor's own hold into a booking where it fits exactly, joins a slot with places left,
 * else inserts. Called after the hosts were claimed; the exclusion constraint is the guard behind that.
 */
export async function takeTime(tx: Tx, workspaceId: string, taking: Taking[], holdHash: Buffer | null): Promise<{ host_id: string; occupancy_id: string }[]> {
  return tx.prepared(
    'take_time',
    `with wanted as (
       select (w ->> 'hostId')::uuid as host_id, (w ->> 'eventTypeId')::uuid as event_type_id, (w ->> 'before')::int as buffer_before, (w ->> 'after')::int as buffer_after, (w ->> 'capacity')::int as capacity,
              tstzrange(to_timestamp((w ->> 'start')::numeric / 1000), to_timestamp((w ->> 'end')::numeric / 1000)) as during
       from jsonb_array_elements($2::jsonb) w
     ), kept as (
       update occupancy o set state = 'confirmed', hold_hash = null, hold_until = null, hold_client = null, buffer_before = w.buffer_before, buffer_after = w.buffer_after, event_type_id = w.event_type_id
       from wanted w where o.workspace_id = $1 and o.host_id = w.host_id and o.during = w.during and o.state = 'held' and o.hold_hash = $3
       returning o.host_id, o.occupancy_id
     ), joined as (
       update occupancy o set taken = o.taken + 1
       from wanted w where w.capacity > 1 and o.workspace_id = $1 and o.host_id = w.host_id and o.during = w.during and o.state = 'confirmed' and o.event_type_id = w.event_type_id and o.taken < o.capacity
       returning o.host_id, o.occupancy_id
     ), given_back as (
       delete from occupancy o using wanted w where o.workspace_id = $1 and o.state = 'held' and o.hold_hash = $3 and not (o.host_id = w.host_id and o.during = w.during)
         and not exists (select from wanted x where x.host_id = o.host_id and x.during = o.during)
       returning o.occupancy_id
     ), inserted as (
       insert into occupancy (workspace_id, host_id, event_type_id, state, during, buffer_before, buffer_after, capacity)
       select $1, w.host_id, w.event_type_id, 'confirmed', w.during, w.buffer_before, w.buffer_after, w.capacity from wanted w
       where w.host_id not in (select host_id from kept union all select host_id from joined) and (select count(*) from given_back) >= 0
       returning host_id, occupancy_id
     )
     select * from kept union all select * from joined union all select * from inserted`,
    [workspaceId, JSON.stringify(taking), holdHash],
  )
}

export type NewEffect = { kind: string; destination: string; dueAt: Instant; detail?: Record<string, unknown> }

/** The booking, its hosts and their time, its effects and the answer to its key: one statement, all or nothing. */
export async function insertBooking(
  tx: Tx,
  booking: Omit<
    BookingRow,
    'conflict' | 'proposed' | 'cancelled_by' | 'cancel_reason' | 'created_at' | 'updated_at' | 'standing_at' | 'remote_id' | 'remote_etag' | 'calendar_reason' | 'calendar_uid' | 'invited_by' | 'join_url' | 'join_state' | 'visitor_answer'
  > & { created_at: Instant },
  hosts: string[],
  taking: Taking[],
  effects: NewEffect[],
  key: { hash: Buffer; body: Buffer } | null,
  /** Providers that invite whoever is in an event: one that writes this booking does so for its whole life (C27). */
  inviting: string[],
): Promise<void> {
  await tx.prepared(
    'insert_booking',
    `with b as (
       insert into bookings (workspace_id, booking_id, event_type_id, page_id, state, starts_at, ends_at, host_zone, wall_time, zone_rules, visitor_zone, locale, title, location, contact_id, name, email, guests, answers, consent,
         buffer_before, buffer_after, uid, revision, sequence, calendar_state, calendar_id, token_hash, sealed_token, token_expires_at, created_at, updated_at, made_from, invited_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $31, $36,
         case when exists (select from calendars c join connections n on n.workspace_id = $1 and n.connection_id = c.connection_id where c.workspace_id = $1 and c.calendar_id = $27 and n.provider = any($37)) then 'provider' else 'us' end)
       returning booking_id
     ), k as (
       insert into idempotency_keys (workspace_id, key_hash, body_hash, booking_id) select $1, $34, $35, booking_id from b where $34::bytea is not null
     ), h as (
       insert into booking_hosts (workspace_id, booking_id, user_id, occupancy_id)
       select $1, b.booking_id, x.host_id::uuid, (select o.occupancy_id from occupancy o where o.workspace_id = $1 and o.host_id = x.host_id::uuid and o.state = 'confirmed'
         and o.during = tstzrange($6, $7) and x.taken) from b, jsonb_to_recordset($32::jsonb) as x(host_id text, taken boolean)
     )
     insert into effects (workspace_id, booking_id, revision, kind, destination, due_at, detail)
     select $1, b.booking_id, $24, e.kind, e.destination, to_timestamp(e.due / 1000.0), e.detail from b, jsonb_to_recordset($33::jsonb) as e(kind text, destination text, due numeric, detail jsonb)`,
    [
      booking.workspace_id,
      booking.booking_id,
      booking.event_type_id,
      booking.page_id,
      booking.state,
      at(booking.starts_at),
      at(booking.ends_at),
      booking.host_zone,
      booking.wall_time,
      booking.zone_rules,
      booking.visitor_zone,
      booking.locale,
      booking.title,
      JSON.stringify(booking.location),
      booking.contact_id,
      booking.name,
      booking.email,
      JSON.stringify(booking.guests),
      JSON.stringify(booking.answers),
      booking.consent ? JSON.stringify(booking.consent) : null,
      booking.buffer_before,
      booking.buffer_after,
      booking.uid,
      booking.revision,
      booking.sequence,
      booking.calendar_state,
      booking.calendar_id,
      booking.token_hash,
      booking.sealed_token,
      at(booking.token_expires_at),
      at(booking.created_at),
      JSON.stringify(hosts.map((host) => ({ host_id: host, taken: taking.some((one) => one.hostId === host) }))),
      JSON.stringify(effects.map(({ kind, destination, dueAt, detail }) => ({ kind, destination, due: dueAt, detail: detail ?? {} }))),
      key?.hash ?? null,
      key?.body ?? null,
      booking.made_from,
      inviting,
    ],
  )
}

/** A hold on each host. One client's older holds beyond its share go first, so that nobody can keep a whole week (K03). */
export async function insertHold(
  tx: Tx,
  workspaceId: string,
  hold: { hostIds: string[]; eventTypeId: string; start: Instant; end: Instant; before: number; after: number; hash: Buffer; previous: Buffer | null; client: string; perClient: number; until: Instant; now: Instant },
): Promise<void> {
  await tx.prepared(
    'insert_hold',
    `with gone as (
       delete from occupancy where workspace_id = $1 and state = 'held' and (
         (host_id = any($2::uuid[]) and hold_until <= $3) or hold_hash = $4
         or hold_hash in (select hold_hash from (select hold_hash, max(hold_until) as until from occupancy where workspace_id = $1 and state = 'held' and hold_client = $5 and hold_hash is distinct from $4 group by hold_hash order by until desc offset $6) older)
       ) returning occupancy_id
     )
     insert into occupancy (workspace_id, host_id, event_type_id, state, during, buffer_before, buffer_after, hold_hash, hold_client, hold_until)
     select $1, h, $7, 'held', tstzrange($8, $9), $10, $11, $12, $5, $13 from unnest($2::uuid[]) h where (select count(*) from gone) >= 0`,
    [workspaceId, hold.hostIds, at(hold.now), hold.previous, hold.client, hold.perClient - 1, hold.eventTypeId, at(hold.start), at(hold.end), hold.before, hold.after, hold.hash, at(hold.until)],
  )
}

export async function releaseHold(tx: Tx, workspaceId: string, hash: Buffer): Promise<void> {
  await tx.prepared(
    'release_hold',
    `with gone as (delete from occupancy where workspace_id = $1 and hold_hash = $2 and state = 'held' returning host_id)
     update host_versions set version = version + 1 where workspace_id = $1 and user_id in (select host_id from gone)`,
    [workspaceId, hash],
  )
}

export async function findToken(tx: Tx, workspaceId: string, bookingId: string) {
  const [row] = await tx.prepared<{ sealed_token: string; state: BookingState }>('find_token', 'select sealed_token, state from bookings where workspace_id = $1 and booking_id = $2', [workspaceId, bookingId])
  return row
}

/** One booking, kept still until the transaction ends when `lock` is set. */
export async function findBooking(tx: Tx, workspaceId: string, bookingId: string, options: { lock?: boolean } = {}): Promise<BookingRow | undefined> {
  const [row] = await tx.prepared<BookingRow>(options.lock ? 'lock_booking' : 'find_booking', `select * from bookings where workspace_id = $1 and booking_id = $2${options.lock ? ' for update' : ''}`, [workspaceId, bookingId])
  return row
}

export async function findByToken(tx: Tx, workspaceId: string, hash: Buffer): Promise<BookingRow | undefined> {
  const [row] = await tx.prepared<BookingRow>('find_by_token', 'select * from bookings where workspace_id = $1 and token_hash = $2', [workspaceId, hash])
  return row
}

export type HostOfBooking = { user_id: string; occupancy_id: string | null; name: string; email: string; slug: string; zone: string; locale: 'en' | 'it' }

export async function hostsOf(tx: Tx, workspaceId: string, bookingId: string): Promise<HostOfBooking[]> {
  return tx.prepared(
    'hosts_of_booking',
    `select h.user_id, h.occupancy_id, u.name, u.email, u.slug, u.zone, u.locale from booking_hosts h join users u on u.workspace_id = h.workspace_id and u.user_id = h.user_id
     where h.workspace_id = $1 and h.booking_id = $2 order by h.user_id`,
    [workspaceId, bookingId],
  )
}

/** Gives the time of a booking back: one place of a shared slot, or all of it. */
export async function freeTime(tx: Tx, workspaceId: string, bookingId: string): Promise<void> {
  await tx.prepared(
    'free_time',
    `with mine as (select occupancy_id from booking_hosts where workspace_id = $1 and booking_id = $2 and occupancy_id is not null),
     less as (update occupancy o set taken = taken - 1 from mine where o.workspace_id = $1 and o.occupancy_id = mine.occupancy_id and o.taken > 1 returning o.occupancy_id),
     gone as (delete from occupancy o using mine where o.workspace_id = $1 and o.occupancy_id = mine.occupancy_id and o.taken = 1)
     update booking_hosts set occupancy_id = null where workspace_id = $1 and booking_id = $2`,
    [workspaceId, bookingId],
  )
}

export type BookingChange = Partial<
  Pick<BookingRow, 'state' | 'starts_at' | 'ends_at' | 'host_zone' | 'wall_time' | 'zone_rules' | 'revision' | 'sequence' | 'calendar_state' | 'calendar_reason' | 'calendar_id' | 'remote_id' | 'remote_etag' | 'standing_at' | 'token_expires_at' | 'conflict' | 'cancelled_by' | 'cancel_reason' | 'visitor_zone' | 'buffer_before' | 'buffer_after' | 'calendar_uid' | 'invited_by' | 'join_url' | 'join_state' | 'visitor_answer'>
> & { proposed?: number[] | null }

const INSTANTS = new Set(['starts_at', 'ends_at', 'standing_at', 'token_expires_at'])

/** Changes one booking. With `onlyRevision`, nothing happens once the booking has moved on. */
export async function changeBooking(tx: Tx, workspaceId: string, bookingId: string, change: BookingChange, onlyRevision?: number): Promise<boolean> {
  const set = Object.entries(change).map(([column, value]) => {
    const stored = value !== null && INSTANTS.has(column) ? at(value as number) : column === 'proposed' && value !== null ? JSON.stringify(value) : value
    return sql`${sql.ref(column)} = ${stored}`
  })
  const done = await sql`update bookings set ${sql.join([...set, sql`updated_at = now()`])} where workspace_id = ${workspaceId} and booking_id = ${bookingId}
    ${onlyRevision === undefined ? sql`` : sql`and revision = ${onlyRevision}`}`.execute(tx)
  return (done.numAffectedRows ?? 0n) > 0n
}

export async function insertEffects(tx: Tx, workspaceId: string, bookingId: string, revision: number, effects: NewEffect[]): Promise<void> {
  if (effects.length === 0) return
  await tx.prepared(
    'insert_effects',
    `insert into effects (workspace_id, booking_id, revision, kind, destination, due_at, detail)
     select $1, $2, $3, e.kind, e.destination, to_timestamp(e.due / 1000.0), e.detail from jsonb_to_recordset($4::jsonb) as e(kind text, destination text, due numeric, detail jsonb)
     on conflict (workspace_id, booking_id, revision, kind, destination) do nothing`,
    [workspaceId, bookingId, revision, JSON.stringify(effects.map(({ kind, destination, dueAt, detail }) => ({ kind, destination, due: dueAt, detail: detail ?? {} })))],
  )
}

/** What an older revision still wanted to cause is not wanted any more; what may have begun is left to finish. */
export async function dropEffects(tx: Tx, workspaceId: string, bookingId: string, beforeRevision: number): Promise<void> {
  await tx.prepared('drop_effects', `update effects set state = 'dropped', done_at = now() where workspace_id = $1 and booking_id = $2 and revision < $3 and state = 'waiting'`, [workspaceId, bookingId, beforeRevision])
}

/** Calendars that a revision of this booking was, or may have been, written into. */
export async function calendarsOf(tx: Tx, workspaceId: string, bookingId: string): Promise<string[]> {
  const rows = await tx.prepared<{ destination: string }>('calendars_of_booking', `select distinct destination from effects where workspace_id = $1 and booking_id = $2 and kind = 'publish' and (attempts > 0 or state = 'done')`, [workspaceId, bookingId])
  return rows.map((row) => row.destination)
}

/**
 * Lends the booking's next due effect to the caller for a while. One effect of a booking at a time, in order, so that a
 * cancellation never overtakes the creation it undoes (C26); the fence tells a late finisher that somebody took over (B26).
 */
export async function claimEffect(tx: Tx, workspaceId: string, bookingId: string, now: Instant, until: Instant): Promise<EffectRow | undefined> {
  const [, rows] = await Promise.all([
    findBooking(tx, workspaceId, bookingId, { lock: true }),
    tx.prepared<EffectRow>(
      'claim_effect',
      `update effects e set state = 'running', fence = fence + 1, attempts = attempts + 1, lease_until = $4
       where workspace_id = $1 and effect_id = (
         select effect_id from effects where workspace_id = $1 and booking_id = $2 and due_at <= $3 and (state = 'waiting' or (state = 'running' and lease_until <= $3))
           and not exists (select from effects busy where busy.workspace_id = $1 and busy.booking_id = $2 and busy.state = 'running' and busy.lease_until > $3)
         order by revision, case when kind in ('publish', 'withdraw') then 0 when kind = 'join' then 1 when kind like 'remind%' then 3 else 2 end, kind, destination limit 1)
       returning *`,
      [workspaceId, bookingId, at(now), at(until)],
    ),
  ])
  return rows[0]
}

/** Records how an effect ended; false when the lease had passed to somebody else and nothing was recorded. */
export async function finishEffect(tx: Tx, effect: EffectRow, end: { state: 'done' | 'failed' | 'unknown' | 'dropped' | 'waiting'; trouble?: string | null; dueAt?: Instant; detail?: Record<string, unknown> }): Promise<boolean> {
  const rows = await tx.prepared(
    'finish_effect',
    `update effects set state = $4, trouble = $5, due_at = coalesce($6, due_at), lease_until = null, detail = detail || $7::jsonb, done_at = case when $4 = 'waiting' then null else now() end
     where workspace_id = $1 and effect_id = $2 and fence = $3 and state = 'running' returning effect_id`,
    [effect.workspace_id, effect.effect_id, effect.fence, end.state, end.trouble ?? null, end.dueAt === undefined ? null : at(end.dueAt), JSON.stringify(end.detail ?? {})],
  )
  return rows.length > 0
}

/** Whether every other calendar of this revision has been written and read back. */
export async function allPublished(tx: Tx, workspaceId: string, bookingId: string, revision: number, except: string): Promise<boolean> {
  const [row] = await tx.prepared<{ open: number }>('all_published', `select count(*)::int as open from effects where workspace_id = $1 and booking_id = $2 and revision = $3 and kind = 'publish' and state <> 'done' and effect_id <> $4`, [workspaceId, bookingId, revision, except])
  return row?.open === 0
}

/** Bookings with something due: what a lost job would leave behind. */
export async function dueBookings(tx: Tx, workspaceId: string, now: Instant, limit = 200): Promise<string[]> {
  const rows = await tx.prepared<{ booking_id: string }>(
    'due_bookings',
    `select booking_id from effects where workspace_id = $1 and due_at <= $2 and (state = 'waiting' or (state = 'running' and lease_until <= $2)) group by booking_id order by min(due_at) limit $3`,
    [workspaceId, at(now), limit],
  )
  return rows.map((row) => row.booking_id)
}

/** Puts a booking's time elsewhere: its own row moves; a place in a shared slot is given back and taken anew. */
export async function moveTime(tx: Tx, workspaceId: string, bookingId: string, start: Instant, end: Instant): Promise<void> {
  const mine = await tx.prepared<{ occupancy_id: string; host_id: string; event_type_id: string | null; capacity: number; buffer_before: number; buffer_after: number }>(
    'occupancies_of_booking',
    `select o.occupancy_id, o.host_id, o.event_type_id, o.capacity, o.buffer_before, o.buffer_after from occupancy o join booking_hosts h on h.workspace_id = o.workspace_id and h.occupancy_id = o.occupancy_id
     where h.workspace_id = $1 and h.booking_id = $2`,
    [workspaceId, bookingId],
  )
  if (mine.every((row) => row.capacity === 1)) {
    await tx.prepared('move_time', `update occupancy set during = tstzrange($3, $4) where workspace_id = $1 and occupancy_id = any($2::uuid[])`, [workspaceId, mine.map((row) => row.occupancy_id), at(start), at(end)])
    return
  }
  await freeTime(tx, workspaceId, bookingId)
  const taken = await takeTime(tx, workspaceId, mine.map((row) => ({ hostId: row.host_id, start, end, before: row.buffer_before, after: row.buffer_after, capacity: row.capacity, eventTypeId: row.event_type_id })), null)
  await tieTime(tx, workspaceId, bookingId, taken)
}

/** Ties a booking's hosts to the time just taken for them. */
export async function tieTime(tx: Tx, workspaceId: string, bookingId: string, taken: { host_id: string; occupancy_id: string }[]): Promise<void> {
  await tx.prepared(
    'rehost',
    `update booking_hosts h set occupancy_id = t.occupancy_id from jsonb_to_recordset($3::jsonb) as t(host_id uuid, occupancy_id uuid) where h.workspace_id = $1 and h.booking_id = $2 and h.user_id = t.host_id`,
    [workspaceId, bookingId, JSON.stringify(taken)],
  )
}

/** Hosts a request no longer needs once one of them was chosen. */
export async function keepHosts(tx: Tx, workspaceId: string, bookingId: string, hostIds: string[]): Promise<void> {
  await tx.prepared('keep_hosts', `delete from booking_hosts where workspace_id = $1 and booking_id = $2 and not user_id = any($3::uuid[])`, [workspaceId, bookingId, hostIds])
}

/** Open requests and agreed meetings that no calendar has yet, oldest first; requests whose time has passed are ended. */
export async function waitingForCalendar(tx: Tx, workspaceId: string, now: Instant): Promise<{ booking_id: string; state: BookingState; conflict: boolean }[]> {
  await tx.prepared('expire_requests', `update bookings set state = 'expired', updated_at = now() where workspace_id = $1 and state = 'requested' and starts_at <= $2`, [workspaceId, at(now)])
  return tx.prepared(
    'waiting_for_calendar',
    `select booking_id, state, conflict from bookings where workspace_id = $1 and starts_at > $2 and ((state = 'requested' and proposed is null) or (state = 'confirmed' and calendar_state = 'none')) order by created_at limit 500`,
    [workspaceId, at(now)],
  )
}

export type ListFilter = { which: 'upcoming' | 'requests' | 'past' | 'cancelled' | 'one'; hostId: string | null; bookingId?: string; now: Instant; offset: number }

export type BookingView = BookingRow & {
  host_slug: string | null
  page_slug: string | null
  contact_name: string | null
  contact_email: string | null
  letters: { effectId: string; kind: string; state: EffectRow['state']; to: string; at: number }[] | null
  hosts: { id: string; name: string }[] | null
}

const WHICH: Record<ListFilter['which'], { where: string; order: string }> = {
  upcoming: { where: `b.state = 'confirmed' and b.ends_at > $2`, order: 'b.starts_at' },
  requests: { where: `b.state = 'requested' and b.starts_at > $2`, order: 'b.created_at' },
  past: { where: `b.state = 'confirmed' and b.ends_at <= $2`, order: 'b.starts_at desc' },
  cancelled: { where: `b.state in ('cancelled', 'declined', 'expired')`, order: 'b.updated_at desc' },
  one: { where: `b.booking_id = $5`, order: 'b.booking_id' },
}

/** Bookings with all that a screen shows of them, in one statement. */
export async function listBookings(tx: Tx, workspaceId: string, filter: ListFilter, limit: number): Promise<BookingView[]> {
  const { where, order } = WHICH[filter.which]
  return tx.prepared(
    `list_bookings_${filter.which}`,
    `select b.*, u.slug as host_slug, p.slug as page_slug, c.name as contact_name, c.email as contact_email,
       (select jsonb_agg(jsonb_build_object('id', h.user_id, 'name', v.name) order by v.name) from booking_hosts h join users v on v.workspace_id = $1 and v.user_id = h.user_id where h.workspace_id = $1 and h.booking_id = b.booking_id) as hosts,
       (select jsonb_agg(jsonb_build_object('effectId', e.effect_id, 'kind', e.kind, 'state', e.state, 'to', e.destination, 'at', (extract(epoch from coalesce(e.done_at, e.due_at)) * 1000)::bigint) order by coalesce(e.done_at, e.due_at))
          from effects e where e.workspace_id = $1 and e.booking_id = b.booking_id and e.revision = b.revision and e.kind not in ('publish', 'withdraw', 'join') and e.kind not like 'tell-host%' and e.kind not like 'ask-%') as letters
     from bookings b
     left join scheduling_pages p on p.workspace_id = $1 and p.page_id = b.page_id
     left join users u on u.workspace_id = $1 and u.user_id = p.owner_id
     left join contacts c on c.workspace_id = $1 and c.contact_id = b.contact_id
     where b.workspace_id = $1 and ${where} and $2::timestamptz is not null and ($5::uuid is null or b.booking_id = $5)
       and ($3::uuid is null or exists (select from booking_hosts h where h.workspace_id = $1 and h.booking_id = b.booking_id and h.user_id = $3))
     order by ${order}, b.booking_id limit $4 offset $6`,
    [workspaceId, at(filter.now), filter.hostId, limit, filter.bookingId ?? null, filter.offset],
  )
}

export async function countRequests(tx: Tx, workspaceId: string, hostId: string, now: Instant): Promise<number> {
  const [row] = await tx.prepared<{ n: number }>(
    'count_requests',
    `select count(*)::int as n from bookings b join booking_hosts h on h.workspace_id = b.workspace_id and h.booking_id = b.booking_id where b.workspace_id = $1 and h.user_id = $2 and b.state = 'requested' and b.starts_at > $3`,
    [workspaceId, hostId, at(now)],
  )
  return row?.n ?? 0
}

/** Makes waiting and given-up effects of these kinds due now. */
export async function dueAgain(tx: Tx, workspaceId: string, bookingId: string, kinds: string[], now: Instant): Promise<void> {
  await tx.prepared(
    'due_again',
    `update effects e set state = 'waiting', due_at = $4 from bookings b where e.workspace_id = $1 and e.booking_id = $2 and e.kind = any($3) and e.state in ('waiting', 'failed')
     and b.workspace_id = $1 and b.booking_id = e.booking_id and b.revision = e.revision`,
    [workspaceId, bookingId, kinds, at(now)],
  )
}

/** The public path of a page, "/host/page". */
export async function pagePath(tx: Tx, workspaceId: string, pageId: string): Promise<string | null> {
  const [row] = await tx.prepared<{ path: string }>('page_path', `select '/' || u.slug || '/' || p.slug as path from scheduling_pages p join users u on u.workspace_id = $1 and u.user_id = p.owner_id where p.workspace_id = $1 and p.page_id = $2`, [workspaceId, pageId])
  return row?.path ?? null
}

export async function workspaceName(tx: Tx, workspaceId: string): Promise<string> {
  const [row] = await tx.prepared<{ name: string }>('workspace_name', 'select name from workspaces where workspace_id = $1', [workspaceId])
  return row?.name ?? ''
}

/** The effect that tells a visitor of the current revision, the newest if it was asked for again. */
export async function tellingEffect(tx: Tx, workspaceId: string, bookingId: string, revision: number, email: string): Promise<{ effect_id: string; state: EffectRow['state'] } | undefined> {
  const [row] = await tx.prepared<{ effect_id: string; state: EffectRow['state'] }>(
    'telling_effect',
    `select effect_id, state from effects where workspace_id = $1 and booking_id = $2 and revision = $3 and destination = $4 and (kind like 'invite%' or kind like 'acknowledge%') order by due_at desc limit 1`,
    [workspaceId, bookingId, revision, email],
  )
  return row
}

/** What a host shows on their own page: open, listed scheduling pages. */
export async function listedPages(tx: Tx, workspaceId: string, hostId: string) {
  return tx.prepared<{ name: string; workspace: string; slug: string | null; page_slug: string | null; title: string | null; description: string | null; durations: number[] | null; connected: boolean }>(
    'listed_pages',
    `select u.name, w.name as workspace, u.slug, p.slug as page_slug, e.title, e.description, e.durations,
       exists (select from connections n where n.workspace_id = $1 and n.user_id = $2 and n.state = 'connected') as connected
     from users u join workspaces w on w.workspace_id = $1
     left join scheduling_pages p on p.workspace_id = $1 and p.owner_id = u.user_id and p.open and p.listed
     left join event_types e on e.workspace_id = $1 and e.event_type_id = p.event_type_id
     where u.workspace_id = $1 and u.user_id = $2 and u.disabled_at is null order by p.created_at`,
    [workspaceId, hostId],
  )
}

export async function findHost(tx: Tx, slug: string): Promise<{ workspace_id: string; subject_id: string } | undefined> {
  const [row] = await tx.prepared<{ workspace_id: string; subject_id: string }>('find_host', `select workspace_id, subject_id from directory where kind = 'host' and key = $1`, [slug])
  return row
}

// — what the calendar shows otherwise —

export type ChangeRow = {
  change_id: string
  booking_id: string
  calendar_id: string
  kind: ChangeKind
  starts_at: Instant | null
  ends_at: Instant | null
  who: string | null
  state: 'open' | 'followed' | 'kept' | 'ignored' | 'over'
  noticed_at: Instant
}

export type Followable = {
  booking_id: string
  uid: string
  revision: number
  starts_at: Instant
  ends_at: Instant
  email: string
  visitor_answer: BookingRow['visitor_answer']
  policy: OnCalendarChange | null
  /** How the writing of the current revision into this calendar ended. */
  written: EffectRow['state']
  trouble: string | null
  /** The newest of each kind that is open or was let be. */
  known: Pick<ChangeRow, 'kind' | 'starts_at' | 'ends_at' | 'who' | 'state'>[]
}

/** Of the bookings with these UIDs, those that stand, are still to come, and of which nothing is on its way to or from this calendar. */
export async function findFollowable(tx: Tx, workspaceId: string, calendarId: string, uids: string[], now: Instant): Promise<Followable[]> {
  return tx.prepared<Followable>(
    'find_followable',
    `select b.booking_id, b.uid, b.revision, b.starts_at, b.ends_at, b.email, b.visitor_answer, t.on_calendar_change as policy, e.state as written, e.trouble, coalesce((
       select jsonb_agg(jsonb_build_object('kind', k.kind, 'starts_at', (extract(epoch from k.starts_at) * 1000)::bigint, 'ends_at', (extract(epoch from k.ends_at) * 1000)::bigint, 'who', k.who, 'state', k.state))
       from (select distinct on (c.kind) c.* from calendar_changes c where c.workspace_id = $1 and c.booking_id = b.booking_id and c.state <> 'over' order by c.kind, c.noticed_at desc) k
       where k.state in ('open', 'ignored')), '[]') as known
     from bookings b
     join effects e on e.workspace_id = $1 and e.booking_id = b.booking_id and e.revision = b.revision and e.kind = 'publish' and e.destination = $2::text
     left join event_types t on t.workspace_id = $1 and t.event_type_id = b.event_type_id
     where b.workspace_id = $1 and b.uid = any($3) and b.state = 'confirmed' and b.starts_at > $4
       and (e.state = 'done' or (e.state in ('waiting', 'failed') and e.trouble = 'not-found'))
       and not exists (select from effects w where w.workspace_id = $1 and w.booking_id = b.booking_id and w.kind = 'withdraw' and w.destination = $2::text and w.state in ('waiting', 'running'))`,
    [workspaceId, calendarId, uids, at(now)],
  )
}

export type NewChange = { bookingId: string; calendarId: string; kind: ChangeKind; start: Instant | null; end: Instant | null; who: string | null; state: ChangeRow['state']; now: Instant }

/** Writes down what was seen. One of a kind stays open for a booking: a newer one takes its place. */
export async function insertChange(tx: Tx, workspaceId: string, change: NewChange): Promise<void> {
  const { bookingId, calendarId, kind, start, end, who, state, now } = change
  if (state !== 'open') await sql`update calendar_changes set state = 'over', settled_at = ${at(now)} where workspace_id = ${workspaceId} and booking_id = ${bookingId} and kind = ${kind} and state = 'open'`.execute(tx)
  await sql`
    insert into calendar_changes (workspace_id, booking_id, calendar_id, kind, starts_at, ends_at, who, state, noticed_at, settled_at)
    values (${workspaceId}, ${bookingId}, ${calendarId}, ${kind}, ${start === null ? null : at(start)}, ${end === null ? null : at(end)}, ${who}, ${state}, ${at(now)}, ${state === 'open' ? null : at(now)})
    on conflict (workspace_id, booking_id, kind) where state = 'open' do update set calendar_id = excluded.calendar_id, starts_at = excluded.starts_at, ends_at = excluded.ends_at, who = excluded.who,
      noticed_at = excluded.noticed_at`.execute(tx)
}

/** Questions that answered themselves: the calendar shows the booking as it is again, or the booking went another way. */
export async function closeChanges(tx: Tx, workspaceId: string, which: { bookingId: string } | { calendarId: string; except: string[] }, now: Instant): Promise<void> {
  const chosen = 'bookingId' in which ? sql`booking_id = ${which.bookingId}` : sql`calendar_id = ${which.calendarId} and booking_id <> all(${which.except}::uuid[])`
  await sql`
    with closed as (update calendar_changes set state = 'over', settled_at = ${at(now)} where workspace_id = ${workspaceId} and state = 'open' and ${chosen} returning booking_id)
    update bookings set conflict = false, calendar_state = case when calendar_reason = 'gone' then 'standing' else calendar_state end, calendar_reason = case when calendar_reason = 'gone' then null else calendar_reason end
    where workspace_id = ${workspaceId} and state = 'confirmed' and booking_id in (select booking_id from closed)`.execute(tx)
}

export type SeenChange = ChangeRow & { title: string; booked_start: Instant; booked_end: Instant; name: string }

const seenChange = sql`c.*, b.title, b.starts_at as booked_start, b.ends_at as booked_end, b.name
  from calendar_changes c join bookings b on b.workspace_id = c.workspace_id and b.booking_id = c.booking_id`

/** What waits for this host's word, soonest meeting first. */
export async function listChanges(tx: Tx, workspaceId: string, hostId: string, now: Instant): Promise<SeenChange[]> {
  const { rows } = await sql<SeenChange>`
    select ${seenChange} where c.workspace_id = ${workspaceId} and c.state = 'open' and b.state = 'confirmed' and b.ends_at > ${at(now)}
      and exists (select from booking_hosts h where h.workspace_id = ${workspaceId} and h.booking_id = b.booking_id and h.user_id = ${hostId})
    order by b.starts_at, c.noticed_at limit 200`.execute(tx)
  return rows
}

export async function findChange(tx: Tx, workspaceId: string, changeId: string): Promise<SeenChange | undefined> {
  const { rows } = await sql<SeenChange>`select ${seenChange} where c.workspace_id = ${workspaceId} and c.change_id = ${changeId}`.execute(tx)
  return rows[0]
}

export async function openChange(tx: Tx, workspaceId: string, bookingId: string, kind: ChangeKind): Promise<ChangeRow | undefined> {
  const { rows } = await sql<ChangeRow>`select * from calendar_changes where workspace_id = ${workspaceId} and booking_id = ${bookingId} and kind = ${kind} and state = 'open'`.execute(tx)
  return rows[0]
}

export async function settleChange(tx: Tx, workspaceId: string, changeId: string, state: 'followed' | 'kept' | 'ignored', now: Instant): Promise<boolean> {
  const { rows } = await sql`update calendar_changes set state = ${state}, settled_at = ${at(now)} where workspace_id = ${workspaceId} and change_id = ${changeId} and state = 'open' returning change_id`.execute(tx)
  return rows.length > 0
}

/** The event lives in another calendar now: what was written there was written here. */
export async function moveEffects(tx: Tx, workspaceId: string, bookingId: string, from: string, to: string): Promise<void> {
  await sql`
    update effects e set destination = ${to} where workspace_id = ${workspaceId} and booking_id = ${bookingId} and kind = 'publish' and destination = ${from}
      and not exists (select from effects o where o.workspace_id = e.workspace_id and o.booking_id = e.booking_id and o.revision = e.revision and o.kind = e.kind and o.destination = ${to})`.execute(tx)
}

/** Asks for the current revision to be written into a calendar once more. */
export async function publishAgain(tx: Tx, workspaceId: string, bookingId: string, revision: number, calendarId: string, now: Instant): Promise<void> {
  await sql`
    insert into effects (workspace_id, booking_id, revision, kind, destination, due_at) values (${workspaceId}, ${bookingId}, ${revision}, 'publish', ${calendarId}, ${at(now)})
    on conflict (workspace_id, booking_id, revision, kind, destination) do update set state = 'waiting', due_at = excluded.due_at, attempts = 0, trouble = null, detail = '{}', done_at = null, lease_until = null
    where effects.state <> 'running'`.execute(tx)
}

/** Holds of visitors who are still typing give way to what stands in the host's own calendar. */
export async function dropHolds(tx: Tx, workspaceId: string, hostIds: string[], start: Instant, end: Instant): Promise<void> {
  await tx.prepared('drop_holds', `delete from occupancy where workspace_id = $1 and host_id = any($2::uuid[]) and state = 'held' and during && tstzrange($3, $4)`, [workspaceId, hostIds, at(start), at(end)])
}

/** What these hosts have of ours at that time. */
export async function ownAt(tx: Tx, workspaceId: string, hostIds: string[], start: Instant, end: Instant, except: string | null): Promise<{ start: Instant; end: Instant; title: string | null }[]> {
  return tx.prepared(
    'own_at',
    `select lower(o.during) as start, upper(o.during) as end, b.title from occupancy o
     left join booking_hosts h on h.workspace_id = $1 and h.occupancy_id = o.occupancy_id
     left join bookings b on b.workspace_id = $1 and b.booking_id = h.booking_id
     where o.workspace_id = $1 and o.host_id = any($2::uuid[]) and o.state = 'confirmed' and o.during && tstzrange($3, $4) and h.booking_id is distinct from $5::uuid order by lower(o.during)`,
    [workspaceId, hostIds, at(start), at(end), except],
  )
}

/** Whether anybody was ever invited to it: a meeting that was only noted is moved and cancelled without a letter. */
export async function wereInvited(tx: Tx, workspaceId: string, bookingId: string): Promise<boolean> {
  const [row] = await tx.prepared<{ invited: boolean }>('were_invited', `select exists (select from effects where workspace_id = $1 and booking_id = $2 and kind = 'invite' and state <> 'dropped') as invited`, [workspaceId, bookingId])
  return row!.invited
}

/** Whether the invitation of this revision has left without what has become known since. */
export async function alreadyTold(tx: Tx, workspaceId: string, bookingId: string, revision: number): Promise<boolean> {
  const [row] = await tx.prepared<{ told: boolean }>('already_told', `select exists (select from effects where workspace_id = $1 and booking_id = $2 and revision = $3 and kind like 'invite%' and state = 'done') as told`, [workspaceId, bookingId, revision])
  return row!.told
}

/** Decided with the calendar, once, before anybody is invited. */
export async function decideInviter(tx: Tx, workspaceId: string, bookingId: string, inviting: string[]): Promise<void> {
  await sql`
    update bookings b set invited_by = 'provider' from calendars c join connections n on n.workspace_id = c.workspace_id and n.connection_id = c.connection_id
    where b.workspace_id = ${workspaceId} and b.booking_id = ${bookingId} and c.workspace_id = ${workspaceId} and c.calendar_id = b.calendar_id and n.provider = any(${inviting})`.execute(tx)
}

/** By which rules a booking follows: those of its page, and whose calendar it is that has changed. */
export async function rulesOf(tx: Tx, workspaceId: string, bookingId: string, calendarId: string): Promise<{ owner: string | null; reminders: Reminder[] | null; policy: OnCalendarChange | null }> {
  const [row] = await tx.prepared<{ owner: string | null; reminders: Reminder[] | null; policy: OnCalendarChange | null }>(
    'rules_of_booking',
    `select (select h.user_id from calendars c join booking_hosts h on h.workspace_id = $1 and h.booking_id = $2 and h.user_id = c.user_id where c.workspace_id = $1 and c.calendar_id = $3) as owner,
       t.reminders, t.on_calendar_change as policy
     from bookings b left join event_types t on t.workspace_id = $1 and t.event_type_id = b.event_type_id where b.workspace_id = $1 and b.booking_id = $2`,
    [workspaceId, bookingId, calendarId],
  )
  return row!
}
