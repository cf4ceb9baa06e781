import type { Client } from '@microsoft/microsoft-graph-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { follow, judge, refused } from './judge.ts'
import { startPracticeMicrosoft, type PracticeMicrosoft } from './server.ts'

type Json = Record<string, unknown> & { id: string; value: Json[] }
const GIULIA = 'giulia@studio.example'
const MARK = 'String {8d3c1c0e-3f0a-4d57-9f3e-5a1f2c7b9e11} Name ritrovo'
const ROME = 'W. Europe Standard Time'
const DRAFT = {
  subject: 'First meeting',
  start: { dateTime: '2026-12-01T09:00:00', timeZone: 'Europe/Rome' },
  end: { dateTime: '2026-12-01T09:30:00', timeZone: 'Europe/Rome' },
}
let practice: PracticeMicrosoft
let client: Client

beforeEach(async () => {
  practice = await startPracticeMicrosoft()
  practice.store.addUser({ email: GIULIA, name: 'Giulia Riva' })
  client = judge(practice, GIULIA)
})
afterEach(() => practice.stop())

const create = (more: object = {}): Promise<Json> =>
  client.api('/me/events').post({ ...DRAFT, ...more }) as Promise<Json>
const mails = () => practice.store.mails.map(({ kind, to, subject }) => ({ kind, to, subject }))

test('calendars come in pages, the first one marked, and say which meetings they can make', async () => {
  for (const name of ['Holidays', 'Team', 'Gym'])
    practice.store.addCalendar(GIULIA, { name, canEdit: name !== 'Holidays', meetings: [] })
  const first = (await client.api('/me/calendars').top(2).get()) as Json
  expect(first.value[0]).toMatchObject({
    name: 'Calendar',
    isDefaultCalendar: true,
    canEdit: true,
    allowedOnlineMeetingProviders: ['teamsForBusiness'],
  })
  const rest = (await client.api(follow(practice, first['@odata.nextLink'])).get()) as Json
  expect(rest.value.map(({ name, canEdit }) => [name, canEdit])).toEqual([
    ['Team', true],
    ['Gym', true],
  ])
  expect(rest).not.toHaveProperty('@odata.nextLink')
})

test('an event is written in one zone and read in another, with seven decimals and a Windows name for the zone it began in', async () => {
  const made = await create()
  expect(made).toMatchObject({
    start: { dateTime: '2026-12-01T08:00:00.0000000', timeZone: 'UTC' },
    originalStartTimeZone: ROME,
    type: 'singleInstance',
    isOrganizer: true,
    iCalUId: expect.stringMatching(/^040000008200E000/),
  })
  const read = (await client
    .api(`/me/events/${made.id}`)
    .header('Prefer', `outlook.timezone="${ROME}"`)
    .get()) as Json
  expect(read['start']).toEqual({ dateTime: '2026-12-01T09:00:00.0000000', timeZone: ROME })
  expect(
    await refused(
      client.api(`/me/events/${made.id}`).header('Prefer', 'outlook.timezone="Customized Time Zone"').get(),
    ),
  ).toMatchObject({ status: 400, code: 'TimeZoneNotSupportedException' })
})

test('what the documents do not know is refused: fields, values, offsets, a side that is missing', async () => {
  expect(await refused(create({ title: 'x' }))).toMatchObject({ status: 400, code: 'RequestBodyRead' })
  expect(await refused(create({ iCalUId: 'ours' }))).toMatchObject({ status: 400, code: 'RequestBodyRead' })
  expect(await refused(create({ showAs: 'BUSY!' }))).toMatchObject({ status: 400, code: 'RequestBodyRead' })
  expect(
    await refused(create({ start: { dateTime: '2026-12-01T09:00:00Z', timeZone: 'UTC' } })),
  ).toMatchObject({ status: 400 })
  expect(await refused(client.api('/me/events').post({ subject: 'when?' }))).toMatchObject({ status: 400 })
  expect(await refused(create({ end: DRAFT.start, start: DRAFT.end }))).toMatchObject({
    status: 400,
    code: 'ErrorPropertyValidationFailure',
  })
  expect(await refused(client.api('/me/events').query({ $search: 'x' }).get())).toMatchObject({ status: 400 })
  expect(await refused(client.api('/me/nothing').get())).toMatchObject({ status: 400, code: 'BadRequest' })
})

test('all-day events stand at midnight, in whatever zone they are asked for', async () => {
  const dates = {
    isAllDay: true,
    start: { dateTime: '2026-12-24T00:00:00', timeZone: 'Europe/Rome' },
    end: { dateTime: '2026-12-25T00:00:00', timeZone: 'Europe/Rome' },
  }
  const made = await create(dates)
  const read = (await client
    .api(`/me/events/${made.id}`)
    .header('Prefer', 'outlook.timezone="Tokyo Standard Time"')
    .get()) as Json
  expect([read['start'], read['end']]).toEqual([
    { dateTime: '2026-12-24T00:00:00.0000000', timeZone: 'UTC' },
    { dateTime: '2026-12-25T00:00:00.0000000', timeZone: 'UTC' },
  ])
  expect(
    await refused(create({ ...dates, start: { dateTime: '2026-12-24T09:00:00', timeZone: 'Europe/Rome' } })),
  ).toMatchObject({ status: 400 })
})

test('C22 a transaction is taken once; the second is told so in one of two ways', async () => {
  const made = await create({ transactionId: 'a1b2' })
  expect(await refused(create({ transactionId: 'a1b2' }))).toMatchObject({
    status: 400,
    code: 'ErrorDuplicateTransactionId',
  })
  practice.store.duplicateStatus = 409
  const answer = await fetch(`${practice.url}/v1.0/me/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${practice.grant(GIULIA).accessToken}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ ...DRAFT, transactionId: 'a1b2' }),
  })
  expect([answer.status, await answer.json()]).toMatchObject([
    409,
    { error: { code: 'ErrorDuplicateTransactionId', '@event.existingEventId': made.id } },
  ])
  expect(practice.store.eventsOf(practice.store.calendarOf(GIULIA).id)).toHaveLength(1)
  expect(await refused(client.api(`/me/events/${made.id}`).patch({ transactionId: 'other' }))).toMatchObject({
    status: 400,
  })
})

test('an extended property is shown when asked for, and finds its event in any calendar', async () => {
  const team = practice.store.addCalendar(GIULIA, { name: 'Team' })
  const made = (await client
    .api(`/me/calendars/${team.id}/events`)
    .post({ ...DRAFT, singleValueExtendedProperties: [{ id: MARK, value: "Booking-1 o'clock" }] })) as Json
  expect(made).not.toHaveProperty('singleValueExtendedProperties')
  const expand = `singleValueExtendedProperties($filter=id eq '${MARK}')`
  const read = (await client.api(`/me/events/${made.id}`).expand(expand).get()) as Json
  expect(read['singleValueExtendedProperties']).toEqual([{ id: MARK, value: "Booking-1 o'clock" }])
  const find = (value: string, id = MARK) =>
    client
      .api('/me/events')
      .filter(`singleValueExtendedProperties/Any(ep: ep/id eq '${id}' and ep/value eq '${value}')`)
      .get() as Promise<Json>
  // Values without regard to case, names with.
  expect((await find("booking-1 O''CLOCK")).value.map(({ id }) => id)).toEqual([made.id])
  expect((await find("booking-1 O''CLOCK", MARK.replace('ritrovo', 'Ritrovo'))).value).toEqual([])
  expect(await refused(client.api('/me/events').filter("subject eq 'First meeting'").get())).toMatchObject({
    status: 400,
  })
})

test('B20 a stale change key is a conflict, and every change makes a new one', async () => {
  const made = await create()
  practice.store.renameEvent(made.id, 'Renamed by its owner')
  const patch = (match: string) =>
    client.api(`/me/events/${made.id}`).header('If-Match', match).patch({ subject: 'Ours' })
  expect(await refused(patch(made['@odata.etag'] as string))).toMatchObject({
    status: 412,
    code: 'ErrorIrresolvableConflict',
  })
  const now = (await client.api(`/me/events/${made.id}`).get()) as Json
  expect(now['@odata.etag']).not.toBe(made['@odata.etag'])
  expect(await patch(now['@odata.etag'] as string)).toMatchObject({ subject: 'Ours' })
  expect(
    await refused(
      client
        .api(`/me/events/${made.id}`)
        .header('If-Match', now['@odata.etag'] as string)
        .delete(),
    ),
  ).toMatchObject({ status: 412 })
  await client.api(`/me/events/${made.id}`).delete()
  expect(await refused(client.api(`/me/events/${made.id}`).get())).toMatchObject({
    status: 404,
    code: 'ErrorItemNotFound',
  })
})

test('people in an event are written to by Exchange itself, on every change that they can see', async () => {
  const anna = { emailAddress: { name: 'Anna', address: 'anna@example.test' }, type: 'required' }
  const made = await create({ attendees: [anna] })
  expect(mails()).toEqual([{ kind: 'invitation', to: ['anna@example.test'], subject: 'First meeting' }])
  await client.api(`/me/events/${made.id}`).patch({ showAs: 'tentative', reminderMinutesBeforeStart: 5 })
  expect(mails()).toHaveLength(1)
  await client
    .api(`/me/events/${made.id}`)
    .patch({ end: { dateTime: '2026-12-01T10:00:00', timeZone: 'Europe/Rome' } })
  expect(mails().at(-1)).toMatchObject({ kind: 'update', to: ['anna@example.test'] })
  await client
    .api(`/me/events/${made.id}`)
    .patch({ attendees: [anna, { emailAddress: { address: 'carlo@example.test' } }] })
  expect(mails().slice(2)).toEqual([
    { kind: 'invitation', to: ['carlo@example.test'], subject: 'First meeting' },
  ])
  await client.api(`/me/events/${made.id}/cancel`).post({ comment: 'Sorry' })
  expect(mails().at(-1)).toEqual({
    kind: 'cancellation',
    to: ['anna@example.test', 'carlo@example.test'],
    subject: 'Canceled: First meeting',
  })
  expect(await refused(client.api(`/me/events/${made.id}`).get())).toMatchObject({ status: 404 })
})

test('someone invited who has a mailbox here answers from it, and the organizer sees the answer', async () => {
  practice.store.addUser({ email: 'anna@studio.example', name: 'Anna' })
  const anna = judge(practice, 'anna@studio.example')
  const made = await create({
    attendees: [{ emailAddress: { name: 'Anna', address: 'anna@studio.example' } }],
  })
  const [theirs] = ((await anna.api('/me/events').get()) as Json).value
  expect(theirs).toMatchObject({
    iCalUId: made['iCalUId'],
    isOrganizer: false,
    responseStatus: { response: 'notResponded' },
    showAs: 'tentative',
  })
  expect(await refused(anna.api(`/me/events/${theirs!.id}/cancel`).post({}))).toMatchObject({ status: 400 })
  expect(await refused(client.api(`/me/events/${made.id}/accept`).post({}))).toMatchObject({ status: 400 })
  await anna.api(`/me/events/${theirs!.id}/tentativelyAccept`).post({ sendResponse: true })
  await anna.api(`/me/events/${theirs!.id}/accept`).post({})
  const seen = async () =>
    ((await client.api(`/me/events/${made.id}`).get()) as { attendees: { status: { response: string } }[] })
      .attendees[0]!.status.response
  expect(await seen()).toBe('accepted')
  await anna.api(`/me/events/${theirs!.id}/decline`).post({ comment: 'No' })
  expect(await seen()).toBe('declined')
  expect(((await anna.api('/me/events').get()) as Json).value).toEqual([])
  practice.store.keepsDeclined = true
  await create({ attendees: [{ emailAddress: { address: 'anna@studio.example' } }] })
  const [second] = ((await anna.api('/me/events').get()) as Json).value
  await anna.api(`/me/events/${second!.id}/decline`).post({})
  expect(await anna.api(`/me/events/${second!.id}`).get()).toMatchObject({
    responseStatus: { response: 'declined' },
    showAs: 'free',
  })
})

test('a cancelled meeting stays in the calendars of those invited, marked and free', async () => {
  practice.store.addUser({ email: 'anna@studio.example', name: 'Anna' })
  const made = await create({ attendees: [{ emailAddress: { address: 'anna@studio.example' } }] })
  await client.api(`/me/events/${made.id}`).delete()
  const [theirs] = ((await judge(practice, 'anna@studio.example').api('/me/events').get()) as Json).value
  expect(theirs).toMatchObject({ isCancelled: true, showAs: 'free', subject: 'Canceled: First meeting' })
})

test('a meeting has a link where its calendar can make one, and loses it with the part of the body that carries it', async () => {
  const made = (await create({
    isOnlineMeeting: true,
    onlineMeetingProvider: 'teamsForBusiness',
    body: { contentType: 'text', content: 'Agenda' },
  })) as Json & { onlineMeeting: { joinUrl: string }; body: { content: string } }
  expect(made.onlineMeeting.joinUrl).toMatch(/^https:\/\/teams\.microsoft\.com\/l\/meetup-join\//)
  expect(made.body.content).toContain(made.onlineMeeting.joinUrl)
  expect(await client.api(`/me/events/${made.id}`).patch({ isOnlineMeeting: false })).toMatchObject({
    isOnlineMeeting: true,
  })
  expect(
    await client.api(`/me/events/${made.id}`).patch({ body: { contentType: 'html', content: 'Agenda 2' } }),
  ).toMatchObject({ isOnlineMeeting: false, onlineMeeting: null })
  const gym = practice.store.addCalendar(GIULIA, { name: 'Gym', meetings: [] })
  expect(
    await client
      .api(`/me/calendars/${gym.id}/events`)
      .post({ ...DRAFT, isOnlineMeeting: true, onlineMeetingProvider: 'teamsForBusiness' }),
  ).toMatchObject({ isOnlineMeeting: false, onlineMeeting: null })
})

test('C28 a link may come later, or not at all', async () => {
  practice.store.meetingLinks = 'later'
  const made = await create({ isOnlineMeeting: true })
  expect(made).toMatchObject({ isOnlineMeeting: true, onlineMeeting: null })
  practice.store.finishMeeting(made.id, 'https://teams.microsoft.com/l/meetup-join/1')
  expect(await client.api(`/me/events/${made.id}`).get()).toMatchObject({
    onlineMeeting: { joinUrl: 'https://teams.microsoft.com/l/meetup-join/1' },
  })
})

test('B19 an event in another calendar has another identifier, unless identifiers that last are asked for', async () => {
  const team = practice.store.addCalendar(GIULIA, { name: 'Team' })
  const made = await create()
  const lasting = { Prefer: 'IdType="ImmutableId"' }
  const before = (await client.api(`/me/events/${made.id}`).headers(lasting).get()) as Json
  expect(before.id).not.toBe(made.id)
  practice.store.moveToCalendar(made.id, team.id)
  expect(await refused(client.api(`/me/events/${made.id}`).get())).toMatchObject({ status: 404 })
  expect(await client.api(`/me/events/${before.id}`).headers(lasting).get()).toMatchObject({
    id: before.id,
    iCalUId: made['iCalUId'],
  })
})

test('a body comes as HTML unless text is asked for', async () => {
  const made = await create({ body: { contentType: 'text', content: 'One\nTwo <3' } })
  expect(made['body']).toMatchObject({
    contentType: 'html',
    content: expect.stringContaining('One<br>Two &lt;3'),
  })
  expect(
    (
      (await client
        .api(`/me/events/${made.id}`)
        .header('Prefer', 'outlook.body-content-type="text"')
        .get()) as Json
    )['body'],
  ).toEqual({ contentType: 'text', content: 'One\nTwo <3' })
})

test('a view holds occurrences at their own wall clock over the change of the hour, and never the series itself', async () => {
  const recurrence = {
    pattern: { type: 'weekly', interval: 1, daysOfWeek: ['sunday'] },
    range: { type: 'numbered', startDate: '2026-10-18', numberOfOccurrences: 3 },
  }
  const made = await create({
    start: { dateTime: '2026-10-18T10:00:00', timeZone: ROME },
    end: { dateTime: '2026-10-18T11:00:00', timeZone: ROME },
    recurrence,
  })
  const window = { startDateTime: '2026-10-01T00:00:00Z', endDateTime: '2026-12-01T00:00:00Z' }
  const view = ((await client.api('/me/calendarView').query(window).get()) as Json).value
  expect(
    view.map(({ start, type }) => [(start as { dateTime: string }).dateTime.slice(0, 16), type]),
  ).toEqual([
    ['2026-10-18T08:00', 'occurrence'],
    ['2026-10-25T09:00', 'occurrence'],
    ['2026-11-01T09:00', 'occurrence'],
  ])
  expect(new Set(view.map(({ iCalUId }) => iCalUId)).size).toBe(3)
  const second = view[1]!.id
  await client.api(`/me/events/${second}`).patch({
    start: { dateTime: '2026-10-25T15:00:00', timeZone: 'UTC' },
    end: { dateTime: '2026-10-25T16:00:00', timeZone: 'UTC' },
  })
  await client.api(`/me/events/${view[2]!.id}`).delete()
  const after = ((await client.api(`/me/events/${made.id}/instances`).query(window).get()) as Json).value
  expect(after.map(({ type, id }) => [type, id])).toEqual([
    ['occurrence', view[0]!.id],
    ['exception', second],
  ])
  expect(await refused(client.api('/me/calendarView').get())).toMatchObject({ status: 400 })
  expect(
    await refused(
      client
        .api('/me/calendarView')
        .query({ startDateTime: '2020-01-01T00:00:00Z', endDateTime: '2026-01-01T00:00:00Z' })
        .get(),
    ),
  ).toMatchObject({ status: 400 })
})

test('every pattern of a series falls on the days it says', async () => {
  const year = { startDateTime: '2026-01-01T00:00:00Z', endDateTime: '2026-12-31T00:00:00Z' }
  const days = async (pattern: object, startDate: string, range: object = { type: 'noEnd' }) => {
    const made = await create({
      start: { dateTime: `${startDate}T12:00:00`, timeZone: 'UTC' },
      end: { dateTime: `${startDate}T13:00:00`, timeZone: 'UTC' },
      recurrence: { pattern, range: { startDate, ...range } },
    })
    return ((await client.api(`/me/events/${made.id}/instances`).query(year).top(5).get()) as Json).value.map(
      ({ start }) => (start as { dateTime: string }).dateTime.slice(0, 10),
    )
  }
  expect(
    await days({ type: 'daily', interval: 2 }, '2026-01-01', { type: 'endDate', endDate: '2026-01-05' }),
  ).toEqual(['2026-01-01', '2026-01-03', '2026-01-05'])
  expect(
    await days(
      { type: 'weekly', interval: 2, daysOfWeek: ['monday', 'friday'], firstDayOfWeek: 'monday' },
      '2026-01-02',
      { type: 'numbered', numberOfOccurrences: 4 },
    ),
  ).toEqual(['2026-01-02', '2026-01-12', '2026-01-16', '2026-01-26'])
  expect(
    await days({ type: 'absoluteMonthly', interval: 1, dayOfMonth: 31 }, '2026-01-31', {
      type: 'numbered',
      numberOfOccurrences: 3,
    }),
  ).toEqual(['2026-01-31', '2026-02-28', '2026-03-31'])
  expect(
    await days(
      { type: 'relativeMonthly', interval: 1, daysOfWeek: ['tuesday'], index: 'last' },
      '2026-01-27',
      { type: 'numbered', numberOfOccurrences: 3 },
    ),
  ).toEqual(['2026-01-27', '2026-02-24', '2026-03-31'])
  expect(
    await days({ type: 'absoluteYearly', interval: 1, dayOfMonth: 6, month: 1 }, '2026-01-06', {
      type: 'numbered',
      numberOfOccurrences: 2,
    }),
  ).toEqual(['2026-01-06'])
  expect(
    await days(
      { type: 'relativeYearly', interval: 1, daysOfWeek: ['monday'], index: 'first', month: 5 },
      '2026-01-06',
    ),
  ).toEqual(['2026-05-04'])
  expect(await refused(days({ type: 'weekly', interval: 1 }, '2026-01-06'))).toMatchObject({ status: 400 })
})

test('a calendar that may only be read refuses what would change it', async () => {
  const holidays = practice.store.addCalendar(GIULIA, { name: 'Holidays', canEdit: false })
  expect(await refused(client.api(`/me/calendars/${holidays.id}/events`).post(DRAFT))).toMatchObject({
    status: 403,
    code: 'ErrorAccessDenied',
  })
})

test('B27 without the permission, without a mailbox, or in someone else’s, there is nothing to read', async () => {
  expect(
    await refused(judge(practice, GIULIA, { scope: 'openid User.Read' }).api('/me/calendars').get()),
  ).toMatchObject({ status: 403, code: 'ErrorAccessDenied' })
  expect(
    await refused(judge(practice, GIULIA, { scope: 'Calendars.Read' }).api('/me/events').post(DRAFT)),
  ).toMatchObject({ status: 403 })
  practice.store.addUser({ email: 'desk@studio.example', name: 'Front desk', mailbox: false })
  const desk = judge(practice, 'desk@studio.example')
  expect(await desk.api('/me').get()).toMatchObject({ userPrincipalName: 'desk@studio.example', mail: null })
  expect(await refused(desk.api('/me/calendars').get())).toMatchObject({
    status: 404,
    code: 'MailboxNotEnabledForRESTAPI',
  })
  expect(await refused(client.api('/users/desk@studio.example/calendars').get())).toMatchObject({
    status: 400,
  })
  expect(await client.api(`/users/${GIULIA}/calendars`).get()).toMatchObject({
    value: [{ name: 'Calendar' }],
  })
})
