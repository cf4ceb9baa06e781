import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, type Instant, type Span } from '#core/time/model.ts'
import { book } from '#server/bookings/book.ts'
import { cancel } from '#server/bookings/cancel.ts'
import { effectsOf, runEffects } from '#server/bookings/effects.ts'
import { follow } from '#server/bookings/follow.ts'
import { reschedule } from '#server/bookings/reschedule.ts'
import { followers } from '#server/calendars/changed.ts'
import { syncCalendar } from '#server/calendars/sync.ts'
import { rememberContact } from '#server/contacts/remember.ts'
import { findPart, readMessage } from '#server/mail/read-message.ts'
import { match } from '#server/meetings/match.ts'
import type { Deps } from '#server/platform/deps.ts'
import { ask } from '#tests/connected.ts'
import { aPage, someone, soon } from '#tests/host.ts'
import { anOAuthWorld, ME, OAUTH, type OAuthWorld } from '#tests/oauth-world.ts'
import type { Row } from '#tests/two-way.ts'

type Provider = (typeof OAUTH)[number]
const ics = (source: Buffer) => findPart(readMessage(source), 'text/calendar')?.body.toString().replace(/\r\n[ \t]/g, '') ?? null

/** What the owner does in the provider's own calendar, told alike for both. */
function ownerAt(world: OAuthWorld, provider: Provider) {
  const me = ME[provider]
  const { google, microsoft } = world
  if (provider === 'google')
    return {
      events: () => google.store.events(me).map((event) => ({ id: event.id!, span: { start: Date.parse(event.start!.dateTime!), end: Date.parse(event.end!.dateTime!) }, people: (event.attendees ?? []).map(({ email }) => email!) })),
      move: (id: string, { start, end }: Span) => void google.store.moveEvent(me, id, start, end),
      remove: (id: string) => google.store.deleteEvent(me, id),
      answers: (id: string, email: string, answer: 'accepted' | 'declined') => void google.store.respond(me, id, email, answer),
      add: (title: string, { start, end }: Span, email: string) => void google.store.putEvent(me, { summary: title, start: { dateTime: new Date(start).toISOString() }, end: { dateTime: new Date(end).toISOString() }, attendees: [{ email }] }),
      invited: (email: string) => google.store.letters.filter(({ to }) => to === email).map(({ kind }) => kind),
    }
  const calendar = () => [...microsoft.store.calendars.values()].find(({ owner, isDefault }) => owner === microsoft.store.person(me).id && isDefault)!.id
  return {
    events: () => microsoft.store.eventsOf(calendar()).filter(({ isCancelled }) => !isCancelled).map(({ id, span, attendees }) => ({ id, span, people: attendees.map(({ email }) => email) })),
    move: (id: string, span: Span) => void microsoft.store.moveEvent(id, span),
    remove: (id: string) => microsoft.store.deleteEvent(id),
    answers: (id: string, email: string, answer: 'accepted' | 'declined') => void microsoft.store.respond(id, email, answer),
    add: (title: string, { start, end }: Span, email: string) => void microsoft.store.putEvent(calendar(), { start, end, subject: title, attendees: [{ email, name: email }] as never }),
    invited: (email: string) => microsoft.store.mails.filter(({ to, kind }) => to.includes(email) && kind !== 'response').map(({ kind }) => kind),
  }
}

async function connected(provider: Provider, location?: object) {
  let skew = 0
  const world = await anOAuthWorld({ now: () => Date.now() + skew })
  const { deps, workspaceId, userId, slug, zone } = world
  await world.trip(provider, undefined, { mail: false })
  const page = await aPage(deps, { workspaceId, userId, slug, zone })
  if (location) await ask(deps, workspaceId, 'update event_types set location = $1', [JSON.stringify(location)])
  const [changed] = followers(follow, match) as unknown as { run(deps: Deps, payload: object): Promise<void> }[]
  const rest = async () => {
    for (const { booking_id: id } of await ask<{ booking_id: string }>(deps, workspaceId, 'select booking_id from bookings')) {
      await effectsOf(id)
      await runEffects(deps, workspaceId, id)
    }
  }
  const sync = async () => {
    for (const { calendar_id: calendarId } of await ask<{ calendar_id: string }>(deps, workspaceId, 'select calendar_id from calendars where checked')) {
      await syncCalendar.run(deps, { workspaceId, calendarId })
      await changed!.run(deps, { workspaceId, calendarId })
    }
    await rest()
  }
  await sync()
  const row = async (id: string) => (await ask<Row>(deps, workspaceId, 'select * from bookings where booking_id = $1', [id]))[0]!
  const booked = async (start: Instant) => {
    const outcome = await book(deps, page, { start, duration: 30, visitor: someone(1), hold: null, key: null })
    if (outcome.kind !== 'booked') throw new Error(outcome.kind)
    await rest()
    return row(outcome.bookingId)
  }
  const letters = (id: string) => ask<{ kind: string; recipient: string; revision: number; source: Buffer }>(deps, workspaceId, `select e.kind, e.revision, l.recipient, l.source from letters l join effects e using (effect_id) where e.booking_id = $1 and l.recipient like 'visitor%' order by e.revision, e.kind`, [id])
  const timeline = (contactId: string) => ask<{ kind: string; words: Record<string, unknown> }>(deps, workspaceId, 'select kind, words from timeline_entries where contact_id = $1 order by recorded_at', [contactId])
  const wait = (ms: number) => (skew += ms)
  return { ...world, page, rest, sync, row, booked, letters, timeline, wait, theirs: ownerAt(world, provider) }
}

test.each(OAUTH)('C27 B17 %s: booked, moved and cancelled here: one event, one invitation of each kind, and no echo', async (provider) => {
  const h = await connected(provider)
  try {
    const booking = await h.booked(soon(48))
    expect(booking).toMatchObject({ calendar_state: 'standing', invited_by: provider === 'google' ? 'us' : 'provider' })
    expect(h.theirs.events()).toMatchObject([{ span: { start: booking.starts_at, end: booking.ends_at }, people: ['visitor1@example.test'] }])
    for (let n = 0; n < 5; n++) await h.sync()
    expect((await h.row(booking.booking_id)).revision).toBe(1)
    await reschedule(h.deps, h.workspaceId, booking.booking_id, { start: booking.starts_at + 4 * HOUR, duration: null, by: 'visitor' })
    await h.rest()
    for (let n = 0; n < 3; n++) await h.sync()
    expect(await h.row(booking.booking_id)).toMatchObject({ revision: 2, calendar_state: 'standing' })
    expect(h.theirs.events()).toMatchObject([{ span: { start: booking.starts_at + 4 * HOUR } }])
    await cancel(h.deps, h.workspaceId, booking.booking_id, 'host', '')
    await h.rest()
    await h.sync()
    expect(h.theirs.events()).toEqual([])
    const letters = await h.letters(booking.booking_id)
    expect(letters.map(({ kind }) => kind)).toEqual(['invite', 'invite', 'uninvite'])
    const invitations = letters.map(({ source }) => ics(source))
    if (provider === 'google') {
      // One UID for Google and for our letters, so that a visitor who keeps a Google calendar sees one event.
      const uid = booking.calendar_uid!
      expect(uid).toMatch(/^[0-9a-v]+@google\.com$/)
      expect(invitations.map((text) => /^UID:(.*)$/m.exec(text!)![1]!.trim())).toEqual([uid, uid, uid])
      expect(h.theirs.invited('visitor1@example.test')).toEqual([])
    } else {
      expect(invitations).toEqual([null, null, null])
      expect(h.theirs.invited('visitor1@example.test')).toEqual(['invitation', 'update', 'cancellation'])
    }
  } finally {
    await h.stop()
  }
})

test.each(OAUTH)('B21 %s: moved, answered and deleted by people in their own calendars: the booking follows, and its visitor is told once', async (provider) => {
  const h = await connected(provider)
  try {
    const booking = await h.booked(soon(48))
    await h.sync()
    const { id } = h.theirs.events()[0]!
    const start = booking.starts_at + 3 * HOUR
    h.theirs.move(id, { start, end: start + 45 * MINUTE })
    for (let n = 0; n < 3; n++) await h.sync()
    expect(await h.row(booking.booking_id)).toMatchObject({ starts_at: start, ends_at: start + 45 * MINUTE, revision: 2, calendar_state: 'standing' })
    expect(h.theirs.events()).toMatchObject([{ id, span: { start, end: start + 45 * MINUTE } }])

    h.theirs.answers(id, 'visitor1@example.test', 'accepted')
    await h.sync()
    expect((await h.row(booking.booking_id)).visitor_answer).toBe('accepted')
    h.theirs.answers(id, 'visitor1@example.test', 'declined')
    for (let n = 0; n < 2; n++) await h.sync()
    expect((await h.timeline(booking.contact_id)).filter(({ kind }) => kind === 'answer').map(({ words }) => words['answer'])).toEqual(['accepted', 'declined'])
    expect(await ask(h.deps, h.workspaceId, 'select kind, state, who from calendar_changes where state = $1', ['open'])).toEqual([{ kind: 'declined', state: 'open', who: 'visitor1@example.test' }])

    h.theirs.remove(id)
    for (let n = 0; n < 3; n++) await h.sync()
    expect(await h.row(booking.booking_id)).toMatchObject({ state: 'cancelled', cancelled_by: 'calendar', revision: 3 })
    expect(h.theirs.events()).toEqual([])
    expect((await h.letters(booking.booking_id)).map(({ kind, revision }) => `${revision} ${kind}`)).toEqual(['1 invite', '2 invite', '3 uninvite'])
  } finally {
    await h.stop()
  }
})

test.each(OAUTH)('S-072 %s: an event with a known contact is a meeting in their history', async (provider) => {
  const h = await connected(provider)
  try {
    const { contactId } = await h.deps.db.inWorkspace(h.workspaceId, (tx) => rememberContact(tx, { workspaceId: h.workspaceId, ownerId: null, name: 'Ada', email: 'ada@example.test', locale: null, zone: null, source: 'person' }))
    h.wait(MINUTE)
    const start = soon(30)
    h.theirs.add('Lunch', { start, end: start + HOUR }, 'ada@example.test')
    await h.sync()
    expect((await h.timeline(contactId)).map(({ kind, words }) => [kind, words['title'], words['start']])).toEqual([['meeting', 'Lunch', start]])
    const [event] = h.theirs.events()
    h.theirs.move(event!.id, { start: start + DAY, end: start + DAY + HOUR })
    await h.sync()
    h.theirs.remove(event!.id)
    await h.sync()
    expect((await h.timeline(contactId)).map(({ kind }) => kind)).toEqual(['meeting', 'meeting-moved', 'meeting-gone'])
  } finally {
    await h.stop()
  }
})

test.each([
  ['google', 'meet'],
  ['microsoft', 'teams'],
] as const)('C28 %s: the calendar makes the %s link, and everybody has it', async (provider, kind) => {
  const h = await connected(provider, { kind, value: '' })
  try {
    const { booking_id: id } = await h.booked(soon(48))
    for (let n = 0; n < 6; n++) {
      h.wait(6000)
      await h.rest()
    }
    const row = await h.row(id)
    expect(row).toMatchObject({ calendar_state: 'standing', join_state: 'ready' })
    expect(row.join_url).toMatch(/^https:\/\//)
    const letters = await h.letters(id)
    expect(letters.filter(({ source }) => findPart(readMessage(source), 'text/plain')!.body.toString().includes(row.join_url!))).toHaveLength(1)
    expect(letters.length).toBeLessThanOrEqual(2)
  } finally {
    await h.stop()
  }
})
