import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { accept } from '#server/bookings/accept.ts'
import { book, type BookOutcome } from '#server/bookings/book.ts'
import { hold } from '#server/bookings/hold.ts'
import { reschedule } from '#server/bookings/reschedule.ts'
import { MINUTE } from '#core/time/model.ts'
import type { Deps } from '#server/platform/deps.ts'
import { aBookableHost, aPage, someone, soon } from '../host.ts'

const kinds = (outcomes: BookOutcome[]) => Object.fromEntries([...Map.groupBy(outcomes, (outcome) => outcome.kind)].map(([kind, list]) => [kind, list.length]))
const wish = (start: number, n: number, more: Partial<Parameters<typeof book>[2]> = {}) => ({ start, duration: 30, visitor: someone(n), hold: null, key: null, ...more })

/** Overlapping pairs among what is held or confirmed: the one query behind I1. */
async function overlaps(deps: Deps, workspaceId: string): Promise<number> {
  const rows = await deps.db.inWorkspace(workspaceId, (tx) => tx.prepared<{ n: number }>('', `select count(*)::int as n from occupancy a join occupancy b on a.host_id = b.host_id and a.occupancy_id < b.occupancy_id and a.during && b.during`, []))
  return rows[0]!.n
}

test('A01 two bookers of one slot: one is booked, the other is told that it is taken', async () => {
  const { deps, owner, page } = await bookable()
  for (let round = 0; round < 40; round++) {
    const start = soon(24) + round * 30 * MINUTE
    const outcomes = await Promise.all([book(deps, page, wish(start, 1)), book(deps, page, wish(start, 2))])
    expect(kinds(outcomes)).toEqual({ booked: 1, 'slot-taken': 1 })
  }
  expect(await overlaps(deps, owner.workspaceId)).toBe(0)
})

test('A02 a thousand bookers over a hundred slots: a hundred booked, nobody twice, no fault', { timeout: 120_000 }, async () => {
  const { deps, owner, page } = await bookable()
  const begin = soon(24)
  const outcomes: BookOutcome[] = []
  const wishes = Array.from({ length: 1000 }, (_, n) => wish(begin + ((n * 37) % 100) * 30 * MINUTE, n))
  await Promise.all(Array.from({ length: 40 }, async () => {
    for (let next = wishes.shift(); next; next = wishes.shift()) outcomes.push(await book(deps, page, next))
  }))
  expect(kinds(outcomes)).toEqual({ booked: 100, 'slot-taken': 900 })
  expect(await overlaps(deps, owner.workspaceId)).toBe(0)
})

test('A03 forty bookers on one host, their times staggered, never deadlock and nobody waits a second', async () => {
  const { deps, owner, page } = await bookable({ durations: [45], increment: 10 })
  const begin = soon(24)
  const waits: number[] = []
  const outcomes = await Promise.all(Array.from({ length: 40 }, async (_, n) => {
    const asked = performance.now()
    const outcome = await book(deps, page, wish(begin + (n % 4) * 10 * MINUTE, n, { duration: 45 }))
    waits.push(performance.now() - asked)
    return outcome
  }))
  expect(kinds(outcomes)).toEqual({ booked: 1, 'slot-taken': 39 })
  expect(Math.max(...waits)).toBeLessThan(5000)
  expect(await overlaps(deps, owner.workspaceId)).toBe(0)
})

test('A04 an empty or backward span is refused by the database itself', async () => {
  const { deps, owner, page } = await bookable()
  const insert = (during: string) =>
    deps.db.inWorkspace(owner.workspaceId, (tx) => tx.prepared('', `insert into occupancy (workspace_id, host_id, event_type_id, state, during) values ($1, $2, $3, 'confirmed', ${during})`, [owner.workspaceId, owner.userId, page.eventTypeId]))
  await expect(insert(`tstzrange('2027-01-01 10:00Z', '2027-01-01 10:00Z')`)).rejects.toMatchObject({ code: '23514' })
  await expect(insert(`tstzrange('2027-01-01 10:00Z', '2027-01-01 11:00Z', '[]')`)).rejects.toMatchObject({ code: '23514' })
  await expect(insert(`tstzrange('2027-01-01 10:00Z', null)`)).rejects.toMatchObject({ code: '23514' })
  await insert(`tstzrange('2027-01-01 10:00Z', '2027-01-01 11:00Z')`)
  await expect(insert(`tstzrange('2027-01-01 10:30Z', '2027-01-01 10:45Z')`)).rejects.toMatchObject({ code: '23P01' })
  expect((await book(deps, page, wish(soon(), 1, { duration: 0 }))).kind).toBe('slot-taken')
})

test('A05 nobody is booked without a host, and a booking cannot be handed to a host who is taken', async () => {
  const { deps, owner, page } = await bookable()
  const { workspaceId } = owner
  const insert = (host: string | null, during: string) =>
    deps.db.inWorkspace(workspaceId, (tx) => tx.prepared<{ occupancy_id: string }>('', `insert into occupancy (workspace_id, host_id, event_type_id, state, during) values ($1, $2, $3, 'confirmed', ${during}) returning occupancy_id`, [workspaceId, host, page.eventTypeId]))
  const span = `tstzrange('2027-01-01 10:00Z', '2027-01-01 11:00Z')`
  await expect(insert(null, span)).rejects.toMatchObject({ code: '23502' })
  await insert(owner.userId, span)
  const other = randomUUID()
  await deps.db.inWorkspace(workspaceId, (tx) => tx.prepared('', `insert into users (workspace_id, user_id, email, email_key, name, slug, role_id, locale, zone) select workspace_id, $2, 'other@example.test', 'other@example.test', 'Other', $3, role_id, locale, zone from users where user_id = $1`, [owner.userId, other, `other-${other.slice(0, 6)}`]))
  const [theirs] = await insert(other, span)
  await expect(deps.db.inWorkspace(workspaceId, (tx) => tx.prepared('', 'update occupancy set host_id = $1 where occupancy_id = $2', [owner.userId, theirs!.occupancy_id]))).rejects.toMatchObject({ code: '23P01' })
})

test('A06 of two requests for one slot only one can be accepted; the other stays open as a conflict', async () => {
  const { deps, owner, page } = await bookable({ connected: false })
  for (let round = 0; round < 10; round++) {
    const start = soon(24) + round * 60 * MINUTE
    const asked = await Promise.all([book(deps, page, wish(start, 1)), book(deps, page, wish(start, 2))])
    expect(kinds(asked)).toEqual({ requested: 2 })
    const ids = asked.map((outcome) => ('bookingId' in outcome ? outcome.bookingId : ''))
    const answers = await Promise.all(ids.map((id) => accept(deps, owner.workspaceId, id, { by: 'host' })))
    expect(answers.map((answer) => answer.kind).sort()).toEqual(['accepted', 'slot-taken'])
    const loser = ids[answers.findIndex((answer) => answer.kind === 'slot-taken')]!
    const [row] = await deps.db.inWorkspace(owner.workspaceId, (tx) => tx.prepared<{ state: string; conflict: boolean }>('', 'select state, conflict from bookings where booking_id = $1', [loser]))
    expect(row).toEqual({ state: 'requested', conflict: true })
    // Asked again later, one after the other, the answer is the same.
    expect((await accept(deps, owner.workspaceId, loser, { by: 'host' })).kind).toBe('slot-taken')
  }
})

test('A07 a slot that somebody holds is not given to who comes without a hold, and the hold becomes the booking', async () => {
  const { deps, page } = await bookable()
  const start = soon()
  const held = await hold(deps, page, { start, duration: 30, client: 'a', previous: null })
  if (held.kind !== 'held') throw new Error(held.kind)
  expect((await book(deps, page, wish(start, 2))).kind).toBe('slot-taken')
  expect((await hold(deps, page, { start, duration: 30, client: 'b', previous: null })).kind).toBe('slot-taken')
  expect((await book(deps, page, wish(start, 1, { hold: held.token }))).kind).toBe('booked')
  expect((await book(deps, page, wish(start, 3))).kind).toBe('slot-taken')
})

test('A07 thirty clients at once for one hold: one has it', async () => {
  const { deps, page } = await bookable()
  const outcomes = await Promise.all(Array.from({ length: 30 }, (_, n) => hold(deps, page, { start: soon(), duration: 30, client: `c${n}`, previous: null })))
  expect(outcomes.filter((outcome) => outcome.kind === 'held')).toHaveLength(1)
})

test('K03 one client keeps two holds at the most; a third gives the first back', async () => {
  const { deps, owner, page } = await bookable()
  for (let n = 0; n < 5; n++) expect((await hold(deps, page, { start: soon(24 + n), duration: 30, client: 'greedy', previous: null })).kind).toBe('held')
  const [row] = await deps.db.inWorkspace(owner.workspaceId, (tx) => tx.prepared<{ n: number }>('', `select count(*)::int as n from occupancy where state = 'held'`, []))
  expect(row!.n).toBe(2)
})

test('A08 a hold that has run out is nobody’s: its owner may still win, but never two', async () => {
  let now = Date.now()
  const { deps, page } = await bookable({ now: () => now })
  const start = soon(48, now)
  const held = await hold(deps, page, { start, duration: 30, client: 'a', previous: null })
  if (held.kind !== 'held') throw new Error(held.kind)
  now = held.until + 1
  const outcomes = await Promise.all([book(deps, page, wish(start, 1, { hold: held.token })), book(deps, page, wish(start, 2))])
  expect(kinds(outcomes)).toEqual({ booked: 1, 'slot-taken': 1 })
})

test('A11 capacity: five places, fifty bookers, five booked in one row', async () => {
  const { deps, owner, page } = await bookable({ capacity: 5 })
  const start = soon()
  const outcomes = await Promise.all(Array.from({ length: 50 }, (_, n) => book(deps, page, wish(start, n))))
  expect(kinds(outcomes)).toEqual({ booked: 5, 'slot-taken': 45 })
  const rows = await deps.db.inWorkspace(owner.workspaceId, (tx) => tx.prepared('', 'select taken, capacity from occupancy', []))
  expect(rows).toEqual([{ taken: 5, capacity: 5 }])
})

test('A13 the same submit ten times at once is one booking with one link', async () => {
  const { deps, owner, page } = await bookable()
  const start = soon()
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => book(deps, page, wish(start, 1, { key: 'the-same-key-for-all' }))))
  expect(kinds(outcomes)).toEqual({ booked: 10 })
  expect(new Set(outcomes.map((outcome) => ('token' in outcome ? `${outcome.bookingId} ${outcome.token}` : ''))).size).toBe(1)
  const [row] = await deps.db.inWorkspace(owner.workspaceId, (tx) => tx.prepared<{ n: number }>('', 'select count(*)::int as n from bookings', []))
  expect(row!.n).toBe(1)
})

test('A14 a key that comes again with another wish is refused and nothing is written', async () => {
  const { deps, page } = await bookable()
  await book(deps, page, wish(soon(), 1, { key: 'one-key-two-wishes' }))
  expect((await book(deps, page, wish(soon(30), 1, { key: 'one-key-two-wishes' }))).kind).toBe('key-reused')
})

test('A15 two moves of one booking: one wins, and its own old time is no obstacle', async () => {
  const { deps, owner, page } = await bookable({ increment: 15 })
  const start = soon()
  const made = await book(deps, page, wish(start, 1))
  if (made.kind !== 'booked') throw new Error(made.kind)
  const moved = await reschedule(deps, owner.workspaceId, made.bookingId, { start: start + 15 * MINUTE, duration: null, by: 'visitor' })
  expect(moved.kind).toBe('moved')
  await Promise.all([2, 3].map((hours) => reschedule(deps, owner.workspaceId, made.bookingId, { start: start + hours * 60 * MINUTE, duration: null, by: 'visitor' })))
  const rows = await deps.db.inWorkspace(owner.workspaceId, (tx) => tx.prepared<{ n: number; same: boolean }>('', `select count(*)::int as n, bool_and(lower(o.during) = b.starts_at) as same from occupancy o, bookings b`, []))
  expect(rows).toEqual([{ n: 1, same: true }])
})

test('A18 buffers at commit: the gap is the longer of the two, not their sum', async () => {
  const { deps, page } = await bookable({ before: 15, after: 15, increment: 15 })
  const start = soon()
  expect((await book(deps, page, wish(start, 1))).kind).toBe('booked')
  const [close, clear] = await Promise.all([book(deps, page, wish(start + 30 * MINUTE, 2)), book(deps, page, wish(start + 45 * MINUTE, 3))])
  expect([close.kind, clear.kind]).toEqual(['slot-taken', 'booked'])
})

test('A19 a limit of one a day holds against twenty bookers at different hours', async () => {
  const { deps, page } = await bookable({ perDay: 1 })
  const day = Math.floor(soon(48) / 86_400_000) * 86_400_000 + 6 * 3_600_000
  const outcomes = await Promise.all(Array.from({ length: 10 }, (_, n) => book(deps, page, wish(day + n * 60 * MINUTE, n))))
  expect(kinds(outcomes)).toEqual({ booked: 1, 'slot-taken': 9 })
})

test('A20 only what the page offers can be booked: no odd minute, no past, no far future, no other length', async () => {
  const { deps, page } = await bookable({ notice: 60 })
  const start = soon()
  for (const [what, wanted] of Object.entries({
    'off the grid': { start: start + 7 * MINUTE },
    yesterday: { start: start - 10 * 86_400_000 },
    'in ten years': { start: start + 3650 * 86_400_000 },
    'below the notice': { start: soon(0) },
    'another length': { duration: 45 },
    'not a number': { start: Number.NaN },
  }))
    expect([what, (await book(deps, page, wish(start, 1, wanted))).kind]).toEqual([what, 'slot-taken'])
  expect((await book(deps, page, wish(start, 1))).kind).toBe('booked')
})

test('A21 one person on two pages: the same time goes once', async () => {
  const { deps, owner, page } = await bookable()
  const second = await aPage(deps, owner, {})
  const outcomes = await Promise.all([book(deps, page, wish(soon(), 1)), book(deps, second, wish(soon(), 2))])
  expect(kinds(outcomes)).toEqual({ booked: 1, 'slot-taken': 1 })
})

test('A26 a page that closed while the visitor was typing refuses, and nothing is half made', async () => {
  const { deps, owner, page } = await bookable()
  await deps.db.inWorkspace(owner.workspaceId, (tx) => tx.prepared('', 'update scheduling_pages set open = false where page_id = $1', [page.pageId]))
  expect((await book(deps, page, wish(soon(), 1))).kind).toBe('closed')
  const [row] = await deps.db.inWorkspace(owner.workspaceId, (tx) => tx.prepared<{ n: number }>('', 'select (select count(*) from bookings)::int + (select count(*) from occupancy)::int as n', []))
  expect(row!.n).toBe(0)
})

test('A27 without the exclusion constraint this build would not pass', async () => {
  const { deps } = await bookable()
  const rows = (await deps.db.pool.query(`select pg_get_constraintdef(oid) as rule from pg_constraint where conname = 'occupancy_no_overlap'`)).rows as { rule: string }[]
  expect(rows).toEqual([{ rule: 'EXCLUDE USING gist (workspace_id WITH =, host_id WITH =, during WITH &&)' }])
})

test('a booking keeps the budget: at most eight statements in three round trips', async () => {
  const { deps, page } = await bookable()
  const spent: { statements: number; roundTrips: number }[] = []
  const watched: Deps = {
    ...deps,
    db: {
      ...deps.db,
      async inWorkspace(workspaceId, work) {
        const before = deps.db.counts()
        const result = await deps.db.inWorkspace(workspaceId, work)
        const after = deps.db.counts()
        spent.push({ statements: after.statements - before.statements, roundTrips: after.roundTrips - before.roundTrips })
        return result
      },
    },
  }
  expect((await book(watched, page, wish(soon(), 1))).kind).toBe('booked')
  // The last one that ended before the answer is the booking's own transaction.
  expect(spent.at(-1)!.statements).toBeLessThanOrEqual(8)
  expect(spent.at(-1)!.roundTrips).toBeLessThanOrEqual(3)
  expect(spent.at(-1)!.statements).toBeGreaterThan(5)
})

const bookable = (options: Parameters<typeof aBookableHost>[0] = {}) => aBookableHost(options)
