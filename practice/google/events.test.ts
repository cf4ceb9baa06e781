import { afterEach, beforeEach, expect, test } from 'vitest'
import { GIULIA, hour, MARCO, refused, startJudge, type Judge } from './judge.ts'

let judge: Judge
beforeEach(async () => void (judge = await startJudge()))
afterEach(() => judge.stop())

const primary = { calendarId: 'primary' }
const insert = async (requestBody: object, more: object = {}) =>
  (
    await judge.api.events.insert({
      ...primary,
      ...more,
      requestBody: { ...hour('2026-12-01'), ...requestBody },
    })
  ).data

test('an event is made whole: organizer, creator, iCalUID, sequence, etag, self', async () => {
  const made = await insert({
    id: 'ritrovo12345',
    summary: 'Consulenza',
    attendees: [{ email: GIULIA }, { email: 'Visitor@Example.test' }],
  })
  expect(made).toMatchObject({
    kind: 'calendar#event',
    id: 'ritrovo12345',
    iCalUID: 'ritrovo12345@google.com',
    status: 'confirmed',
    sequence: 0,
    organizer: { email: GIULIA, self: true },
    creator: { email: GIULIA, self: true },
    start: { dateTime: '2026-12-01T10:00:00+01:00', timeZone: 'Europe/Rome' },
  })
  expect(made.attendees).toEqual([
    { email: GIULIA, responseStatus: 'needsAction', organizer: true, self: true },
    { email: 'visitor@example.test', responseStatus: 'needsAction' },
  ])
  const read = (await judge.api.events.get({ ...primary, eventId: made.id!, timeZone: 'America/New_York' }))
    .data
  expect(read.etag).toBe(made.etag)
  expect(read.start).toEqual({ dateTime: '2026-12-01T04:00:00-05:00', timeZone: 'Europe/Rome' })
})

test('a client’s id keeps to base32hex, and an own id and an iCalUID do not go together', async () => {
  for (const id of ['abcd', 'xyz12345', 'ABCDE12345', 'abc-de123'])
    expect(await refused(insert({ id }))).toMatchObject({ status: 400, reason: 'invalid' })
  expect(await refused(insert({ id: 'abcde', iCalUID: 'else@example.test' }))).toMatchObject({
    status: 400,
    reason: 'invalid',
  })
  expect((await insert({ iCalUID: 'else@example.test' })).iCalUID).toBe('else@example.test')
})

test('C20 an id that was ever used is 409, also when its event is deleted; a cancelled one can be brought back', async () => {
  await insert({ id: 'abcde12345' })
  expect(await refused(insert({ id: 'abcde12345' }))).toMatchObject({ status: 409, reason: 'duplicate' })
  await judge.api.events.delete({ ...primary, eventId: 'abcde12345' })
  expect(await refused(insert({ id: 'abcde12345' }))).toMatchObject({ status: 409, reason: 'duplicate' })
  expect((await judge.api.events.get({ ...primary, eventId: 'abcde12345' })).data.status).toBe('cancelled')
  expect(await refused(judge.api.events.delete({ ...primary, eventId: 'abcde12345' }))).toMatchObject({
    status: 410,
    reason: 'deleted',
  })
  expect(
    (
      await judge.api.events.patch({
        ...primary,
        eventId: 'abcde12345',
        requestBody: { status: 'confirmed' },
      })
    ).data.status,
  ).toBe('confirmed')
  expect(judge.google.store.events(GIULIA)).toHaveLength(1)
})

test('C21 a collision may pass unseen, and then both are found by the private property', async () => {
  judge.google.store.behaviour.collisions = 'missed'
  const mark = { extendedProperties: { private: { ritrovo: 'booking-1' } } }
  await insert({ id: 'abcde12345', ...mark })
  await insert({ id: 'abcde12345', ...mark })
  await insert({ extendedProperties: { private: { ritrovo: 'booking-2' } } })
  const found = (await judge.api.events.list({ ...primary, privateExtendedProperty: ['ritrovo=booking-1'] }))
    .data
  expect(found.items).toHaveLength(2)
  expect(found.nextSyncToken).toBeUndefined()
})

test('B20 an old etag is 412 conditionNotMet, for patch, update and delete', async () => {
  const made = await insert({ summary: 'Mine' })
  const eventId = made.id!
  const stale = { headers: { 'If-Match': made.etag! } }
  judge.google.store.putEvent(GIULIA, { id: eventId, summary: 'Renamed by the owner' })
  const body = { requestBody: { ...hour('2026-12-02'), summary: 'Ours' } }
  for (const call of [
    () => judge.api.events.patch({ ...primary, eventId, ...body }, stale),
    () => judge.api.events.update({ ...primary, eventId, ...body }, stale),
    () => judge.api.events.delete({ ...primary, eventId }, stale),
  ])
    expect(await refused(call())).toMatchObject({
      status: 412,
      reason: 'conditionNotMet',
      location: 'If-Match',
    })
  const fresh = (await judge.api.events.get({ ...primary, eventId })).data
  expect(fresh.summary).toBe('Renamed by the owner')
  expect(
    (await judge.api.events.patch({ ...primary, eventId, ...body }, { headers: { 'If-Match': fresh.etag! } }))
      .data.summary,
  ).toBe('Ours')
})

test('a patch keeps what it does not name, merges objects, replaces lists; an update keeps only what is Google’s', async () => {
  const made = await insert({
    summary: 'A',
    description: 'notes',
    attendees: [{ email: 'v@example.test' }],
    extendedProperties: { private: { ritrovo: 'u1' } },
  })
  const eventId = made.id!
  const patched = (
    await judge.api.events.patch({
      ...primary,
      eventId,
      requestBody: {
        extendedProperties: { private: { other: '2' } },
        attendees: [{ email: 'w@example.test' }],
        location: 'Room',
      },
    })
  ).data
  expect(patched).toMatchObject({
    summary: 'A',
    description: 'notes',
    location: 'Room',
    extendedProperties: { private: { ritrovo: 'u1', other: '2' } },
    sequence: 0,
  })
  expect(patched.attendees!.map((attendee) => attendee.email)).toEqual(['w@example.test'])
  expect(
    (await judge.api.events.patch({ ...primary, eventId, requestBody: { location: null } })).data.location,
  ).toBeUndefined()
  const cleared = await judge.api.events.patch({
    ...primary,
    eventId,
    requestBody: { extendedProperties: { private: { other: null as unknown as string } } },
  })
  expect(cleared.data.extendedProperties).toEqual({ private: { ritrovo: 'u1' } })
  const updated = (
    await judge.api.events.update({
      ...primary,
      eventId,
      requestBody: { ...hour('2026-12-03'), summary: 'B' },
    })
  ).data
  expect(updated).toMatchObject({ summary: 'B', iCalUID: made.iCalUID, sequence: 1, created: made.created })
  expect([updated.description, updated.attendees, updated.extendedProperties]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(
    await refused(judge.api.events.update({ ...primary, eventId, requestBody: { summary: 'no times' } })),
  ).toMatchObject({ status: 400, reason: 'required' })
})

test('the sequence rises with the times, and a client may not lower it', async () => {
  const eventId = (await insert({ summary: 'A', sequence: 4 })).id!
  expect(
    (await judge.api.events.patch({ ...primary, eventId, requestBody: { summary: 'B' } })).data.sequence,
  ).toBe(4)
  expect(
    (await judge.api.events.patch({ ...primary, eventId, requestBody: hour('2026-12-02') })).data.sequence,
  ).toBe(5)
  expect(
    (await judge.api.events.patch({ ...primary, eventId, requestBody: { sequence: 9 } })).data.sequence,
  ).toBe(9)
  expect(
    await refused(judge.api.events.patch({ ...primary, eventId, requestBody: { sequence: 8 } })),
  ).toMatchObject({ status: 400, reason: 'invalid' })
})

test('what no calendar can hold is refused with the reason', async () => {
  const bad: [object, string][] = [
    [{ start: undefined }, 'required'],
    [{ end: undefined }, 'required'],
    [{ end: { dateTime: '2026-12-01T09:00:00+01:00' } }, 'timeRangeEmpty'],
    [{ start: { dateTime: '2026-12-01T09:00:00' } }, 'required'],
    [{ start: { date: '2026-12-01' } }, 'invalid'],
    [{ start: { dateTime: '2026-12-01T09:00:00Z', timeZone: 'W. Europe Standard Time' } }, 'invalid'],
    [{ recurrence: ['FREQ=DAILY'] }, 'invalid'],
    [{ recurrence: ['RRULE:FREQ=DAILY'], start: { dateTime: '2026-12-01T09:00:00Z' } }, 'required'],
    [{ attendees: [{ displayName: 'nobody' }] }, 'required'],
    [{ attendees: [{ email: 'nobody' }] }, 'invalid'],
    [{ transparency: 'free' }, 'invalid'],
    [{ colour: 'red' }, 'invalid'],
  ]
  for (const [body, reason] of bad)
    expect({ body, ...(await refused(insert(body))) }).toMatchObject({ body, status: 400, reason })
})

test('C27 Google writes to nobody unless told to, and its letters are on record', async () => {
  const eventId = (await insert({ attendees: [{ email: 'v@example.test' }, { email: MARCO }] })).id!
  await judge.api.events.patch({ ...primary, eventId, requestBody: { summary: 'x' }, sendUpdates: 'none' })
  expect(judge.google.store.letters).toEqual([])
  await judge.api.events.patch({
    ...primary,
    eventId,
    requestBody: hour('2026-12-02'),
    sendUpdates: 'externalOnly',
  })
  await judge.api.events.delete({ ...primary, eventId, sendUpdates: 'all' })
  expect(judge.google.store.letters.map(({ kind, to }) => `${kind} ${to}`)).toEqual([
    'update v@example.test',
    'cancellation v@example.test',
    `cancellation ${MARCO}`,
  ])
})

test('an invited person of Google has the same event once, and answers in it', async () => {
  const made = await insert({ summary: 'Together', attendees: [{ email: MARCO }] })
  const theirs = judge.google.store.event(MARCO, made.id!)!
  expect({ id: theirs.id, uid: theirs.iCalUID, organizer: theirs.organizer!.email }).toEqual({
    id: made.id,
    uid: made.iCalUID,
    organizer: GIULIA,
  })
  judge.google.store.respond(MARCO, made.id!, MARCO, 'declined')
  expect(
    (await judge.api.events.get({ ...primary, eventId: made.id! })).data.attendees![0]!.responseStatus,
  ).toBe('declined')
  const marco = judge.as('https://www.googleapis.com/auth/calendar.events', MARCO)
  expect(
    await refused(
      marco.events.patch({ ...primary, eventId: made.id!, requestBody: { summary: 'Mine now' } }),
    ),
  ).toMatchObject({ status: 403, reason: 'forbiddenForNonOrganizer' })
  await judge.api.events.delete({ ...primary, eventId: made.id! })
  expect((await marco.events.get({ ...primary, eventId: made.id! })).data.status).toBe('cancelled')
})

test('C28 a conference is pending, then there, or never', async () => {
  const meet = (requestId: string) => ({
    conferenceData: { createRequest: { requestId, conferenceSolutionKey: { type: 'hangoutsMeet' } } },
  })
  expect((await insert(meet('r0'))).conferenceData).toBeUndefined()
  judge.google.store.behaviour.conference = { reads: 2, after: 60_000, outcome: 'success' }
  const made = await insert(meet('r1'), { conferenceDataVersion: 1 })
  const status = async () => (await judge.api.events.get({ ...primary, eventId: made.id! })).data
  expect([
    made.conferenceData!.createRequest!.status!.statusCode,
    ...[await status(), await status()].map(
      (event) => event.conferenceData!.createRequest!.status!.statusCode,
    ),
  ]).toEqual(['pending', 'pending', 'pending'])
  const there = await status()
  expect(there.hangoutLink).toMatch(/^https:\/\/meet\.google\.com\/[a-z]{3}-[a-z]{4}-[a-z]{3}$/)
  expect(there.conferenceData!.entryPoints![0]).toMatchObject({
    entryPointType: 'video',
    uri: there.hangoutLink,
  })
  expect(there.etag).not.toBe(made.etag)
  const kept = (
    await judge.api.events.patch({
      ...primary,
      eventId: made.id!,
      conferenceDataVersion: 1,
      requestBody: { summary: 'again', ...meet('r1') },
    })
  ).data
  expect([kept.hangoutLink, kept.conferenceData!.createRequest!.status!.statusCode]).toEqual([
    there.hangoutLink,
    'success',
  ])
  const anew = (
    await judge.api.events.patch({
      ...primary,
      eventId: made.id!,
      conferenceDataVersion: 1,
      requestBody: meet('r1b'),
    })
  ).data
  expect([anew.hangoutLink, anew.conferenceData!.createRequest!.status!.statusCode]).toEqual([
    undefined,
    'pending',
  ])
  judge.google.store.behaviour.conference = { reads: 0, after: 60_000, outcome: 'failure' }
  expect(
    (await insert(meet('r2'), { conferenceDataVersion: 1 })).conferenceData!.createRequest!.status!
      .statusCode,
  ).toBe('failure')
  const plain = judge.google.store.addCalendar(GIULIA, { summary: 'No Meet', conference: [] })
  expect(await refused(insert(meet('r3'), { calendarId: plain.id, conferenceDataVersion: 1 }))).toMatchObject(
    { status: 400, reason: 'invalid' },
  )
})

test('C28 a conference nobody asks about is there after a while, as a change', async () => {
  judge.google.store.behaviour.conference = { reads: 100, after: 20, outcome: 'success' }
  await insert({ conferenceData: { createRequest: { requestId: 'r1' } } }, { conferenceDataVersion: 1 })
  await expect.poll(() => judge.google.store.events(GIULIA)[0]!.hangoutLink).toContain('meet.google.com')
})

test('a move changes calendar and organizer, and keeps the id', async () => {
  const { store } = judge.google
  const work = store.addCalendar(GIULIA, { summary: 'Work' })
  const eventId = (await insert({ summary: 'A' })).id!
  const moved = (await judge.api.events.move({ ...primary, eventId, destination: work.id })).data
  expect(moved).toMatchObject({ id: eventId, organizer: { email: work.id, self: true } })
  expect(store.event(GIULIA, eventId)!.status).toBe('cancelled')
  const weekly = (await insert({ recurrence: ['RRULE:FREQ=WEEKLY'] })).id!
  expect(
    await refused(
      judge.api.events.move({ ...primary, eventId: `${weekly}_20261208T090000Z`, destination: work.id }),
    ),
  ).toMatchObject({ status: 400, reason: 'cannotChangeOrganizerOfInstance' })
  expect(
    await refused(
      judge.api.events.move({ ...primary, eventId: weekly, destination: 'nowhere@example.test' }),
    ),
  ).toMatchObject({ status: 404 })
})

test('an import needs an iCalUID, keeps its organizer, and the second is an update', async () => {
  const body = { ...hour('2026-12-01'), summary: 'Imported', organizer: { email: 'boss@example.test' } }
  expect(await refused(judge.api.events.import({ ...primary, requestBody: body }))).toMatchObject({
    status: 400,
    reason: 'required',
  })
  const made = (
    await judge.api.events.import({ ...primary, requestBody: { ...body, iCalUID: 'u@example.test' } })
  ).data
  expect(made.organizer).toEqual({ email: 'boss@example.test' })
  const again = (
    await judge.api.events.import({
      ...primary,
      requestBody: { ...body, iCalUID: 'u@example.test', summary: 'Later' },
    })
  ).data
  expect([again.id, again.summary]).toEqual([made.id, 'Later'])
  expect((await judge.api.events.list({ ...primary, iCalUID: 'u@example.test' })).data.items).toHaveLength(1)
})

test('B27 who may only read cannot write, sees no private details, and a stranger sees nothing', async () => {
  const { store } = judge.google
  const theirs = store.addCalendar(MARCO, { summary: 'Marco’s' })
  store.putEvent(theirs.id, {
    ...hour('2026-12-01'),
    id: 'secret1',
    summary: 'Secret',
    visibility: 'private',
  })
  expect(await refused(judge.api.events.list({ calendarId: theirs.id }))).toMatchObject({
    status: 404,
    reason: 'notFound',
  })
  store.share(theirs.id, GIULIA, 'reader')
  const seen = (await judge.api.events.list({ calendarId: theirs.id })).data
  expect([seen.accessRole, seen.items![0]!.summary, seen.items![0]!.start!.dateTime]).toEqual([
    'reader',
    undefined,
    '2026-12-01T04:00:00-05:00',
  ])
  expect(await refused(insert({}, { calendarId: theirs.id }))).toMatchObject({
    status: 403,
    reason: 'requiredAccessLevel',
  })
  store.removeCalendar(theirs.id)
  expect(await refused(judge.api.events.list({ calendarId: theirs.id }))).toMatchObject({ status: 404 })
})

test('private properties with long names are dropped and long values cut, without a word', async () => {
  const made = await insert({
    extendedProperties: { private: { ok: 'x'.repeat(2000), ['n'.repeat(45)]: 'gone' } },
  })
  expect(made.extendedProperties!.private).toEqual({ ok: 'x'.repeat(1024) })
})
