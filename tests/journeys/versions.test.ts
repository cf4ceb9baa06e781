import { afterAll, beforeAll, expect, test } from 'vitest'
import { MINUTE } from '#core/time/model.ts'
import { book } from '#server/bookings/book.ts'
import { cancel } from '#server/bookings/cancel.ts'
import { hold, release } from '#server/bookings/hold.ts'
import { loadInputs, loadInputsIn } from '#server/bookings/inputs.ts'
import { aBookableHost, soon, someone } from '../host.ts'

// A copy of a page's inputs is believed as long as its hosts' versions stand: every change of what it holds must raise them.
let world: Awaited<ReturnType<typeof aBookableHost>>
beforeAll(async () => {
  world = await aBookableHost()
})
afterAll(() => world?.stop())

const inputs = async () => (await loadInputs(world.deps.db, world.page))!
const version = async () => (await inputs()).hosts[0]!.version
const sql = (text: string, values: unknown[] = []) => world.deps.db.inWorkspace(world.owner.workspaceId, (tx) => tx.prepared('', text, values))

test.each([
  ['a page that closes', `update scheduling_pages set open = not open where page_id = $1`, () => [world.page.pageId]],
  ['a page that opens again', `update scheduling_pages set open = not open where page_id = $1`, () => [world.page.pageId]],
  ['another notice', `update event_types set notice = notice + 1 where event_type_id = $1`, () => [world.page.eventTypeId]],
  ['other hours', `update schedules set weekly = weekly where user_id = $1`, () => [world.owner.userId]],
  ['a host more', `insert into event_type_hosts (workspace_id, event_type_id, user_id) values ($1, $2, $3)`, () => [world.owner.workspaceId, world.page.eventTypeId, world.owner.userId]],
  ['a host less', `delete from event_type_hosts where event_type_id = $1`, () => [world.page.eventTypeId]],
  ['another name', `update users set name = name || '.' where user_id = $1`, () => [world.owner.userId]],
  ['a calendar no longer checked', `update calendars set checked = false where calendar_id = $1`, () => [world.calendar!.calendarId]],
  ['a calendar checked', `update calendars set checked = true where calendar_id = $1`, () => [world.calendar!.calendarId]],
  ['a calendar in doubt', `update calendars set quarantined_at = now() where calendar_id = $1`, () => [world.calendar!.calendarId]],
  ['a calendar believed again', `update calendars set quarantined_at = null where calendar_id = $1`, () => [world.calendar!.calendarId]],
  ['busy time', `update calendars set packed_busy = packed_busy || '\\x0000000000000000'::bytea || '\\x0000000000000000'::bytea where calendar_id = $1`, () => [world.calendar!.calendarId]],
  ['a broken connection', `update connections set state = 'broken' where connection_id = $1`, () => [world.calendar!.connectionId]],
  ['a repaired connection', `update connections set state = 'connected' where connection_id = $1`, () => [world.calendar!.connectionId]],
  ['time that is taken behind every verb', `insert into occupancy (workspace_id, host_id, event_type_id, state, during) select $1, $2, $3, 'confirmed', tstzrange(now() + interval '50 days', now() + interval '51 days')`, () => [world.owner.workspaceId, world.owner.userId, world.page.eventTypeId]],
  ['time that is given back behind every verb', `delete from occupancy where host_id = $1`, () => [world.owner.userId]],
])('I8 %s retires every copy of an answer', async (_what, statement, values) => {
  const before = await version()
  await sql(statement, values())
  expect(await version()).toBeGreaterThan(before)
})

test('I8 what only shows that a calendar was read again is seen without retiring anything', async () => {
  const before = await inputs()
  await sql(`update calendars set synced_at = synced_at + interval '1 minute' where calendar_id = $1`, [world.calendar!.calendarId])
  const after = await inputs()
  expect(after.hosts[0]!.version).toBe(before.hosts[0]!.version)
  expect(after.hosts[0]!.calendars[0]!.synced).toBe(before.hosts[0]!.calendars[0]!.synced! + MINUTE)
})

test('I7 after each verb the kept copy is what a fresh reading says', async () => {
  const { deps, page, owner } = world
  await sql(`update calendars set packed_busy = '' where calendar_id = $1`, [world.calendar!.calendarId])
  const same = async () => {
    const kept = await inputs()
    const fresh = await deps.db.inWorkspace(owner.workspaceId, (tx) => loadInputsIn(tx, owner.workspaceId, page.pageId))
    expect(kept).toEqual(fresh)
  }
  const wish = (n: number) => ({ start: soon(24 + n), duration: 30, visitor: someone(n), hold: null as string | null, key: null })
  await same()
  const first = await book(deps, page, wish(3))
  expect(first.kind).toBe('booked')
  await same()
  expect((await book(deps, page, wish(1))).kind).toBe('booked')
  await same()
  expect((await book(deps, page, wish(3))).kind).toBe('slot-taken')
  await same()
  const held = await hold(deps, page, { start: soon(30), duration: 30, client: 'x', previous: null })
  if (held.kind !== 'held') throw new Error(held.kind)
  await same()
  expect((await book(deps, page, { ...wish(6), hold: held.token })).kind).toBe('booked')
  await same()
  const other = await hold(deps, page, { start: soon(32), duration: 30, client: 'x', previous: null })
  if (other.kind === 'held') await release(deps, other.token)
  await same()
  if (first.kind === 'booked') await cancel(deps, owner.workspaceId, first.bookingId, 'host', '')
  await same()
})
