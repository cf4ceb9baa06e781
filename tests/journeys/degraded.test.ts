import { expect, test } from 'vitest'
import { setTimeout as sleep } from 'node:timers/promises'
import { accept } from '#server/bookings/accept.ts'
import { book } from '#server/bookings/book.ts'
import { cancel } from '#server/bookings/cancel.ts'
import { decline } from '#server/bookings/decline.ts'
import { effectsOf } from '#server/bookings/effects.ts'
import { propose } from '#server/bookings/propose.ts'
import { recheckWorkspace } from '#server/bookings/recheck.ts'
import { reschedule } from '#server/bookings/reschedule.ts'
import { loadInputs, modeOf } from '#server/bookings/inputs.ts'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import type { Deps } from '#server/platform/deps.ts'
import { putObject } from '../counterparts/radicale.ts'
import { aBookableHost, connect, someone, soon } from '../host.ts'

const wish = (start: number, n: number | string = 1) => ({ start, duration: 30, visitor: someone(n), hold: null, key: null })
const stamp = (instant: number) => new Date(instant).toISOString().replace(/[-:]|\.000/g, '')
const event = (uid: string, start: number, minutes = 60) => `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//other//EN\r\nBEGIN:VEVENT\r\nUID:${uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:${stamp(start)}\r\nDTEND:${stamp(start + minutes * MINUTE)}\r\nSUMMARY:private words\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`

const state = async (deps: Deps, workspaceId: string, bookingId: string) => {
  const [row] = await deps.db.inWorkspace(workspaceId, (tx) => tx.prepared<{ state: string; calendar_state: string; calendar_reason: string | null; conflict: boolean; sequence: number }>('', 'select state, calendar_state, calendar_reason, conflict, sequence from bookings where booking_id = $1', [bookingId]))
  return row!
}
const letters = (deps: Deps, workspaceId: string) => deps.db.inWorkspace(workspaceId, (tx) => tx.prepared<{ kind: string; recipient: string; source: Buffer }>('', 'select kind, recipient, source from letters order by created_at', []))
const id = (outcome: { kind: string; bookingId?: string }) => {
  if (!outcome.bookingId) throw new Error(outcome.kind)
  return outcome.bookingId
}

test('S-004 S-011 with a connection a visitor books, and the event is read back from the calendar before it is called booked', async () => {
  const { deps, owner, page, server } = await aBookableHost()
  const start = soon()
  const bookingId = id(await book(deps, page, wish(start)))
  await effectsOf(bookingId)
  expect(await state(deps, owner.workspaceId, bookingId)).toMatchObject({ state: 'confirmed', calendar_state: 'standing' })
  const [calendar] = server.store.calendars.values()
  expect([...calendar!.objects.values()].map((object) => object.uid)).toEqual([`${bookingId}@ritrovo`])
})

test('A24 an event that came into the calendar a moment ago refuses the booking, whatever the page still showed', async () => {
  const { deps, page, server } = await aBookableHost()
  const start = soon()
  const inputs = await loadInputs(deps.db, page)
  expect(modeOf(inputs!, deps.now()).kind).toBe('bookable')
  await putObject(server, `${server.url}calendars/giulia/work/`, 'native', event('native', start, 60))
  const outcome = await book(deps, page, wish(start + 30 * MINUTE))
  expect(outcome.kind).toBe('slot-taken')
  if (outcome.kind === 'slot-taken') expect(outcome.alternatives).toEqual([start - 30 * MINUTE, start + HOUR])
})

test('S-005 nobody can book over an existing event, also when it repeats', async () => {
  const { deps, page, server, calendar, owner } = await aBookableHost()
  const start = soon(48)
  await putObject(server, `${server.url}calendars/giulia/work/`, 'weekly', event('weekly', start - 14 * DAY).replace('SUMMARY', 'RRULE:FREQ=WEEKLY\r\nSUMMARY'))
  const { syncCalendar } = await import('#server/calendars/sync.ts')
  await syncCalendar.run(deps, { workspaceId: owner.workspaceId, calendarId: calendar!.calendarId })
  expect((await book(deps, page, wish(start))).kind).toBe('slot-taken')
  expect((await book(deps, page, wish(start + 7 * DAY))).kind).toBe('slot-taken')
  expect((await book(deps, page, wish(start + HOUR))).kind).toBe('booked')
})

test('A25 a calendar that does not answer is never free: by default the visitor asks instead', async () => {
  const { deps, owner, page, server } = await aBookableHost()
  await server.stop()
  const outcome = await book(deps, page, wish(soon()))
  expect(outcome.kind).toBe('requested')
  const [row] = await deps.db.inWorkspace(owner.workspaceId, (tx) => tx.prepared<{ n: number }>('', 'select count(*)::int as n from occupancy', []))
  expect(row!.n).toBe(0)
})

test('A25 a calendar that does not answer closes the page, or its last-known busy time counts for some hours, as its owner chose', async () => {
  const closing = await aBookableHost({ whenUnreadable: { kind: 'close' } })
  await closing.server.stop()
  expect((await book(closing.deps, closing.page, wish(soon()))).kind).toBe('closed')

  const lenient = await aBookableHost({ whenUnreadable: { kind: 'last-known', hours: 4 } })
  await putObject(lenient.server, `${lenient.server.url}calendars/giulia/work/`, 'native', event('native', soon(), 60))
  const { syncCalendar } = await import('#server/calendars/sync.ts')
  await syncCalendar.run(lenient.deps, { workspaceId: lenient.owner.workspaceId, calendarId: lenient.calendar!.calendarId })
  await lenient.server.stop()
  expect((await book(lenient.deps, lenient.page, wish(soon()))).kind).toBe('slot-taken')
  expect((await book(lenient.deps, lenient.page, wish(soon(30)))).kind).toBe('booked')
})

test('S-012 an unconnected page takes requests', async () => {
  const { deps, owner, page } = await aBookableHost({ connected: false })
  expect(modeOf((await loadInputs(deps.db, page))!, deps.now())).toEqual({ kind: 'requests', reason: 'no-calendar' })
  const bookingId = id(await book(deps, page, wish(soon())))
  await effectsOf(bookingId)
  expect(await state(deps, owner.workspaceId, bookingId)).toMatchObject({ state: 'requested', calendar_state: 'none' })
  expect((await letters(deps, owner.workspaceId)).map((letter) => letter.kind).sort()).toEqual(['acknowledge', 'tell-host'])
})

test('S-013 a request is not added to a calendar by itself; its host accepts, proposes or declines', async () => {
  const { deps, owner, page, server } = await aBookableHost({ connected: false })
  const start = soon(48)
  const [one, two, three] = [id(await book(deps, page, wish(start, 1))), id(await book(deps, page, wish(start + HOUR, 2))), id(await book(deps, page, wish(start + 2 * HOUR, 3)))]
  expect((await accept(deps, owner.workspaceId, one, { by: 'host' })).kind).toBe('accepted')
  expect((await decline(deps, owner.workspaceId, two, 'That day I am away.')).kind).toBe('declined')
  expect((await propose(deps, owner.workspaceId, three, [start + 5 * HOUR, start + 6 * HOUR])).kind).toBe('proposed')
  await Promise.all([one, two, three].map(effectsOf))
  expect(await state(deps, owner.workspaceId, one)).toMatchObject({ state: 'confirmed', calendar_state: 'none' })
  expect(await state(deps, owner.workspaceId, two)).toMatchObject({ state: 'declined' })
  expect([...server.store.calendars.values()].flatMap((calendar) => [...calendar.objects.values()])).toEqual([])
  const sent = await letters(deps, owner.workspaceId)
  expect(sent.filter((letter) => letter.recipient === 'visitor1@example.test').at(-1)!.source.toString()).toContain('METHOD:REQUEST')
  expect(sent.filter((letter) => letter.recipient === 'visitor3@example.test').map((letter) => letter.kind)).toEqual(['acknowledge', 'propose'])
  // The visitor takes one of the proposed times.
  expect((await accept(deps, owner.workspaceId, three, { start: start + 6 * HOUR, by: 'visitor' })).kind).toBe('accepted')
})

test('S-012 on connection open requests are re-checked and written, oldest first, and conflicts are listed', async () => {
  const { deps, owner, page, server } = await aBookableHost({ connected: false })
  const start = soon(48)
  const older = id(await book(deps, page, wish(start, 1)))
  const younger = id(await book(deps, page, wish(start, 2)))
  const clashing = id(await book(deps, page, wish(start + 3 * HOUR, 3)))
  const agreed = id(await book(deps, page, wish(start + 6 * HOUR, 4)))
  await accept(deps, owner.workspaceId, agreed, { by: 'host' })
  await Promise.all([older, younger, clashing, agreed].map(effectsOf))
  await putObject(server, `${server.url}calendars/giulia/work/`, 'native', event('native', start + 3 * HOUR))

  await connect(deps, owner, server)
  expect(await recheckWorkspace(deps, owner.workspaceId)).toEqual({ written: 2, conflicts: 2 })
  await Promise.all([older, younger, clashing, agreed].map(effectsOf))
  expect(await state(deps, owner.workspaceId, older)).toMatchObject({ state: 'confirmed', calendar_state: 'standing' })
  expect(await state(deps, owner.workspaceId, agreed)).toMatchObject({ state: 'confirmed', calendar_state: 'standing' })
  expect(await state(deps, owner.workspaceId, younger)).toMatchObject({ state: 'requested', conflict: true })
  expect(await state(deps, owner.workspaceId, clashing)).toMatchObject({ state: 'requested', conflict: true })
  // Looking again settles nothing by itself.
  expect(await recheckWorkspace(deps, owner.workspaceId)).toEqual({ written: 0, conflicts: 0 })
})

test('a visitor moves, then cancels, and the calendar follows under the same UID with a rising SEQUENCE', async () => {
  const { deps, owner, page, server } = await aBookableHost()
  const start = soon()
  const bookingId = id(await book(deps, page, wish(start)))
  await effectsOf(bookingId)
  const objects = () => [...server.store.calendars.values()].flatMap((calendar) => [...calendar.objects.values()])

  expect((await reschedule(deps, owner.workspaceId, bookingId, { start: start + 2 * HOUR, duration: null, by: 'visitor' })).kind).toBe('moved')
  await effectsOf(bookingId)
  expect(await state(deps, owner.workspaceId, bookingId)).toMatchObject({ state: 'confirmed', calendar_state: 'standing', sequence: 1 })
  expect(objects()).toHaveLength(1)
  expect(objects()[0]!.text).toContain('SEQUENCE:1')

  expect((await cancel(deps, owner.workspaceId, bookingId, 'visitor', 'Another day')).kind).toBe('cancelled')
  await effectsOf(bookingId)
  expect(objects()).toEqual([])
  expect(await state(deps, owner.workspaceId, bookingId)).toMatchObject({ state: 'cancelled', calendar_state: 'none', sequence: 2 })
  // The time is free again at once.
  expect((await book(deps, page, wish(start + 2 * HOUR, 2))).kind).toBe('booked')
  const mine = (await letters(deps, owner.workspaceId)).filter((letter) => letter.recipient === 'visitor1@example.test').map((letter) => /METHOD:(\w+)[\s\S]*?SEQUENCE:(\d)/.exec(letter.source.toString())?.slice(1))
  expect(mine).toEqual([['REQUEST', '0'], ['REQUEST', '1'], ['CANCEL', '2']])
})

test('C18 when the calendar cannot be written the visitor still has the invitation, the host is told, and it is written later', async () => {
  const { deps, owner, page, server } = await aBookableHost()
  const [calendar] = server.store.calendars.values()
  calendar!.readOnly = true
  const bookingId = id(await book(deps, page, wish(soon())))
  await effectsOf(bookingId)
  expect(await state(deps, owner.workspaceId, bookingId)).toMatchObject({ state: 'confirmed', calendar_state: 'failed' })
  expect((await letters(deps, owner.workspaceId)).map((letter) => letter.kind)).toEqual(expect.arrayContaining(['invite', 'tell-host']))
  calendar!.readOnly = false
  const { retryCalendar } = await import('#server/bookings/retry.ts')
  await retryCalendar(deps, owner.workspaceId, bookingId)
  expect(await state(deps, owner.workspaceId, bookingId)).toMatchObject({ calendar_state: 'standing' })
})

test('C26 a booking cancelled while it is still being written leaves no event behind', async () => {
  const { deps, owner, page, server } = await aBookableHost()
  for (let round = 0; round < 5; round++) {
    const bookingId = id(await book(deps, page, wish(soon(24 + round))))
    await sleep(round * 4)
    expect((await cancel(deps, owner.workspaceId, bookingId, 'visitor', '')).kind).toBe('cancelled')
    await effectsOf(bookingId)
    const { runEffects } = await import('#server/bookings/effects.ts')
    for (let tries = 0; tries < 50 && (await state(deps, owner.workspaceId, bookingId)).calendar_state === 'writing'; tries++) {
      await runEffects(deps, owner.workspaceId, bookingId)
      await sleep(50)
    }
  }
  expect([...server.store.calendars.values()].flatMap((calendar) => [...calendar.objects.values()])).toEqual([])
})
