import { expect, test } from 'vitest'
import { HOUR, MINUTE } from '#core/time/model.ts'
import { graphError, graphEvent, inTurn, scripted, utc } from '#tests/graph-script.ts'
import type { Asked, Told } from '#tests/graph-script.ts'
import { NotFound } from '../provider.ts'
import type { EventDraft } from '../provider.ts'
import { createEvent, deleteEvent, readEvent, updateEvent } from './events.ts'
import { MARK, WROTE } from './mark.ts'

const NINE = Date.UTC(2027, 2, 1, 9)
let bookings = 0
const draft = (more: Partial<EventDraft> = {}): EventDraft => ({
  uid: `booking-${++bookings}@ritrovo`,
  sequence: 0,
  span: { start: NINE, end: NINE + HOUR },
  zone: 'Europe/Rome',
  title: 'Introduction with Bob',
  description: 'Phone: 1',
  location: 'Via Roma 1',
  url: 'https://meet.example/abc',
  organizer: { name: 'Alice', email: 'alice@example.test' },
  attendees: [{ name: 'Bob', email: 'bob@example.test' }],
  ...more,
})

type Body = Record<string, unknown> & { singleValueExtendedProperties?: { id: string; value: string }[] }

/** What Exchange makes of what it was sent. */
const made = (id: string, body: Body, more: Record<string, unknown> = {}) => ({
  ...graphEvent(id),
  ...body,
  start: utc('2027-03-01T09:00:00'),
  end: utc('2027-03-01T10:00:00'),
  ...more,
})
const list = (...value: unknown[]): Told => ({ json: { value } })
const bodyOf = ({ body }: Asked) => body as Body

/** The event as it stands after a create of this draft. */
async function standing(it: EventDraft): Promise<Body> {
  const { session, asked } = scripted(({ body }) => ({ status: 201, json: made('e1', body as Body) }))
  await createEvent(session, 'cal', it)
  return made('e1', bodyOf(asked[0]!))
}

test('C22 a create carries its transaction and its mark, the host’s clock, and whoever Exchange is to invite', async () => {
  const it = draft({
    attendees: [
      { name: 'Bob', email: 'bob@example.test' },
      { name: 'Alice', email: 'ALICE@example.test' },
    ],
  })
  const { session, asked } = scripted(inTurn({ status: 201, json: made('e1', {}, { subject: it.title }) }))
  expect(await createEvent(session, 'cal', it)).toEqual({
    remoteId: 'e1',
    etag: 'W/"e1"',
    uid: it.uid,
    calendarUid: 'ical-e1',
    span: it.span,
    title: it.title,
    cancelled: false,
    join: null,
  })
  expect([asked[0]?.method, asked[0]?.url.pathname]).toEqual(['POST', '/v1.0/me/calendars/cal/events'])
  expect(bodyOf(asked[0]!)).toMatchObject({
    transactionId: `ritrovo:${it.uid}`,
    subject: it.title,
    body: { contentType: 'text', content: 'Phone: 1\n\nhttps://meet.example/abc' },
    start: { dateTime: '2027-03-01T10:00:00', timeZone: 'W. Europe Standard Time' },
    end: { dateTime: '2027-03-01T11:00:00', timeZone: 'W. Europe Standard Time' },
    attendees: [{ type: 'required', emailAddress: { address: 'bob@example.test', name: 'Bob' } }],
    singleValueExtendedProperties: [{ id: MARK, value: it.uid }, { id: WROTE }],
  })
  expect(bodyOf(asked[0]!)).not.toHaveProperty('isOnlineMeeting')
})

test.each([
  ['an hour that comes twice', 'Europe/Rome', Date.UTC(2027, 9, 31, 1, 30), '2027-10-31T01:30:00'],
  ['a clock that Windows has no name for', 'Antarctica/Troll', NINE, '2027-03-01T09:00:00'],
  [
    'a clock that has left the one Windows names it by',
    'America/Vancouver',
    Date.UTC(2027, 0, 15, 18),
    '2027-01-15T18:00:00',
  ],
])('D09 %s is written in UTC', async (_, zone, start, dateTime) => {
  const it = draft({ zone, span: { start, end: start + 30 * MINUTE } })
  const { session, asked } = scripted(({ body }) => ({
    status: 201,
    json: { ...graphEvent('e1'), ...(body as Body) },
  }))
  expect(await createEvent(session, 'cal', it)).toMatchObject({ span: it.span })
  expect(bodyOf(asked[0]!)['start']).toEqual({ dateTime, timeZone: 'UTC' })
})

test('a zone whose rules Exchange knows otherwise is put right in UTC at once', async () => {
  const it = draft()
  const off = { start: utc('2027-03-01T08:00:00'), end: utc('2027-03-01T09:00:00') }
  const { session, asked } = scripted(({ body }, turn) =>
    turn === 0 ? { status: 201, json: made('e1', body as Body, off) } : { json: made('e1', {}) },
  )
  expect(await createEvent(session, 'cal', it)).toMatchObject({ span: it.span })
  expect(asked).toHaveLength(2)
  expect(bodyOf(asked[1]!)).toMatchObject({ start: { dateTime: '2027-03-01T09:00:00', timeZone: 'UTC' } })
})

test('G06 hostile words are text: controls go, lines in a title too, and nothing is too long for Exchange', async () => {
  const it = draft({
    title: `a\r\nb\u0000\ud800${'x'.repeat(400)}`,
    description: '<script>alert(1)</script>\u0000',
  })
  const { session, asked } = scripted(({ body }) => ({ status: 201, json: made('e1', body as Body) }))
  await createEvent(session, 'cal', it)
  const { subject, body } = bodyOf(asked[0]!) as {
    subject: string
    body: { contentType: string; content: string }
  }
  expect(subject).toMatch(/^a b\ufffdx+$/)
  expect(subject.length).toBe(255)
  expect(body).toEqual({
    contentType: 'text',
    content: '<script>alert(1)</script>\n\nhttps://meet.example/abc',
  })
})

test.each([400, 409])(
  'C22 a transaction refused with %s as used before: the event that stands is found by its mark',
  async (status) => {
    const it = draft()
    const stands = await standing(it)
    const { session, asked } = scripted(
      inTurn(
        { status, json: graphError('ErrorDuplicateTransactionId', { '@event.existingEventId': 'e1' }) },
        list(stands),
      ),
    )
    expect(await createEvent(session, 'cal', it)).toMatchObject({ remoteId: 'e1', span: it.span })
    const filter = asked[1]!.url.searchParams.get('$filter')
    expect(filter).toBe(
      `singleValueExtendedProperties/Any(ep: ep/id eq '${MARK}' and ep/value eq '${it.uid}')`,
    )
    expect(asked).toHaveLength(2)
  },
)

test('C22 what stands under our transaction is brought to what the booking says by now', async () => {
  const it = draft()
  const stands = await standing(it)
  const moved = { ...it, span: { start: NINE + HOUR, end: NINE + 2 * HOUR } }
  const after = { ...stands, start: utc('2027-03-01T10:00:00'), end: utc('2027-03-01T11:00:00') }
  const { session, asked } = scripted(
    inTurn({ status: 409, json: graphError('ErrorDuplicateTransactionId') }, list(stands), { json: after }),
  )
  expect(await createEvent(session, 'cal', moved)).toMatchObject({ span: moved.span })
  expect([asked[2]?.method, Object.keys(bodyOf(asked[2]!)).sort()]).toEqual([
    'PATCH',
    ['end', 'isAllDay', 'start'],
  ])
})

test('C20 a transaction of ours on something that is not ours is a conflict, not a success', async () => {
  const { session } = scripted(
    inTurn(
      { status: 409, json: graphError('ErrorDuplicateTransactionId', { '@event.existingEventId': 'e9' }) },
      list(),
      { json: graphEvent('e9') },
    ),
  )
  await expect(createEvent(session, 'cal', draft())).rejects.toMatchObject({ reason: 'conflict' })
})

test('C06 after a reply lost on its way the same create is sent again, word for word', async () => {
  const it = draft()
  const { session, asked } = scripted(({ body }, turn) => {
    if (turn === 0) throw new TypeError('fetch failed')
    return { status: 201, json: made('e1', body as Body) }
  })
  await expect(createEvent(session, 'cal', it)).rejects.toMatchObject({ reason: 'connect' })
  expect(await createEvent(session, 'cal', it)).toMatchObject({ remoteId: 'e1' })
  expect(asked[1]?.body).toEqual(asked[0]?.body)
})

test('an event is found by its mark alone: a filter that knows no case, and copies its host made, do not mislead', async () => {
  const it = draft()
  const own = await standing(it)
  const marked = (id: string, uid: string, createdDateTime: string) => ({
    ...own,
    id,
    createdDateTime,
    singleValueExtendedProperties: [{ id: MARK.toUpperCase(), value: uid }],
  })
  const found = [
    marked('shouted', it.uid.toUpperCase(), '2020-01-01T00:00:00Z'),
    marked('copy', it.uid, '2027-02-02T00:00:00Z'),
    marked('first', it.uid, '2027-02-01T00:00:00Z'),
  ]
  expect(await readEvent(scripted(inTurn(list(...found))).session, 'cal', it.uid)).toMatchObject({
    remoteId: 'first',
  })
  expect(await readEvent(scripted(inTurn(list(found[0]))).session, 'cal', it.uid)).toBe(null)
  const quoted = scripted(inTurn(list()))
  expect(await readEvent(quoted.session, 'cal', "o'brien")).toBe(null)
  expect(quoted.asked[0]!.url.searchParams.get('$filter')).toContain("ep/value eq 'o''brien'")
})

test('what was made a moment ago and is in no list yet is read by its id', async () => {
  const it = draft()
  const { session, asked } = scripted(({ method, body, url }) =>
    method === 'POST'
      ? { status: 201, json: made('e1', body as Body) }
      : url.pathname.endsWith('/e1')
        ? { json: made('e1', bodyOf(asked[0]!)) }
        : list(),
  )
  await createEvent(session, 'cal', it)
  expect(await readEvent(session, 'cal', it.uid)).toMatchObject({ remoteId: 'e1', span: it.span })
})

test('B19 an update finds its event by the mark when the id is another by now', async () => {
  const it = draft()
  const stands = { ...(await standing(it)), id: 'e2' }
  const moved = { ...it, span: { start: NINE + HOUR, end: NINE + 2 * HOUR } }
  const { session, asked } = scripted(
    inTurn(list(stands), {
      json: { ...stands, start: utc('2027-03-01T10:00:00'), end: utc('2027-03-01T11:00:00') },
    }),
  )
  expect(await updateEvent(session, 'cal', 'e1', moved)).toMatchObject({ remoteId: 'e2', span: moved.span })
  expect(asked[1]?.url.pathname).toBe('/v1.0/me/calendars/cal/events/e2')
  expect(asked[1]?.headers.get('if-match')).toBe('W/"e1"')
})

test('I4 an update that changes nothing sends nothing: Exchange would write to the guests again', async () => {
  const it = draft()
  const { session, asked } = scripted(inTurn(list(await standing(it))))
  expect(await updateEvent(session, 'cal', 'e1', it)).toMatchObject({ span: it.span })
  expect(asked).toHaveLength(1)
})

test('B20 after a 412 the event is read again and only what is ours is merged: the owner’s new words stay', async () => {
  const it = draft()
  const stands = await standing(it)
  const renamed = {
    ...stands,
    '@odata.etag': 'W/"2"',
    subject: 'Bob at last',
    body: { contentType: 'text', content: 'My own notes' },
  }
  const moved = {
    ...it,
    title: 'Introduction with Bob (moved)',
    description: 'New',
    location: 'Via Milano 2',
    span: { start: NINE + HOUR, end: NINE + 2 * HOUR },
  }
  const { session, asked } = scripted(
    inTurn(list(stands), { status: 412, json: graphError('ErrorIrresolvableConflict') }, list(renamed), {
      json: { ...renamed, start: utc('2027-03-01T10:00:00'), end: utc('2027-03-01T11:00:00') },
    }),
  )
  expect(await updateEvent(session, 'cal', 'e1', moved)).toMatchObject({
    title: 'Bob at last',
    span: moved.span,
  })
  expect(bodyOf(asked[1]!)).toMatchObject({ subject: moved.title })
  expect(asked[3]?.headers.get('if-match')).toBe('W/"2"')
  expect(Object.keys(bodyOf(asked[3]!)).sort()).toEqual([
    'end',
    'isAllDay',
    'location',
    'singleValueExtendedProperties',
    'start',
  ])
  const prints = (call: Asked) => bodyOf(call).singleValueExtendedProperties![0]!.value.split('-')
  expect(prints(asked[3]!)[2]).not.toBe(stands.singleValueExtendedProperties![1]!.value.split('-')[2])
  expect(prints(asked[3]!)[0]).toBe(stands.singleValueExtendedProperties![1]!.value.split('-')[0])
})

test('B20 an event that changes under every try is a conflict after three', async () => {
  const it = draft()
  const stands = await standing(it)
  const { session, asked } = scripted(({ method }) =>
    method === 'PATCH' ? { status: 412, json: graphError('ErrorIrresolvableConflict') } : list(stands),
  )
  await expect(
    updateEvent(session, 'cal', 'e1', { ...it, span: { start: NINE + HOUR, end: NINE + 2 * HOUR } }),
  ).rejects.toMatchObject({ reason: 'conflict' })
  expect(asked.filter(({ method }) => method === 'PATCH')).toHaveLength(3)
})

test('a body into which Exchange has put its Teams block is not overwritten: the meeting would be lost', async () => {
  const it = draft()
  const stands = await standing(it)
  const withBlock = {
    ...stands,
    isOnlineMeeting: true,
    body: {
      contentType: 'text',
      content: 'Phone: 1\n\nhttps://meet.example/abc\n____\nMicrosoft Teams meeting',
    },
  }
  const { session, asked } = scripted(inTurn(list(withBlock), { json: withBlock }))
  await updateEvent(session, 'cal', 'e1', { ...it, title: 'Other', description: 'Other' })
  expect(bodyOf(asked[1]!)).toHaveProperty('subject')
  expect(bodyOf(asked[1]!)).not.toHaveProperty('body')
})

test('a guest who comes later stands behind those who are in it already, with what they answered', async () => {
  const it = draft()
  const answered = {
    type: 'required',
    status: { response: 'accepted' },
    emailAddress: { address: 'BOB@example.test', name: 'Bob' },
  }
  const stands = { ...(await standing(it)), attendees: [answered] }
  const { session, asked } = scripted(inTurn(list(stands), { json: stands }))
  await updateEvent(session, 'cal', 'e1', {
    ...it,
    attendees: [...it.attendees, { name: 'Cy', email: 'cy@example.test' }],
  })
  expect(bodyOf(asked[1]!)).toEqual({
    attendees: [answered, { type: 'required', emailAddress: { address: 'cy@example.test', name: 'Cy' } }],
  })
})

test('an update of an event that is gone is NotFound; of one that goes between, too', async () => {
  await expect(updateEvent(scripted(inTurn(list())).session, 'cal', 'e1', draft())).rejects.toThrow(NotFound)
  const it = draft()
  const { session } = scripted(
    inTurn(list(await standing(it)), { status: 404, json: graphError('ErrorItemNotFound') }),
  )
  await expect(updateEvent(session, 'cal', 'e1', { ...it, title: 'Other' })).rejects.toThrow(NotFound)
})

test('C25 deleting what is gone already is deleting; what is refused is said', async () => {
  for (const told of [
    { status: 204 },
    { status: 404, json: graphError('ErrorItemNotFound') },
    { status: 410, text: '' },
  ])
    await deleteEvent(scripted(inTurn(told)).session, 'cal', 'e1')
  await expect(
    deleteEvent(
      scripted(inTurn({ status: 403, json: graphError('ErrorAccessDenied') })).session,
      'cal',
      'e1',
    ),
  ).rejects.toMatchObject({ reason: 'forbidden' })
})

const meeting = (joinUrl: unknown) => ({
  isOnlineMeeting: true,
  onlineMeeting: joinUrl === null ? null : { joinUrl },
})
test.each<[string, boolean, Record<string, unknown>, unknown]>([
  [
    'is ready at once',
    true,
    meeting('https://teams.example/j'),
    { state: 'ready', url: 'https://teams.example/j' },
  ],
  ['comes later', true, meeting(null), { state: 'pending' }],
  ['with another scheme is none', true, meeting('javascript:alert(1)'), { state: 'pending' }],
  ['was not made', true, { isOnlineMeeting: false }, { state: 'failed' }],
  ['is not allowed here', false, { isOnlineMeeting: false }, { state: 'failed' }],
])('C28 a Teams link that %s', async (_, allowed, more, join) => {
  const it = draft({ conference: 'teams' })
  const { session, asked } = scripted(
    inTurn(
      {
        json: {
          id: 'cal',
          allowedOnlineMeetingProviders: allowed ? ['teamsForBusiness'] : ['skypeForConsumer'],
        },
      },
      { status: 201, json: made('e1', {}, more) },
    ),
  )
  expect(await createEvent(session, 'cal', it)).toMatchObject({ join })
  expect(bodyOf(asked[1]!)['isOnlineMeeting']).toBe(allowed ? true : undefined)
})
