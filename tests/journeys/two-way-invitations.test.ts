import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '#core/time/model.ts'
import { book } from '#server/bookings/book.ts'
import { cancel } from '#server/bookings/cancel.ts'
import { runEffects } from '#server/bookings/effects.ts'
import { reschedule } from '#server/bookings/reschedule.ts'
import { createApp } from '#server/app.ts'
import { findPart, readMessage } from '#server/mail/read-message.ts'
import { caldav } from '#server/providers/caldav/caldav.ts'
import { Unreachable, type CalendarProvider, type EventDraft, type WrittenEvent } from '#server/providers/provider.ts'
import { aColleague } from '#tests/house.ts'
import { aPage, connect, someone, soon } from '#tests/host.ts'
import { aTwoWayHost } from '#tests/two-way.ts'

const ics = (source: Buffer) => findPart(readMessage(source), 'text/calendar')?.body.toString().replace(/\r\n[ \t]/g, '') ?? null
const uidIn = (text: string | null) => text && /^UID:(.*)$/m.exec(text)?.[1]?.trim()
const words = (source: Buffer) => findPart(readMessage(source), 'text/plain')!.body.toString()

/** The practice calendar with manners of another provider: how it invites, what it calls events, what becomes of their links. */
function manners(more: Partial<Pick<CalendarProvider, 'invites' | 'calendarUid'>> & { down?: () => boolean; join?: () => WrittenEvent['join']; uid?: (uid: string) => string }) {
  const drafts: EventDraft[] = []
  const as = (event: WrittenEvent): WrittenEvent => ({ ...event, ...(more.uid ? { calendarUid: more.uid(event.uid) } : {}), ...(more.join ? { join: more.join() ?? null } : {}) })
  const up = () => {
    if (more.down?.()) throw new Unreachable('it is away', 'server-error')
  }
  const provider: CalendarProvider = {
    ...caldav,
    invites: more.invites ?? 'us',
    calendarUid: more.calendarUid ?? ((uid) => uid),
    async createEvent(session, calendar, draft) {
      up()
      drafts.push(draft)
      return as(await caldav.createEvent(session, calendar, draft))
    },
    async updateEvent(session, calendar, id, draft) {
      up()
      drafts.push(draft)
      return as(await caldav.updateEvent(session, calendar, id, draft))
    },
    async readEvent(session, calendar, uid) {
      up()
      const event = await caldav.readEvent(session, calendar, uid)
      return event && as(event)
    },
  }
  return { provider, drafts }
}

test('C27 a provider that invites by itself is the only one who does: our letters carry no invitation, for the whole life of the booking', async () => {
  const h = await aTwoWayHost()
  const { provider, drafts } = manners({ invites: 'provider', calendarUid: () => null, uid: (uid) => `exchange-${uid}` })
  h.deps.providers.caldav = provider
  const booking = await h.booked()
  expect(booking).toMatchObject({ invited_by: 'provider', calendar_uid: `exchange-${booking.uid}`, calendar_state: 'standing' })
  await reschedule(h.deps, h.workspaceId, booking.booking_id, { start: booking.starts_at + 5 * HOUR, duration: null, by: 'visitor' })
  await h.atRest()
  await cancel(h.deps, h.workspaceId, booking.booking_id, 'host', '')
  await h.atRest()
  expect(drafts.map(({ attendees }) => attendees.map(({ email }) => email))).toEqual([['visitor1@example.test'], ['visitor1@example.test']])
  const letters = (await h.letters(booking.booking_id)).filter(({ recipient }) => recipient === 'visitor1@example.test')
  expect(letters.map(({ kind }) => kind)).toEqual(['invite', 'invite', 'uninvite'])
  for (const { source } of letters) {
    expect(ics(source)).toBeNull()
    expect(words(source)).not.toMatch(/attached/)
  }
  expect(h.theirs.objects()).toEqual([])
})

test('C27 where we invite, the letter carries the UID that the calendar itself gives the event, and so does the file to download', async () => {
  const h = await aTwoWayHost()
  const { provider } = manners({ calendarUid: (uid) => `id-of-${uid}@google.com`, uid: (uid) => `id-of-${uid}@google.com` })
  h.deps.providers.caldav = provider
  const booking = await h.booked()
  await reschedule(h.deps, h.workspaceId, booking.booking_id, { start: booking.starts_at + 5 * HOUR, duration: null, by: 'host' })
  await h.atRest()
  await cancel(h.deps, h.workspaceId, booking.booking_id, 'host', '')
  await h.atRest()
  const letters = (await h.letters(booking.booking_id)).filter(({ recipient }) => recipient === 'visitor1@example.test')
  expect(letters.map(({ source }) => uidIn(ics(source)))).toEqual(Array(3).fill(`id-of-${booking.uid}@google.com`))
  expect(letters.map(({ source }) => /^SEQUENCE:(\d+)/m.exec(ics(source)!)![1])).toEqual(['0', '1', '2'])
})

test('C18 a provider that should have invited but is away leaves it to us, once and for all', async () => {
  let down = true
  let now = Date.now()
  const h = await aTwoWayHost({ now: () => now })
  const { provider, drafts } = manners({ invites: 'provider', calendarUid: () => null, uid: (uid) => `exchange-${uid}`, down: () => down })
  h.deps.providers.caldav = provider
  const { booking_id: id } = await h.booked()
  for (let n = 0; n < 3; n++) {
    now += 12_000
    await h.atRest()
  }
  const booking = await h.row(id)
  expect(booking).toMatchObject({ invited_by: 'us', calendar_state: 'failed', calendar_uid: booking.uid })
  const [letter] = (await h.letters(booking.booking_id)).filter(({ kind }) => kind === 'invite')
  expect(uidIn(ics(letter!.source))).toBe(booking.uid)

  down = false
  now += HOUR
  await h.atRest()
  expect(await h.row(booking.booking_id)).toMatchObject({ calendar_state: 'standing', invited_by: 'us', calendar_uid: booking.uid })
  expect(drafts.map(({ attendees }) => attendees)).toEqual([[]])
  await cancel(h.deps, h.workspaceId, booking.booking_id, 'host', '')
  await h.atRest()
  const farewell = (await h.letters(booking.booking_id)).find(({ kind }) => kind === 'uninvite')!
  expect([uidIn(ics(farewell.source)), ics(farewell.source)]).toEqual([booking.uid, expect.stringContaining('METHOD:CANCEL')])
})

test('C27 a write whose answer was lost has invited already: it is found by the next try, and no letter invites once more', async () => {
  let now = Date.now()
  let lost = 2
  const h = await aTwoWayHost({ now: () => now })
  const { provider } = manners({ invites: 'provider', calendarUid: () => null, uid: (uid) => `exchange-${uid}` })
  const create = provider.createEvent
  const read = provider.readEvent
  provider.createEvent = async (...call) => {
    const made = await create(...call)
    if (lost-- > 0) throw new Unreachable('no answer', 'timeout')
    return made
  }
  provider.readEvent = async (...call) => {
    if (lost-- > 0) throw new Unreachable('no answer', 'timeout')
    return read(...call)
  }
  h.deps.providers.caldav = { ...provider, freshBusy: null }
  const { booking_id: id } = await h.booked()
  for (let n = 0; n < 4; n++) {
    now += 12_000
    await h.atRest()
  }
  expect(await h.row(id)).toMatchObject({ invited_by: 'provider', calendar_state: 'standing' })
  expect(h.theirs.objects()).toHaveLength(1)
  const invited = (await h.letters(id)).filter(({ kind }) => kind === 'invite')
  expect(invited.map(({ source }) => ics(source))).toEqual([null])
})

test('C19 of two hosts one calendar refuses: only that one is tried again, and the other is written once', async () => {
  let now = Date.now()
  const h = await aTwoWayHost({ now: () => now })
  const path = `/calendars/${h.server.user}/second/`
  const second = h.server.store.makeCalendar(path, { name: 'Second' })
  const other = await aColleague(h.deps, h.workspaceId)
  await connect(h.deps, other, h.server, path)
  const page = await aPage(h.deps, h.owner, { assignment: 'collective', hosts: [h.owner.userId, other.userId] })
  await h.ask(`insert into schedules (workspace_id, user_id, name, zone, weekly, is_default) select workspace_id, $1, name, zone, weekly, true from schedules limit 1`, [other.userId])
  second.readOnly = true
  const start = soon(48)
  const outcome = await book(h.deps, page, { start, duration: 30, visitor: someone(9), hold: null, key: null })
  if (outcome.kind !== 'booked') throw new Error(outcome.kind)
  await h.atRest()
  const publishes = () => h.ask<{ state: string; attempts: number }>(`select state, attempts from effects where kind = 'publish' order by state`)
  expect((await publishes()).map(({ state }) => state)).toEqual(['done', 'waiting'])
  expect((await h.row(outcome.bookingId)).calendar_state).toBe('failed')
  const writes = () => h.server.requests.filter(({ method, path: at }) => method === 'PUT' && at.includes('/work/')).length
  const before = writes()
  second.readOnly = false
  now += 10 * MINUTE
  await h.atRest()
  expect((await publishes()).map(({ state }) => state)).toEqual(['done', 'done'])
  expect(writes()).toBe(before)
  expect((await h.row(outcome.bookingId)).calendar_state).toBe('standing')

  // Moved, both copies move; dragged in one of them, the other follows.
  await reschedule(h.deps, h.workspaceId, outcome.bookingId, { start: start + 3 * HOUR, duration: null, by: 'host' })
  await h.atRest()
  const spans = () => [...h.server.store.calendars.values()].flatMap(({ objects }) => [...objects.values()].map(({ text }) => /BEGIN:VEVENT[\s\S]*?DTSTART[^:]*:(\w+)/.exec(text)![1]))
  expect(new Set(spans()).size).toBe(1)
  expect(await h.row(outcome.bookingId)).toMatchObject({ calendar_state: 'standing', starts_at: start + 3 * HOUR })
  await h.sync()
  const { uid } = await h.row(outcome.bookingId)
  h.theirs.move(uid, start + 5 * HOUR, start + 5 * HOUR + 30 * MINUTE)
  await h.sync()
  expect(await h.row(outcome.bookingId)).toMatchObject({ calendar_state: 'standing', starts_at: start + 5 * HOUR, revision: 3 })
  expect(spans()).toHaveLength(2)
  const rows = await h.ask<{ n: number }>('select count(*)::int as n from written_events where starts_at = to_timestamp($1)', [(start + 5 * HOUR) / 1000])
  expect(rows[0]!.n).toBe(2)
  // The colleague, who did not move it, is told.
  expect((await h.letters(outcome.bookingId)).filter(({ revision, kind }) => revision === 3 && kind === 'tell-host').map(({ recipient }) => recipient)).toEqual([other.email])
})

test('C28 a link that is ready at once is in the invitation; one that comes later is told in one more letter, and no more', async () => {
  let now = Date.now()
  let join: WrittenEvent['join'] = { state: 'ready', url: 'https://meet.example.test/abc' }
  const h = await aTwoWayHost({ now: () => now })
  await h.ask(`update event_types set location = '{"kind":"meet","value":""}'`)
  await h.ask(`update calendars set conference = 'meet'`)
  const { provider, drafts } = manners({ join: () => join })
  h.deps.providers.caldav = provider
  const ready = await h.booked(soon(48))
  expect(ready).toMatchObject({ join_state: 'ready', join_url: 'https://meet.example.test/abc' })
  expect(drafts[0]!.conference).toBe('meet')
  expect(words((await h.letters(ready.booking_id)).find(({ kind }) => kind === 'invite')!.source)).toContain('https://meet.example.test/abc')

  join = { state: 'pending' }
  const late = await h.booked(soon(50))
  expect(late.join_state).toBe('pending')
  // The invitation waits for it a moment, then leaves without.
  expect(await h.kinds(late.booking_id)).not.toContain('1 invite')
  for (let n = 0; n < 4; n++) {
    now += 6000
    await h.atRest()
  }
  expect(await h.kinds(late.booking_id)).toContain('1 invite')
  join = { state: 'ready', url: 'https://meet.example.test/late' }
  for (let n = 0; n < 10; n++) {
    now += 10 * MINUTE
    await h.atRest()
  }
  expect(await h.row(late.booking_id)).toMatchObject({ join_state: 'ready', join_url: 'https://meet.example.test/late' })
  const links = (await h.letters(late.booking_id)).filter(({ kind }) => kind === 'link')
  expect(links).toHaveLength(1)
  expect(words(links[0]!.source)).toContain('https://meet.example.test/late')
  expect(ics(links[0]!.source)).toContain('https://meet.example.test/late')

  // Ready while the invitation waited, it is in it, and nothing more is sent.
  await h.sync()
  join = { state: 'pending' }
  const soonReady = await h.booked(soon(60))
  join = { state: 'ready', url: 'https://meet.example.test/soon' }
  for (let n = 0; n < 4; n++) {
    now += 6000
    await h.atRest()
  }
  const told = (await h.letters(soonReady.booking_id)).filter(({ recipient }) => recipient === soonReady.email)
  expect(told.map(({ kind }) => kind)).toEqual(['invite'])
  expect(words(told[0]!.source)).toContain('https://meet.example.test/soon')
})

test('C28 a link that could not be made is not promised for ever: page and letter say so, and nothing is invented', async () => {
  let now = Date.now()
  const h = await aTwoWayHost({ now: () => now })
  await h.ask(`update event_types set location = '{"kind":"meet","value":""}'`)
  await h.ask(`update calendars set conference = 'meet'`)
  h.deps.providers.caldav = manners({ join: () => ({ state: 'pending' }) }).provider
  const booking = await h.booked()
  for (let n = 0; n < 14; n++) {
    now += 20 * MINUTE
    await runEffects(h.deps, h.workspaceId, booking.booking_id)
  }
  expect(await h.row(booking.booking_id)).toMatchObject({ join_state: 'failed', join_url: null, calendar_state: 'standing' })
  expect((await h.kinds(booking.booking_id)).filter((kind) => kind.endsWith('link'))).toEqual([])
  const [{ token }] = (await h.ask<{ sealed_token: string }>('select sealed_token from bookings')).map(({ sealed_token: sealed }) => ({ token: h.deps.secrets.unseal(sealed, { table: 'bookings', row: booking.booking_id, workspaceId: h.workspaceId }) })) as [{ token: string }]
  const page = await (await createApp(h.deps).request(`http://localhost:3000/b/${token}`)).text()
  expect(page).toMatch(/sends you the link/)
  // A calendar that makes no such links is not asked for one.
  h.deps.providers.caldav = caldav
  await h.ask('update calendars set conference = null')
  await h.sync()
  const plain = await h.booked(soon(52))
  expect(plain.join_state).toBe('failed')
})

test('C03 after six hours of 503 everything drains, in order, spread out, and late reminders are not sent', async () => {
  let now = Date.now()
  let down = true
  const h = await aTwoWayHost({ now: () => now, reminders: [{ n: 47, unit: 'hours' }] })
  h.deps.providers.caldav = { ...manners({ down: () => down }).provider, freshBusy: null }
  const all = []
  for (let n = 0; n < 12; n++) all.push(await h.booked(soon(49) + n * 30 * MINUTE))
  for (let minutes = 0; minutes < 6 * 60; minutes += 5) {
    now += 5 * MINUTE
    for (const { booking_id: id } of all) await runEffects(h.deps, h.workspaceId, id)
  }
  await reschedule(h.deps, h.workspaceId, all[0]!.booking_id, { start: soon(80), duration: null, by: 'host' })
  const due = (await h.ask<{ due_at: number }>(`select due_at from effects where kind = 'publish' and state = 'waiting'`)).map(({ due_at: at }) => at)
  expect(Math.max(...due) - Math.min(...due)).toBeGreaterThan(10 * MINUTE)
  down = false
  for (let minutes = 0; minutes < 90; minutes += 5) {
    now += 5 * MINUTE
    for (const { booking_id: id } of all) await runEffects(h.deps, h.workspaceId, id)
  }
  const rows = await h.ask<{ uid: string; calendar_state: string; starts_at: number }>('select uid, calendar_state, starts_at from bookings order by uid')
  expect(rows.map(({ calendar_state: state }) => state)).toEqual(Array(12).fill('standing'))
  expect(rows.map(({ uid }) => h.theirs.span(uid)!.start)).toEqual(rows.map(({ starts_at: start }) => start))
  expect(h.theirs.objects()).toHaveLength(12)
  const late = await h.ask<{ n: number }>(`select count(*)::int as n from effects e join letters l using (effect_id) join bookings b using (booking_id) where e.kind like 'remind%' and l.created_at > b.starts_at`)
  expect(late[0]!.n).toBe(0)
}, 60_000)
