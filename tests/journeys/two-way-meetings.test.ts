import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import { getContact } from '#server/contacts/list.ts'
import { rememberContact } from '#server/contacts/remember.ts'
import type { Scope } from '#server/accounts/gate.ts'
import { soon } from '#tests/host.ts'
import { aTwoWayHost } from '#tests/two-way.ts'

const made = (email: string, created = Date.now() + MINUTE, more: string[] = []) => [`CREATED:${new Date(created).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`, `ATTENDEE;PARTSTAT=ACCEPTED:mailto:${email}`, ...more]

async function aHostWithAContact() {
  const h = await aTwoWayHost()
  const meet = (email: string, name = 'Ada Neri') => h.deps.db.inWorkspace(h.workspaceId, (tx) => rememberContact(tx, { workspaceId: h.workspaceId, ownerId: h.owner.userId, name, email, locale: null, zone: null, source: 'person' }))
  const { contactId } = await meet('ada@example.test')
  const lines = async (id = contactId) => (await h.timeline(id)).map(({ kind, words }) => [kind, words['title'], words['start']])
  const next = async (id = contactId) => (await getContact(h.deps, { workspaceId: h.workspaceId } as Scope, id))!.nextMeetingAt
  return { ...h, meet, contactId, lines, next }
}

test('S-072 an event with a known contact is a meeting in their history, and so are its moves and its end', async () => {
  const h = await aHostWithAContact()
  const start = soon(30)
  h.theirs.add('lunch', start, start + HOUR, made('ADA@example.test'))
  h.theirs.add('alone', start, start + HOUR, made('nobody@example.test'))
  await h.sync()
  expect(await h.lines()).toEqual([['meeting', 'lunch', start]])
  expect(await h.next()).toBe(start)
  h.theirs.move('lunch', start + DAY, start + DAY + HOUR)
  await h.sync()
  expect((await h.lines()).at(-1)).toEqual(['meeting-moved', 'lunch', start + DAY])
  expect((await h.timeline(h.contactId)).at(-1)!.words['from']).toEqual({ start, end: start + HOUR })
  expect(await h.next()).toBe(start + DAY)
  h.theirs.remove('lunch')
  await h.sync()
  await h.sync()
  expect((await h.lines()).map(([kind]) => kind)).toEqual(['meeting', 'meeting-moved', 'meeting-gone'])
  expect(await h.next()).toBeNull()
})

test('b.3 what was made before the calendar was lent to us, what is private, and what its owner declined is no meeting', async () => {
  const h = await aHostWithAContact()
  const start = soon(30)
  h.theirs.add('before', start, start + HOUR, made('ada@example.test', Date.now() - DAY))
  h.theirs.add('secret', start, start + HOUR, made('ada@example.test', undefined, ['CLASS:PRIVATE']))
  h.theirs.add('let-go', start, start + HOUR, made('ada@example.test', undefined, ['STATUS:CANCELLED']))
  // Nobody says when it was made: it is as old as our first sight of it, which is after the calendar was first read.
  h.theirs.add('undated', start, start + HOUR, ['ATTENDEE:mailto:ada@example.test'])
  await h.sync()
  expect(await h.lines()).toEqual([['meeting', 'undated', start]])
  // One that becomes private leaves without a word, and is not coming up any more.
  h.theirs.edit('undated', (text) => text.replace('END:VEVENT', 'CLASS:PRIVATE\r\nEND:VEVENT'))
  await h.sync()
  expect(await h.lines()).toHaveLength(1)
  expect(await h.next()).toBeNull()
})

test('what the first reading finds without a date was there before us', async () => {
  const h = await aHostWithAContact()
  const start = soon(30)
  h.theirs.add('old', start, start + HOUR, ['ATTENDEE:mailto:ada@example.test'])
  await h.ask(`update calendars set synced_at = null, cursor = null, window_start = null, refilling = false`)
  await h.ask('delete from calendar_events')
  await h.sync()
  expect(await h.lines()).toEqual([])
})

test('J13 an address with a tag leads to its contact; one that could be two people leads to neither', async () => {
  const h = await aHostWithAContact()
  const gmail = await h.meet('bea.verdi@gmail.com', 'Bea Verdi')
  const one = await h.meet('sales+a@firm.test', 'A')
  const two = await h.meet('sales+b@firm.test', 'B')
  const start = soon(30)
  h.theirs.add('tagged', start, start + HOUR, made('ada+calendar@example.test'))
  h.theirs.add('dots', start, start + HOUR, made('beaverdi@googlemail.com'))
  h.theirs.add('both', start, start + HOUR, made('sales@firm.test'))
  h.theirs.add('exact', start, start + HOUR, made('sales+b@firm.test'))
  await h.sync()
  expect(await h.lines()).toEqual([['meeting', 'tagged', start]])
  expect(await h.lines(gmail.contactId)).toEqual([['meeting', 'dots', start]])
  expect(await h.lines(one.contactId)).toEqual([])
  expect(await h.lines(two.contactId)).toEqual([['meeting', 'exact', start]])
})

test('our own bookings are no second meeting, and an account without the role feeds nobody’s history', async () => {
  const h = await aHostWithAContact()
  const booking = await h.booked(soon(40), { email: 'ada@example.test' })
  await h.sync()
  expect((await h.lines()).map(([kind]) => kind)).toEqual(['booked'])
  expect(booking.contact_id).toBe(h.contactId)
  await h.ask(`update connections set roles = '{busy,bookings}'`)
  h.theirs.add('lunch', soon(30), soon(31), made('ada@example.test'))
  await h.sync()
  expect((await h.lines()).map(([kind]) => kind)).toEqual(['booked'])
})

test('events made by programs become meetings only where the workspace wants them', async () => {
  const h = await aHostWithAContact()
  const start = soon(30)
  const mark = () => h.ask(`update calendar_events set by_program = true, seen_at = now() + interval '1 hour'`)
  h.theirs.add('robot', start, start + HOUR, made('ada@example.test'))
  await h.ask(`update calendars set checked = true`)
  // As a provider that tells would have brought it.
  const { syncCalendar } = await import('#server/calendars/sync.ts')
  await syncCalendar.run(h.deps, { workspaceId: h.workspaceId, calendarId: h.calendarId })
  await mark()
  const { match } = await import('#server/meetings/match.ts')
  await match(h.deps, { workspaceId: h.workspaceId, calendarId: h.calendarId }, null)
  expect(await h.lines()).toEqual([])
  await h.ask('update workspaces set meetings_by_programs = true')
  await match(h.deps, { workspaceId: h.workspaceId, calendarId: h.calendarId }, null)
  expect(await h.lines()).toEqual([['meeting', 'robot', start]])
})

test('a series is told once, and what comes next of it is known', async () => {
  const h = await aHostWithAContact()
  const start = soon(30)
  h.theirs.add('weekly', start, start + HOUR, made('ada@example.test', undefined, ['RRULE:FREQ=WEEKLY;COUNT=20']))
  await h.sync()
  expect(await h.lines()).toEqual([['meeting', 'weekly', start]])
  await h.ask(`update meetings set starts_at = starts_at - interval '30 days', ends_at = ends_at - interval '30 days'`)
  h.theirs.add('other', start, start + HOUR)
  await h.sync()
  expect(await h.lines()).toHaveLength(1)
  expect(await h.next()).toBe(start)
})

test('B18 one event in two calendars is told once; gone from one of them it still stands', async () => {
  const h = await aHostWithAContact()
  const path = `/calendars/${h.server.user}/private/`
  h.server.store.makeCalendar(path, { name: 'Private' })
  const [second] = await h.ask<{ calendar_id: string }>(
    `insert into calendars (workspace_id, connection_id, user_id, remote_id, name, zone, writable, checked) select workspace_id, connection_id, user_id, $1, 'Private', zone, true, true from calendars returning calendar_id`,
    [new URL(path, h.server.url).href],
  )
  await h.sync(second!.calendar_id)
  const start = soon(30)
  h.theirs.add('lunch', start, start + HOUR, made('ada@example.test'))
  const { text } = h.theirs.find('lunch')!
  h.server.store.put(h.server.store.calendars.get(path)!, `${path}lunch.ics`, text, 'lunch')
  await h.sync()
  await h.sync(second!.calendar_id)
  expect(await h.lines()).toHaveLength(1)
  h.theirs.remove('lunch')
  await h.sync()
  expect(await h.lines()).toHaveLength(1)
  expect(await h.next()).toBe(start)
  // It takes its time as long as one of the two is there.
  await expect(h.booked(start)).rejects.toThrow('slot-taken')
  h.server.store.remove(h.server.store.calendars.get(path)!, `${path}lunch.ics`)
  await h.sync(second!.calendar_id)
  expect((await h.lines()).map(([kind]) => kind)).toEqual(['meeting', 'meeting-gone'])
  await h.booked(start)
})

test('B32 B33 a calendar that is not checked tells nothing; transparent time with a contact is a meeting and takes no time', async () => {
  const h = await aHostWithAContact()
  const start = soon(30)
  h.theirs.add('coffee', start, start + HOUR, made('ada@example.test', undefined, ['TRANSP:TRANSPARENT']))
  await h.sync()
  expect(await h.lines()).toEqual([['meeting', 'coffee', start]])
  await h.booked(start)
  await h.ask('update calendars set checked = false')
  h.theirs.add('lunch', start + DAY, start + DAY + HOUR, made('ada@example.test'))
  await h.sync()
  expect((await h.lines()).filter(([kind]) => kind === 'meeting')).toHaveLength(1)
})

test('the cost of matching follows the changes: after one change in a calendar of five hundred, one event is looked at', async () => {
  const h = await aHostWithAContact()
  for (let n = 0; n < 500; n++) h.theirs.add(`e${n}`, soon(30) + n * HOUR, soon(31) + n * HOUR, made('ada@example.test'))
  await h.sync()
  expect(await h.lines()).toHaveLength(500)
  const [mark] = await h.ask<{ followed_at: number; changed_at: number }>('select followed_at, changed_at from calendars')
  expect(mark!.followed_at).toBe(mark!.changed_at)
  h.theirs.rename('e7', 'Another name')
  const { syncCalendar } = await import('#server/calendars/sync.ts')
  await syncCalendar.run(h.deps, { workspaceId: h.workspaceId, calendarId: h.calendarId })
  const fresh = await h.ask<{ title: string }>('select title from calendar_events e where seen_at > (select followed_at from calendars c where c.calendar_id = e.calendar_id)')
  expect(fresh).toEqual([{ title: 'Another name' }])
  // A full read hands nothing on that has not changed.
  await h.sync()
  await h.ask(`update calendars set window_start = window_start - interval '2 days'`)
  const { statements } = h.deps.db.counts()
  await syncCalendar.run(h.deps, { workspaceId: h.workspaceId, calendarId: h.calendarId })
  expect(await h.ask('select 1 from calendar_events e where seen_at > (select followed_at from calendars c where c.calendar_id = e.calendar_id)')).toEqual([])
  expect(h.deps.db.counts().statements - statements).toBeLessThan(20)
})
