import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '#core/time/model.ts'
import { cancel } from '#server/bookings/cancel.ts'
import { follow } from '#server/bookings/follow.ts'
import { reschedule } from '#server/bookings/reschedule.ts'
import { followers } from '#server/calendars/changed.ts'
import { findPart, readMessage } from '#server/mail/read-message.ts'
import type { Deps } from '#server/platform/deps.ts'
import { soon } from '#tests/host.ts'
import { aTwoWayHost } from '#tests/two-way.ts'

const unfolded = (source: Buffer) => (findPart(readMessage(source), 'text/calendar')?.body.toString() ?? '').replace(/\r\n[ \t]/g, '')
const [, late] = followers(follow) as unknown as { run(deps: Deps, payload: object): Promise<void> }[]
const line = (text: string, name: string) => new RegExp(`^${name}[^:\\r\\n]*:(.*)$`, 'm').exec(text)?.[1]?.trim()

test('B21 an event moved in the calendar moves its booking, and the visitor is told once', async () => {
  const h = await aTwoWayHost()
  const before = await h.booked()
  await h.sync()
  expect((await h.row(before.booking_id)).revision).toBe(1)

  const start = before.starts_at + 3 * HOUR
  h.theirs.move(before.uid, start, start + 45 * MINUTE)
  const stored = h.theirs.find(before.uid)!.etag
  await h.sync()
  const after = await h.row(before.booking_id)
  expect(after).toMatchObject({ state: 'confirmed', starts_at: start, ends_at: start + 45 * MINUTE, revision: 2, sequence: 1, calendar_state: 'standing', conflict: false })
  // Nothing was written over what its owner did.
  expect(h.theirs.find(before.uid)!.etag).toBe(stored)
  expect(await h.kinds(before.booking_id)).toEqual(['1 invite', '1 tell-host', '2 invite'])
  const [told] = (await h.letters(before.booking_id)).filter(({ revision }) => revision === 2)
  const ics = unfolded(told!.source)
  expect([line(ics, 'METHOD'), line(ics, 'SEQUENCE'), line(ics, 'UID')]).toEqual(['REQUEST', '1', before.uid])
  const occupied = await h.ask<{ start: number }>('select lower(during) as start from occupancy')
  expect(occupied).toEqual([{ start }])
  expect((await h.timeline(before.contact_id)).at(-1)).toMatchObject({ kind: 'moved', words: { by: 'calendar', start } })
})

test('B17 twenty looks after our own writes change nothing', async () => {
  const h = await aTwoWayHost()
  const a = await h.booked(soon(48))
  const b = await h.booked(soon(50))
  await reschedule(h.deps, h.workspaceId, b.booking_id, { start: soon(60), duration: null, by: 'host' })
  await h.atRest()
  const state = async () => JSON.stringify([await h.ask('select booking_id, revision, sequence, state, starts_at, updated_at from bookings order by 1'), await h.kinds(a.booking_id), await h.kinds(b.booking_id), await h.changes(), h.theirs.objects().map(({ etag }) => etag)])
  await h.sync()
  const before = await state()
  for (let round = 0; round < 20; round++) await h.sync()
  expect(await state()).toBe(before)
  expect(await h.changes()).toEqual([])
})

test('B21 an event deleted in the calendar cancels its booking, frees the time, and is never put back', async () => {
  const h = await aTwoWayHost()
  const before = await h.booked()
  await h.sync()
  h.theirs.remove(before.uid)
  await h.sync()
  expect(await h.row(before.booking_id)).toMatchObject({ state: 'cancelled', cancelled_by: 'calendar', revision: 2, sequence: 1 })
  expect(await h.kinds(before.booking_id)).toEqual(['1 invite', '1 tell-host', '2 uninvite'])
  const told = (await h.letters(before.booking_id)).at(-1)!
  expect([line(unfolded(told.source), 'METHOD'), line(unfolded(told.source), 'SEQUENCE')]).toEqual(['CANCEL', '1'])
  expect(await h.ask('select 1 from occupancy')).toEqual([])
  for (let round = 0; round < 3; round++) await h.sync()
  expect(h.theirs.objects()).toEqual([])
  expect((await h.timeline(before.contact_id)).at(-1)).toMatchObject({ kind: 'cancelled', words: { by: 'calendar' } })
  // The time can be booked again.
  await h.booked(before.starts_at)
})

test('a deletion before the copy has ever seen the event is believed as well, and an event that is only late is not', async () => {
  const h = await aTwoWayHost()
  const late = await h.booked(soon(48))
  // Never seen by a sync, and there all the same.
  await h.ask('update calendars set changed_at = now()')
  await h.sync()
  expect((await h.row(late.booking_id)).state).toBe('confirmed')
  await h.ask(`delete from calendar_events`)
  await h.ask('update calendars set changed_at = now()')
  await h.sync()
  expect((await h.row(late.booking_id)).state).toBe('confirmed')
  const gone = await h.booked(soon(52))
  h.theirs.remove(gone.uid)
  await h.sync()
  expect((await h.row(gone.booking_id)).state).toBe('cancelled')
})

test.each([
  ['moved', 'ask'],
  ['moved', 'ignore'],
  ['deleted', 'ask'],
  ['deleted', 'ignore'],
] as const)('B21 policy: %s is %s: the booking stays, and the same is neither asked nor written twice', async (kind, wanted) => {
  const h = await aTwoWayHost()
  await h.policy({ [kind]: wanted })
  const before = await h.booked()
  await h.sync()
  const start = before.starts_at + 2 * HOUR
  if (kind === 'moved') h.theirs.move(before.uid, start, start + 30 * MINUTE)
  else h.theirs.remove(before.uid)
  for (let round = 0; round < 4; round++) await h.sync()
  expect(await h.row(before.booking_id)).toMatchObject({ state: 'confirmed', starts_at: before.starts_at, revision: 1 })
  expect(await h.changes()).toMatchObject([{ kind, state: wanted === 'ask' ? 'open' : 'ignored', starts_at: kind === 'moved' ? start : null }])
  expect(await h.kinds(before.booking_id)).toEqual(wanted === 'ask' ? [`1 ask-${kind}`, '1 invite', '1 tell-host'] : ['1 invite', '1 tell-host'])
  expect(h.theirs.find(before.uid) === undefined).toBe(kind === 'deleted')
  // Put back by its owner, the question answers itself.
  if (kind === 'moved' && wanted === 'ask') {
    h.theirs.move(before.uid, before.starts_at, before.ends_at)
    await h.sync()
    expect((await h.changes()).map(({ state }) => state)).toEqual(['over'])
  }
})

test('cal-side: a visitor who declines in the calendar is a question by default, and their answer stands in their history', async () => {
  const h = await aTwoWayHost()
  const before = await h.booked()
  await h.sync()
  h.theirs.decline(before.uid, 'visitor1@example.test')
  for (let round = 0; round < 3; round++) await h.sync()
  expect(await h.row(before.booking_id)).toMatchObject({ state: 'confirmed', visitor_answer: 'declined', revision: 1 })
  expect(await h.changes()).toMatchObject([{ kind: 'declined', state: 'open', who: 'visitor1@example.test' }])
  expect((await h.letters(before.booking_id)).filter(({ kind }) => kind === 'ask-declined')).toHaveLength(1)
  expect((await h.timeline(before.contact_id)).filter(({ kind }) => kind === 'answer')).toMatchObject([{ words: { answer: 'declined', by: 'visitor' } }])
})

test('cal-side: declined by the visitor with the policy cancel frees the time and tells the host', async () => {
  const h = await aTwoWayHost()
  await h.policy({ declined: 'cancel' })
  const before = await h.booked()
  await h.sync()
  h.theirs.decline(before.uid, 'visitor1@example.test')
  await h.sync()
  expect(await h.row(before.booking_id)).toMatchObject({ state: 'cancelled', cancelled_by: 'visitor' })
  expect(await h.kinds(before.booking_id)).toEqual(['1 invite', '1 tell-host', '2 tell-host', '2 uninvite'])
  expect(h.theirs.objects()).toEqual([])
})

test('B21 moved onto another booking of ours: nothing is moved, the clash is shown and its host asked', async () => {
  const h = await aTwoWayHost()
  const a = await h.booked(soon(48))
  const b = await h.booked(soon(50))
  await h.sync()
  h.theirs.move(a.uid, b.starts_at, b.ends_at)
  for (let round = 0; round < 3; round++) await h.sync()
  expect(await h.row(a.booking_id)).toMatchObject({ state: 'confirmed', starts_at: a.starts_at, conflict: true, revision: 1 })
  expect(await h.changes()).toMatchObject([{ booking_id: a.booking_id, kind: 'moved', state: 'open' }])
  expect((await h.letters(a.booking_id)).filter(({ kind }) => kind === 'ask-moved')).toHaveLength(1)
  expect(await h.ask('select 1 from occupancy a join occupancy b on a.host_id = b.host_id and a.occupancy_id < b.occupancy_id and a.during && b.during')).toEqual([])
})

test('B19 an event under another id, or dragged into another calendar of the account, is still the booking’s', async () => {
  const h = await aTwoWayHost()
  const before = await h.booked()
  await h.sync()
  h.theirs.renameFile(before.uid, 'renamed-by-its-server')
  await h.sync()
  expect(await h.row(before.booking_id)).toMatchObject({ state: 'confirmed', revision: 1 })
  expect((await h.row(before.booking_id)).remote_id).toContain('renamed-by-its-server')

  const path = `/calendars/${h.server.user}/private/`
  h.server.store.makeCalendar(path, { name: 'Private' })
  const [made] = await h.ask<{ calendar_id: string }>(
    `insert into calendars (workspace_id, connection_id, user_id, remote_id, name, zone, writable, checked) select workspace_id, connection_id, user_id, $1, 'Private', zone, true, true from calendars returning calendar_id`,
    [new URL(path, h.server.url).href],
  )
  h.theirs.drag(before.uid, path)
  await h.sync()
  expect(await h.row(before.booking_id)).toMatchObject({ state: 'confirmed', revision: 1, calendar_id: made!.calendar_id, calendar_state: 'standing' })
  await h.sync(made!.calendar_id)
  await h.sync()
  expect(await h.kinds(before.booking_id)).toEqual(['1 invite', '1 tell-host'])
  // Moved afterwards, there is still one event; cancelled, none.
  expect((await reschedule(h.deps, h.workspaceId, before.booking_id, { start: before.starts_at + 5 * HOUR, duration: null, by: 'host' })).kind).toBe('moved')
  await h.atRest()
  const all = () => [...h.server.store.calendars.values()].flatMap(({ objects }) => [...objects.values()])
  expect(all().map(({ uid }) => uid)).toEqual([before.uid])
  await cancel(h.deps, h.workspaceId, before.booking_id, 'host', '')
  await h.atRest()
  expect(all()).toEqual([])
})

test('B08 a server that shows an empty calendar cancels nobody; what is still gone later was deleted', async () => {
  let now = Date.now()
  const h = await aTwoWayHost({ now: () => now })
  const all = []
  for (let n = 0; n < 4; n++) all.push(await h.booked(soon(48 + n)))
  await h.sync()
  const kept = h.theirs.objects().map((object) => ({ ...object }))
  for (const { uid } of all) h.theirs.remove(uid)
  await h.sync()
  const states = async () => (await h.ask<{ state: string }>('select state from bookings')).map(({ state }) => state)
  expect(await states()).toEqual(Array(4).fill('confirmed'))
  // Two of them were only out of sight.
  for (const { href, text, uid } of kept.slice(0, 2)) h.server.store.put([...h.server.store.calendars.values()][0]!, href, text, uid)
  now += 11 * MINUTE
  // Nobody has to knock: the look that comes every minute finds those that have waited.
  const wanted: string[] = []
  h.deps.jobs.enqueue = async (_tx, task) => void wanted.push(task.name)
  await late!.run(h.deps, {})
  expect(wanted).toEqual(['calendars.changed'])
  await h.sync()
  expect((await states()).sort()).toEqual(['cancelled', 'cancelled', 'confirmed', 'confirmed'])
})

test('B08 I8 a calendar in quarantine, or one that cannot be read, never cancels anything', async () => {
  const h = await aTwoWayHost()
  const before = await h.booked()
  await h.sync()
  h.theirs.remove(before.uid)
  await h.ask('update calendars set quarantined_at = now()')
  await h.ask('delete from calendar_events')
  await follow(h.deps, { workspaceId: h.workspaceId, calendarId: h.calendarId }, null)
  expect((await h.row(before.booking_id)).state).toBe('confirmed')
  await h.ask(`update calendars set quarantined_at = null, trouble = 'server-error'`)
  await follow(h.deps, { workspaceId: h.workspaceId, calendarId: h.calendarId }, null)
  expect((await h.row(before.booking_id)).state).toBe('confirmed')
})

test('B21 a visitor moves a meeting whose event is already deleted: it is not put back in secret', async () => {
  const h = await aTwoWayHost()
  const before = await h.booked()
  await h.sync()
  h.theirs.remove(before.uid)
  expect((await reschedule(h.deps, h.workspaceId, before.booking_id, { start: before.starts_at + 4 * HOUR, duration: null, by: 'visitor' })).kind).toBe('moved')
  await h.atRest()
  expect(h.theirs.objects()).toEqual([])
  await h.sync()
  expect(await h.row(before.booking_id)).toMatchObject({ state: 'cancelled', cancelled_by: 'calendar' })
})
