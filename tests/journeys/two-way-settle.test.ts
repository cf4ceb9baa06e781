import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '#core/time/model.ts'
import type { Booking, CalendarChangeSeen } from '#server/bookings/model.ts'
import { routes } from '#server/bookings/routes.ts'
import { createApp } from '#server/app.ts'
import { findPart, readMessage } from '#server/mail/read-message.ts'
import { aColleague, aHouse, signedInAs, type Refusal } from '#tests/house.ts'
import { soon } from '#tests/host.ts'
import { aTwoWayHost } from '#tests/two-way.ts'
import { visitor } from '#tests/visit.ts'

async function asked(kind: 'moved' | 'deleted' | 'declined' = 'moved') {
  const h = await aTwoWayHost()
  await h.policy({ [kind]: 'ask' })
  const me = await signedInAs(h.deps, aHouse(h.deps, routes), { workspaceId: h.workspaceId, userId: h.owner.userId })
  const booking = await h.booked(soon(48))
  await h.sync()
  const start = booking.starts_at + 3 * HOUR
  const end = start + 30 * MINUTE
  if (kind === 'moved') h.theirs.move(booking.uid, start, end)
  if (kind === 'deleted') h.theirs.remove(booking.uid)
  if (kind === 'declined') h.theirs.decline(booking.uid, 'visitor1@example.test')
  await h.sync()
  const open = async () => (await me.get<{ changes: CalendarChangeSeen[] }>('/calendar-changes')).body.changes
  const [change] = await open()
  const settle = async <B = Booking>(way: string, id = change!.id) => {
    const answer = await me.post<B>(`/calendar-changes/${id}/settle`, { way })
    await h.atRest()
    return answer
  }
  return { ...h, me, booking, start, end, change: change!, open, settle }
}

test('a moved event waits for its host’s word, who sees both times; followed, the booking moves and its visitor is told', async () => {
  const h = await asked()
  expect(h.change).toMatchObject({ bookingId: h.booking.booking_id, kind: 'moved', start: h.start, end: h.end, booking: { title: 'First meeting', start: h.booking.starts_at, name: 'Visitor 1' } })
  const letter = (await h.letters(h.booking.booking_id)).find(({ kind }) => kind === 'ask-moved')!
  expect(letter.recipient).toBe(h.owner.email)
  expect(findPart(readMessage(letter.source), 'text/plain')!.body.toString()).toContain(`/app/meetings/${h.booking.booking_id}`)
  const { status, body } = await h.settle('follow')
  expect([status, body.start, body.revision]).toEqual([200, h.start, 2])
  expect(await h.row(h.booking.booking_id)).toMatchObject({ calendar_state: 'standing', starts_at: h.start })
  expect(await h.kinds(h.booking.booking_id)).toContain('2 invite')
  expect(await h.open()).toEqual([])
  expect((await h.settle<Refusal>('follow')).body.code).toBe('already')
  await h.sync()
  expect((await h.row(h.booking.booking_id)).revision).toBe(2)
})

test('kept, the agreed time is written into the calendar again, and nobody is told of anything', async () => {
  const h = await asked()
  h.theirs.rename(h.booking.uid, 'My own words')
  expect((await h.settle('keep')).status).toBe(200)
  expect(h.theirs.span(h.booking.uid)).toEqual({ start: h.booking.starts_at, end: h.booking.ends_at })
  expect(h.theirs.find(h.booking.uid)!.text).toContain('SUMMARY:My own words')
  expect(await h.row(h.booking.booking_id)).toMatchObject({ revision: 1, calendar_state: 'standing' })
  for (let n = 0; n < 3; n++) await h.sync()
  expect(await h.kinds(h.booking.booking_id)).toEqual(['1 ask-moved', '1 invite', '1 tell-host'])
  // Moved once more, it is a new question.
  h.theirs.move(h.booking.uid, h.start, h.end)
  await h.sync()
  expect(await h.open()).toHaveLength(1)
})

test('a deleted event is put back once when its host wants to keep the meeting, and only then', async () => {
  const h = await asked('deleted')
  // The visitor's page does not call it confirmed in the calendar while nobody knows.
  expect(await h.row(h.booking.booking_id)).toMatchObject({ calendar_state: 'failed', calendar_reason: 'gone' })
  await h.me.post(`/bookings/${h.booking.booking_id}/retry-calendar`, {})
  await h.sync()
  expect(h.theirs.objects()).toEqual([])
  expect((await h.settle('keep')).status).toBe(200)
  await h.sync()
  expect(h.theirs.objects().map(({ uid }) => uid)).toEqual([h.booking.uid])
  expect(await h.row(h.booking.booking_id)).toMatchObject({ calendar_state: 'standing', calendar_reason: null, revision: 1 })
  expect(await h.open()).toEqual([])
})

test('a deletion that its host confirms cancels the meeting; one they let be stays as it is', async () => {
  const h = await asked('deleted')
  expect((await h.settle('follow')).body.state).toBe('cancelled')
  expect(await h.kinds(h.booking.booking_id)).toContain('2 uninvite')
  const other = await asked('deleted')
  expect((await other.settle('ignore')).body.state).toBe('confirmed')
  for (let n = 0; n < 2; n++) await other.sync()
  expect(await other.open()).toEqual([])
  expect(other.theirs.objects()).toEqual([])
})

test('a visitor’s no, confirmed by the host, cancels in the visitor’s name', async () => {
  const h = await asked('declined')
  expect(h.change).toMatchObject({ kind: 'declined', who: 'visitor1@example.test' })
  const { body } = await h.settle('follow')
  expect([body.state, body.cancelledBy]).toEqual(['cancelled', 'visitor'])
})

test('followed onto another meeting it is refused, and what has come back by itself is no question any more', async () => {
  const h = await asked()
  const inTheWay = await h.booked(h.start)
    .catch(() => null)
  // The copy knows the event at its new place: nobody could be booked there.
  expect(inTheWay).toBeNull()
  const occupied = soon(70)
  await h.booked(occupied)
  h.theirs.move(h.booking.uid, occupied, occupied + 30 * MINUTE)
  const refused = await h.settle<Refusal>('follow')
  expect([refused.status, refused.body.code]).toEqual([409, 'slot-taken'])
  expect(await h.row(h.booking.booking_id)).toMatchObject({ starts_at: h.booking.starts_at, conflict: true })
  h.theirs.move(h.booking.uid, h.booking.starts_at, h.booking.ends_at)
  await h.sync()
  expect(await h.open()).toEqual([])
  expect((await h.row(h.booking.booking_id)).conflict).toBe(false)
})

test('F09 nobody settles or sees the changes of somebody else’s calendar', async () => {
  const h = await asked()
  const colleague = await aColleague(h.deps, h.workspaceId)
  const them = await signedInAs(h.deps, aHouse(h.deps, routes), colleague)
  expect((await them.get<{ changes: unknown[] }>('/calendar-changes')).body.changes).toEqual([])
  expect((await them.post(`/calendar-changes/${h.change.id}/settle`, { way: 'follow' })).status).toBe(404)
  expect((await h.me.post(`/calendar-changes/${h.change.id}/settle`, { way: 'explode' })).status).toBe(400)
  expect((await h.me.post(`/calendar-changes/${h.workspaceId}/settle`, { way: 'keep' })).status).toBe(404)
  expect((await h.row(h.booking.booking_id)).revision).toBe(1)
})

test('S-110 a calendar that has not answered for a while: its owner’s choice holds, and how old the times are is said to visitor and host', async () => {
  let now = Date.now()
  const h = await aTwoWayHost({ now: () => now, whenUnreadable: { kind: 'last-known', hours: 2 } })
  const app = createApp(h.deps)
  const path = `/${h.page.host}/${h.page.page}`
  const [{ synced_at: read }] = (await h.ask<{ synced_at: number }>('select synced_at from calendars')) as [{ synced_at: number }]
  const { findPage } = await import('#server/event-types/find.ts')
  const seen = () => h.deps.db.inWorkspace(h.workspaceId, (tx) => findPage(tx, { workspaceId: h.workspaceId, userId: h.owner.userId, permissions: new Set() } as never, h.page.pageId, now))
  expect((await visitor(app).get(path)).html).not.toContain('last answered')
  expect(await seen()).toMatchObject({ state: 'active', lastKnownAt: null })

  now += 45 * MINUTE
  expect((await visitor(app).get(path)).html).toContain('calendar last answered on')
  expect((await visitor(app, { locale: 'it' }).get(path)).html).toContain('ha risposto l’ultima volta')
  expect(await seen()).toMatchObject({ state: 'active', offlineReason: null, lastKnownAt: read })

  now += 2 * HOUR
  const { html } = await visitor(app).get(path)
  expect(html).not.toContain('last answered')
  expect(html).toContain('This is a request.')
  expect(await seen()).toMatchObject({ state: 'offline', offlineReason: 'stale', lastKnownAt: null })

  await h.ask(`update event_types set when_unreadable = '{"kind":"close"}'`)
  expect((await visitor(app).get(path)).html).toContain('not taking bookings')
})
