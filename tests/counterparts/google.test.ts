import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import { providerContract } from '#server/providers/contract.ts'
import { google } from '#server/providers/google/google.ts'
import { sendGmail } from '#server/providers/google/mail.ts'
import type { Change, EventDraft, RemoteEvent } from '#server/providers/provider.ts'
import { ALICE, atGoogle, CALENDAR, googleSubject, sessionWith } from './google-subject.ts'
import type { AtGoogle } from './google-subject.ts'

providerContract('Google', googleSubject)

const NINE = Date.UTC(2027, 2, 1, 9)
const WINDOW = { start: NINE - DAY, end: NINE + 60 * DAY }
const draft = (more: Partial<EventDraft> = {}): EventDraft => ({
  uid: 'b1',
  sequence: 0,
  span: { start: NINE, end: NINE + 30 * MINUTE },
  zone: 'Europe/Rome',
  title: 'Introduction: Bob',
  description: 'Phone: 1',
  location: '',
  url: null,
  organizer: { name: 'Alice', email: ALICE },
  attendees: [{ name: 'Bob', email: 'bob@example.test' }],
  ...more,
})
const at = (time: number) => ({ dateTime: new Date(time).toISOString(), timeZone: 'Europe/Rome' })
const later = (hours: number) => ({ start: NINE + hours * HOUR, end: NINE + hours * HOUR + 30 * MINUTE })
const events = (changes: Change[]): RemoteEvent[] =>
  changes.flatMap((change) => (change.kind === 'upsert' ? [change.event] : []))

let it: AtGoogle
beforeEach(async () => {
  it = await atGoogle()
})
afterEach(() => it.stop())

const create = (more?: Partial<EventDraft>, calendar = CALENDAR) =>
  google.createEvent(it.session, calendar, draft(more))
const pull = async (from: string | null, calendar = CALENDAR) => {
  const changes: Change[] = []
  let cursor = from
  for (let pages = 0; pages < 50; pages++) {
    const page = await google.pull(it.session, calendar, cursor, WINDOW)
    changes.push(...page.changes)
    cursor = page.cursor
    if (!page.more) return { changes, cursor }
  }
  throw new Error('pages without end')
}

describe('C27 one invitation, ours', () => {
  test('Google tells nobody, not when an event is made, moved, given a link or taken away', async () => {
    it.practice.store.addUser({ email: 'bob@example.test', name: 'Bob' })
    const { remoteId } = await create({ conference: 'meet' })
    await google.updateEvent(it.session, CALENDAR, remoteId, draft({ span: later(2), conference: 'meet' }))
    await google.deleteEvent(it.session, CALENDAR, remoteId)
    await create({ sequence: 2 })
    expect(it.practice.store.letters).toEqual([])
    const writes = it.practice.requests.filter(({ method }) => method !== 'GET')
    expect(writes.map(({ query }) => query['sendUpdates'])).toEqual(['none', 'none', 'none', 'none', 'none'])
  })
  test('the UID our letter carries is the one the event has in every Google calendar', async () => {
    const made = await create()
    expect(made.calendarUid).toBe(google.calendarUid('b1'))
    expect(it.practice.store.event(CALENDAR, made.remoteId)).toMatchObject({
      iCalUID: google.calendarUid('b1'),
    })
  })
})

describe('C28 a Meet link comes some time after the event', () => {
  const join = async () => (await google.readEvent(it.session, CALENDAR, 'b1'))!.join
  test('pending first, then the link that stands in the calendar', async () => {
    Object.assign(it.practice.store.behaviour.conference, { reads: 2, after: 60_000 })
    expect((await create({ conference: 'meet' })).join).toEqual({ state: 'pending' })
    const states: unknown[] = []
    for (let reads = 0; reads < 4; reads++) states.push(await join())
    expect(states[0]).toEqual({ state: 'pending' })
    expect(states.at(-1)).toMatchObject({
      state: 'ready',
      url: expect.stringMatching(/^https:\/\/meet\.google\.com\//) as string,
    })
  })
  test('or it fails, and the event stands all the same', async () => {
    Object.assign(it.practice.store.behaviour.conference, { reads: 0, outcome: 'failure' })
    await create({ conference: 'meet' })
    expect(await google.readEvent(it.session, CALENDAR, 'b1')).toMatchObject({
      cancelled: false,
      join: { state: 'failed' },
    })
    it.practice.store.behaviour.conference.outcome = 'success'
    const { remoteId } = (await google.readEvent(it.session, CALENDAR, 'b1'))!
    await google.updateEvent(it.session, CALENDAR, remoteId, draft({ sequence: 1, conference: 'meet' }))
    expect(await join()).toMatchObject({ state: 'ready' })
  })
})

describe('what its owner does to a booking in Google Calendar', () => {
  test('B21 moved, renamed, deleted: seen under our mark, at the next pull', async () => {
    const { remoteId } = await create()
    const first = await pull(null)
    it.practice.store.moveEvent(CALENDAR, remoteId, NINE + DAY)
    const second = await pull(first.cursor)
    expect(events(second.changes)).toMatchObject([
      {
        remoteId,
        mark: 'b1',
        uid: 'b1',
        occurrences: [{ start: NINE + DAY, end: NINE + DAY + 30 * MINUTE }],
      },
    ])
    it.practice.store.deleteEvent(CALENDAR, remoteId)
    expect((await pull(second.cursor)).changes).toEqual([{ kind: 'remove', remoteId }])
    expect(await google.readEvent(it.session, CALENDAR, 'b1')).toBe(null)
  })
  test('moved out of the window it has no moment in it', async () => {
    for (const strays of [false, true]) {
      it.practice.store.behaviour.strays = strays
      const { remoteId } = await create({ uid: `b-${strays}` })
      const { cursor } = await pull(null)
      it.practice.store.moveEvent(CALENDAR, remoteId, NINE + 300 * DAY)
      expect(events((await pull(cursor)).changes).flatMap(({ occurrences }) => occurrences)).toEqual([])
    }
  })
  test('a guest who declines is named, whoever else is in it', async () => {
    const { remoteId } = await create()
    it.practice.store.respond(CALENDAR, remoteId, 'bob@example.test', 'declined')
    expect(events((await pull(null)).changes)).toMatchObject([
      { declined: ['bob@example.test'], occurrences: [{ kind: 'busy' }] },
    ])
  })
  test('B20 renamed between our read and our write: 412, and the new name stays', async () => {
    const { remoteId } = await create()
    let renamed = false
    const session = {
      ...it.session,
      fetch: ((input, init) => {
        if (init?.method === 'PATCH' && !renamed) {
          renamed = true
          it.practice.store.putEvent(CALENDAR, {
            ...it.practice.store.event(CALENDAR, remoteId)!,
            summary: 'Bob at last',
          })
        }
        return it.session.fetch(input, init)
      }) as typeof fetch,
    }
    expect(
      await google.updateEvent(session, CALENDAR, remoteId, draft({ span: later(3), title: 'Ours' })),
    ).toMatchObject({ span: later(3), title: 'Bob at last' })
    expect(it.practice.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(2)
  })
})

describe('one event, whatever happens', () => {
  const standing = () => it.practice.store.events(CALENDAR).filter(({ status }) => status !== 'cancelled')
  test('C20 a deleted one stands again under its id', async () => {
    const { remoteId } = await create()
    await google.deleteEvent(it.session, CALENDAR, remoteId)
    expect(await create({ span: later(1), sequence: 1 })).toMatchObject({
      remoteId,
      span: later(1),
      cancelled: false,
    })
    expect(standing()).toHaveLength(1)
  })
  test('C20 a stranger’s event under our id: ours gets another, theirs is left', async () => {
    const id = google.calendarUid('b1')!.split('@')[0]!
    it.practice.store.putEvent(CALENDAR, { id, summary: 'Theirs', start: at(NINE), end: at(NINE + HOUR) })
    const made = await create()
    expect(made.remoteId).not.toBe(id)
    expect(made.calendarUid).toBe(`${made.remoteId}@google.com`)
    expect(await google.readEvent(it.session, CALENDAR, 'b1')).toMatchObject({ remoteId: made.remoteId })
    expect(it.practice.store.event(CALENDAR, id)).toMatchObject({ summary: 'Theirs' })
  })
  test('C21 Google does not notice the same id twice, and the first reply was lost: still one', async () => {
    it.practice.store.behaviour.collisions = 'missed'
    it.practice.faults.next({ match: { method: 'POST' }, cut: 'after' })
    await expect(create()).rejects.toThrow()
    await create()
    await create()
    expect(standing()).toHaveLength(1)
  })
})

describe('series', () => {
  const series = {
    id: 'weekly',
    iCalUID: 'weekly@google.com',
    summary: 'Weekly',
    start: at(NINE),
    end: at(NINE + HOUR),
    recurrence: ['RRULE:FREQ=WEEKLY;COUNT=6'],
  }
  test('D23 D28 each instance by itself, at nine by the wall clock over the change, one moved, one left out', async () => {
    it.practice.store.putEvent(CALENDAR, series)
    const first = await pull(null)
    const instances = events(first.changes)
    expect(new Set(instances.map(({ uid }) => uid)).size).toBe(6)
    const starts = (list: RemoteEvent[]) =>
      list.map(({ occurrences }) => new Date(occurrences[0]!.start).toISOString().slice(0, 16)).sort()
    expect(starts(instances)).toEqual([
      '2027-03-01T09:00',
      '2027-03-08T09:00',
      '2027-03-15T09:00',
      '2027-03-22T09:00',
      '2027-03-29T08:00',
      '2027-04-05T08:00',
    ])
    const [, second, third] = instances.toSorted((a, b) => a.occurrences[0]!.start - b.occurrences[0]!.start)
    it.practice.store.moveEvent(CALENDAR, second!.remoteId, NINE + 8 * DAY)
    it.practice.store.deleteEvent(CALENDAR, third!.remoteId)
    const { changes } = await pull(first.cursor)
    expect(changes).toHaveLength(2)
    expect(events(changes)).toMatchObject([
      { remoteId: second!.remoteId, uid: second!.uid, occurrences: [{ start: NINE + 8 * DAY }] },
    ])
    expect(changes).toContainEqual({ kind: 'remove', remoteId: third!.remoteId })
  })
  test('a whole series deleted: each of its instances is', async () => {
    it.practice.store.putEvent(CALENDAR, series)
    const first = await pull(null)
    it.practice.store.deleteEvent(CALENDAR, 'weekly')
    const removed = (await pull(first.cursor)).changes.map(
      (change) => change.kind === 'remove' && change.remoteId,
    )
    expect(removed).toEqual(expect.arrayContaining(events(first.changes).map(({ remoteId }) => remoteId)))
  })
})

test('D06 all day is the calendar’s day, of 23 hours where the clocks change', async () => {
  it.practice.store.putEvent(CALENDAR, {
    summary: 'Off',
    start: { date: '2027-03-28' },
    end: { date: '2027-03-29' },
  })
  expect(events((await pull(null)).changes)).toMatchObject([
    { occurrences: [{ start: Date.UTC(2027, 2, 27, 23), end: Date.UTC(2027, 2, 28, 22), allDay: true }] },
  ])
})

test('pages may be empty although more follow', async () => {
  it.practice.store.behaviour.emptyPages = true
  for (let i = 0; i < 5; i++)
    it.practice.store.putEvent(CALENDAR, { summary: `${i}`, start: at(NINE), end: at(NINE + HOUR) })
  expect(events((await pull(null)).changes)).toHaveLength(5)
})

test('calendars: whose they are, what they may do, which can make a link; the hidden ones stay away', async () => {
  const { store } = it.practice
  store.addUser({ email: 'carol@example.test', name: 'Carol' })
  for (const [id, role] of [
    ['seen', 'reader'],
    ['shared', 'writer'],
    ['times', 'freeBusyReader'],
  ] as const) {
    store.addCalendar('carol@example.test', {
      id,
      summary: `Carol’s ${id}`,
      conference: id === 'shared' ? ['hangoutsMeet'] : [],
    })
    store.share(id, ALICE, role)
  }
  store.addCalendar(ALICE, { id: 'old', summary: 'Old' })
  store.hideCalendar('old', ALICE)
  const listed = await google.listCalendars(it.session)
  const of = (id: string) => listed.find(({ remoteId }) => remoteId === id)
  expect(of(ALICE)).toMatchObject({ primary: true, writable: true, zone: 'Europe/Rome' })
  expect(of('seen')).toMatchObject({
    name: 'Carol’s seen',
    writable: false,
    primary: false,
    conference: null,
  })
  expect(of('shared')).toMatchObject({ writable: true, conference: 'meet' })
  expect(of('times')).toMatchObject({ writable: false })
  expect(of('old')).toBe(undefined)

  // B27: a calendar one may only read says so at the first write, and never again and again.
  await expect(create({}, 'seen')).rejects.toMatchObject({ name: 'Unreachable', reason: 'forbidden' })
  expect((await pull(null, 'seen')).changes).toEqual([])
  await expect(pull(null, 'times')).resolves.toBeDefined()
})

test('C16 a box left unticked is a refusal, not a dead access', async () => {
  const token = it.practice.grant(
    ALICE,
    'openid email https://www.googleapis.com/auth/calendar.calendarlist.readonly',
  ).accessToken
  const less = sessionWith(it.practice.url, it.egress, token)
  expect(await google.listCalendars(less)).not.toEqual([])
  await expect(google.pull(less, CALENDAR, null, WINDOW)).rejects.toMatchObject({ reason: 'forbidden' })
  await expect(sendGmail(`${it.practice.url}/gmail/v1`)(less, Buffer.from('x'))).rejects.toMatchObject({
    reason: 'forbidden',
  })
})

test('a watch is promised, kept, and ended twice', async () => {
  const call = {
    id: '0b9e2f2c-5c1b-4c1e-9d8f-1f2e3d4c5b6a',
    address: 'https://ritrovo.test/push/google/T',
    lifecycle: '',
    secret: 'knock',
    until: Date.now() + 7 * DAY,
  }
  const watch = await google.watch!.start(it.session, CALENDAR, call)
  expect(watch.until).toBeGreaterThan(Date.now() + HOUR)
  expect(it.practice.store.channels.size).toBe(1)
  await google.watch!.stop(it.session, watch)
  expect(it.practice.store.channels.size).toBe(0)
  await google.watch!.stop(it.session, watch)
})

test('a letter goes out of the account’s own mailbox', async () => {
  const letter = [
    'From: alice@example.test',
    'To: bob@example.test',
    'Subject: See you',
    'Message-ID: <1@example.test>',
    '',
    'At nine.',
    '',
  ].join('\r\n')
  const { id } = await sendGmail(`${it.practice.url}/gmail/v1`)(it.session, Buffer.from(letter))
  expect(it.practice.store.messages).toMatchObject([
    { id, user: ALICE, to: ['bob@example.test'], subject: 'See you' },
  ])
})
