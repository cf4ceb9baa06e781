import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import type { Span } from '#core/time/model.ts'
import { providerContract } from '#server/providers/contract.ts'
import { sendGraphMail } from '#server/providers/microsoft/mail.ts'
import { microsoft } from '#server/providers/microsoft/microsoft.ts'
import { recurrenceOf } from '#server/providers/microsoft/recurrence.ts'
import { AccessRevoked, CursorExpired, NotFound, SlowDown } from '#server/providers/provider.ts'
import type { Change, EventDraft, RemoteEvent, WrittenEvent } from '#server/providers/provider.ts'
import { ALICE, atMicrosoft, microsoftSubject, sessionWith } from './microsoft-subject.ts'
import type { AtMicrosoft } from './microsoft-subject.ts'

providerContract('Microsoft', () => microsoftSubject())
providerContract('Microsoft on a calendar without a delta', () => microsoftSubject({ delta: false }))

const NINE = Date.UTC(2027, 2, 1, 9) // a Monday, ten o'clock in Rome
const WINDOW = { start: NINE - DAY, end: NINE + 60 * DAY }
const BOB = 'bob@example.test'
const draft = (more: Partial<EventDraft> = {}): EventDraft => ({
  uid: 'b1@ritrovo',
  sequence: 0,
  span: { start: NINE, end: NINE + 30 * MINUTE },
  zone: 'Europe/Rome',
  title: 'Introduction: Bob',
  description: 'Phone: 1',
  location: '',
  url: null,
  organizer: { name: 'Alice', email: ALICE },
  attendees: [{ name: 'Bob', email: BOB }],
  ...more,
})
const later = (hours: number): Span => ({
  start: NINE + hours * HOUR,
  end: NINE + hours * HOUR + 30 * MINUTE,
})
const events = (changes: Change[]): RemoteEvent[] =>
  changes.flatMap((change) => (change.kind === 'upsert' ? [change.event] : []))

let it: AtMicrosoft
beforeEach(async () => {
  it = await atMicrosoft()
})
afterEach(async () => {
  // B19: an id asked for without this header is another one, and lasts only until the event is moved.
  const bare = it.practice.requests.filter(
    ({ path, headers }) => path.includes('/v1.0/') && !headers['prefer']?.includes('IdType="ImmutableId"'),
  )
  await it.stop()
  expect(bare).toEqual([])
})

const create = (more?: Partial<EventDraft>, calendar = it.calendar): Promise<WrittenEvent> =>
  microsoft.createEvent(it.session, calendar, draft(more))
const pull = async (from: string | null, calendar = it.calendar) => {
  const changes: Change[] = []
  let cursor = from
  for (let pages = 0; pages < 50; pages++) {
    const page = await microsoft.pull(it.session, calendar, cursor, WINDOW)
    changes.push(...page.changes)
    cursor = page.cursor
    if (!page.more) return { changes, cursor }
  }
  throw new Error('pages without end')
}
/** What our copy would hold after these changes: start in UTC and title, in order. */
class Copy {
  readonly rows = new Map<string, RemoteEvent>()
  take(changes: Change[]): this {
    for (const change of changes)
      if (change.kind === 'remove') this.rows.delete(change.remoteId)
      else this.rows.set(change.event.remoteId, change.event)
    return this
  }
  told(): string[] {
    return [...this.rows.values()]
      .map(
        ({ occurrences: [at], title }) =>
          `${at ? new Date(at.start).toISOString().slice(0, 16) : 'never'} ${title}`,
      )
      .sort()
  }
}

describe('C27 one invitation, Exchange’s', () => {
  test('a guest is told once of each real change, and never of a repeat', async () => {
    it.practice.store.addUser({ email: BOB, name: 'Bob' })
    const kinds = () => it.practice.store.mails.map(({ kind, to }) => `${kind} ${to.join()}`)
    const { remoteId } = await create()
    await create()
    await microsoft.updateEvent(it.session, it.calendar, remoteId, draft())
    expect(kinds()).toEqual([`invitation ${BOB}`])
    await microsoft.updateEvent(it.session, it.calendar, remoteId, draft({ span: later(2) }))
    await microsoft.updateEvent(it.session, it.calendar, remoteId, draft({ span: later(2) }))
    expect(kinds()).toEqual([`invitation ${BOB}`, `update ${BOB}`])
    await microsoft.deleteEvent(it.session, it.calendar, remoteId)
    await microsoft.deleteEvent(it.session, it.calendar, remoteId)
    expect(kinds()).toEqual([`invitation ${BOB}`, `update ${BOB}`, `cancellation ${BOB}`])
  })

  test('without guests Exchange writes to nobody, when an event is made, moved or taken away', async () => {
    const { remoteId } = await create({ attendees: [{ name: 'Alice', email: 'ALICE@example.test' }] })
    await microsoft.updateEvent(it.session, it.calendar, remoteId, draft({ span: later(2), attendees: [] }))
    await microsoft.deleteEvent(it.session, it.calendar, remoteId)
    expect(it.practice.store.mails).toEqual([])
  })

  test('what a guest answers is seen', async () => {
    const { remoteId } = await create()
    const { cursor } = await pull(null)
    it.practice.store.respond(remoteId, BOB, 'declined')
    expect(events((await pull(cursor)).changes)).toMatchObject([
      { remoteId, declined: [BOB], accepted: [], mark: 'b1@ritrovo' },
    ])
  })
})

test('C06 C22 a reply lost after the event was made, and the booking moved meanwhile: one event, at its new time, one invitation', async () => {
  for (const status of [400, 409] as const) {
    it.practice.store.duplicateStatus = status
    const uid = `lost-${status}@ritrovo`
    it.practice.faults.next({ match: { method: 'POST' }, cut: 'after' })
    await expect(create({ uid })).rejects.toMatchObject({ reason: 'connect' })
    expect(await create({ uid, span: later(1) })).toMatchObject({ uid, span: later(1) })
    expect(
      it.practice.store
        .eventsOf(it.calendar)
        .filter(({ transactionId }) => transactionId === `ritrovo:${uid}`),
    ).toHaveLength(1)
  }
})

test('B17 our own write comes back as ours, known without a second look', async () => {
  const { cursor } = await pull(null)
  const { remoteId, calendarUid } = await create()
  expect(calendarUid).toBe(it.practice.store.findEvent(remoteId)!.uid)
  expect(events((await pull(cursor)).changes)).toMatchObject([
    { remoteId, uid: 'b1@ritrovo', mark: 'b1@ritrovo', byProgram: true, occurrences: [{ ...draft().span }] },
  ])
})

test('B19 an event its owner moves to another calendar keeps its id and its mark there, and leaves here', async () => {
  const { remoteId } = await create()
  const here = await pull(null)
  const there = await pull(null, it.primary)
  it.practice.store.moveToCalendar(remoteId, it.primary)
  expect((await pull(here.cursor)).changes).toEqual([{ kind: 'remove', remoteId }])
  expect(events((await pull(there.cursor, it.primary)).changes)).toMatchObject([
    { remoteId, mark: 'b1@ritrovo' },
  ])
  expect(await microsoft.readEvent(it.session, it.primary, 'b1@ritrovo')).toMatchObject({ remoteId })
})

test('B20 the owner renames the event between our reading and our writing: our time moves, their words stay', async () => {
  const { remoteId } = await create()
  it.practice.faults.next({
    match: { method: 'PATCH' },
    status: 412,
    body: { error: { code: 'ErrorIrresolvableConflict', message: 'x' } },
  })
  it.practice.store.renameEvent(remoteId, 'Bob at last')
  expect(
    await microsoft.updateEvent(it.session, it.calendar, remoteId, draft({ span: later(3), title: 'Moved' })),
  ).toMatchObject({ span: later(3), title: 'Bob at last' })
})

describe('a series', () => {
  const weekly = () =>
    it.practice.store.putEvent(it.calendar, {
      start: NINE,
      end: NINE + HOUR,
      subject: 'Weekly',
      showAs: 'oof',
      recurrence: recurrenceOf('FREQ=WEEKLY;COUNT=6', { date: '2027-03-01', zone: 'Europe/Rome' }) as never,
    })
  const weeks = [
    '2027-03-01T09:00',
    '2027-03-08T09:00',
    '2027-03-15T09:00',
    '2027-03-22T09:00',
    '2027-03-29T08:00',
    '2027-04-05T08:00',
  ]

  test.each([
    ['as documented', false, false],
    ['silent about deleted instances', true, false],
    ['with masters behind their instances', false, true],
  ])(
    'D28 D23 is read whole over a change of the clocks, and follows its owner (%s)',
    async (_, silent, last) => {
      Object.assign(it.practice.store, { forgetsDeletedOccurrences: silent, mastersLast: last })
      const { id } = weekly()
      const copy = new Copy()
      let { changes, cursor } = await pull(null)
      expect(copy.take(changes).told()).toEqual(weeks.map((at) => `${at} Weekly`))
      expect(
        [...copy.rows.values()].every(({ occurrences }) => occurrences[0]?.kind === 'out-of-office'),
      ).toBe(true)

      it.practice.store.changeOccurrence(id, '2027-03-15', 'removed')
      ;({ changes, cursor } = await pull(cursor))
      expect(copy.take(changes).told()).toEqual(
        weeks.filter((at) => !at.startsWith('2027-03-15')).map((at) => `${at} Weekly`),
      )

      it.practice.store.changeOccurrence(id, '2027-03-22', {
        span: { start: Date.UTC(2027, 2, 24, 14), end: Date.UTC(2027, 2, 24, 15) },
        subject: 'Moved',
      })
      ;({ changes, cursor } = await pull(cursor))
      const moved = [
        '2027-03-01T09:00 Weekly',
        '2027-03-08T09:00 Weekly',
        '2027-03-24T14:00 Moved',
        '2027-03-29T08:00 Weekly',
        '2027-04-05T08:00 Weekly',
      ]
      expect(copy.take(changes).told()).toEqual(moved)
      expect((await pull(cursor)).changes).toEqual([])
      expect(new Copy().take((await pull(null)).changes).told()).toEqual(moved)
      const fresh = await microsoft.freshBusy!(it.session, it.calendar, WINDOW)
      expect(fresh.map(({ start }) => start).sort()).toEqual(
        [...copy.rows.values()].map(({ occurrences: [at] }) => at!.start).sort(),
      )

      it.practice.store.deleteEvent(id)
      expect(copy.take((await pull(cursor)).changes).told()).toEqual([])
    },
  )

  test('a booking that its host makes a series of is still ours, and busy in each of its weeks', async () => {
    const { remoteId } = await create()
    const copy = new Copy()
    const { changes, cursor } = await pull(null)
    copy.take(changes)
    it.practice.store.changeEvent(remoteId, { recurrence: weekly().recurrence })
    copy.take((await pull(cursor)).changes)
    const ours = [...copy.rows.values()].filter(({ mark }) => mark === 'b1@ritrovo')
    expect(ours).toHaveLength(6)
    expect(copy.rows.has(remoteId)).toBe(false)
  })
})

test('D06 a whole day is that day in the zone it was made in', async () => {
  it.practice.store.putEvent(it.calendar, {
    start: Date.UTC(2027, 2, 28),
    end: Date.UTC(2027, 2, 29),
    isAllDay: true,
    subject: 'Day',
    zone: 'W. Europe Standard Time',
  })
  expect(events((await pull(null)).changes)).toMatchObject([
    { occurrences: [{ start: Date.UTC(2027, 2, 27, 23), end: Date.UTC(2027, 2, 28, 22), allDay: true }] },
  ])
})

test('list: the first calendar, who may write, Teams and the mailbox’s zone', async () => {
  it.practice.store.addCalendar(ALICE, { name: 'Holidays', canEdit: false, meetings: [] })
  const listed = await microsoft.listCalendars(it.session)
  expect(listed.find(({ remoteId }) => remoteId === it.primary)).toMatchObject({
    primary: true,
    writable: true,
    conference: 'teams',
    zone: 'Europe/Berlin',
  })
  expect(listed.find(({ name }) => name === 'Holidays')).toMatchObject({
    primary: false,
    writable: false,
    conference: null,
  })
})

test('an account without a mailbox says so', async () => {
  it.practice.store.addUser({ email: 'guest@example.test', name: 'Guest', mailbox: false })
  const guest = sessionWith(
    it.practice.url,
    it.egress,
    'guest@example.test',
    it.practice.grant('guest@example.test').accessToken,
  )
  await expect(microsoft.listCalendars(guest)).rejects.toMatchObject({ reason: 'no-mailbox' })
})

test('a personal account has calendars, busy time and bookings, and no Teams', async () => {
  it.practice.store.addUser({ email: 'pat@outlook.com', name: 'Pat', personal: true })
  const pat = sessionWith(
    it.practice.url,
    it.egress,
    'pat@outlook.com',
    it.practice.grant('pat@outlook.com').accessToken,
  )
  const [first] = await microsoft.listCalendars(pat)
  expect(first).toMatchObject({ primary: true, conference: null })
  expect(await microsoft.createEvent(pat, first!.remoteId, draft({ conference: 'teams' }))).toMatchObject({
    join: { state: 'failed' },
    span: draft().span,
  })
  expect(await microsoft.freshBusy!(pat, first!.remoteId, WINDOW)).toMatchObject([
    { uid: 'b1@ritrovo', ...draft().span },
  ])
})

test.each([
  ['at-once', 'ready'],
  ['later', 'pending'],
  ['never', 'failed'],
] as const)('C28 a Teams link that comes %s is %s', async (when, state) => {
  it.practice.store.meetingLinks = when
  const { remoteId, join } = await create({ conference: 'teams' })
  expect(join).toMatchObject({ state })
  if (when !== 'later') return
  it.practice.store.finishMeeting(remoteId, 'https://teams.example/j')
  expect(await microsoft.readEvent(it.session, it.calendar, 'b1@ritrovo')).toMatchObject({
    join: { state: 'ready', url: 'https://teams.example/j' },
  })
})

describe('the primary calendar, on the path that is documented', () => {
  test('B03 a cursor that Graph has forgotten is CursorExpired, and a full read finds what went meanwhile', async () => {
    it.practice.store.putEvent(it.primary, { ...later(1), subject: 'Stays' })
    const goes = it.practice.store.putEvent(it.primary, { ...later(2), subject: 'Goes' })
    const { cursor } = await pull(null, it.primary)
    it.practice.store.deleteEvent(goes.id)
    it.practice.store.forgetCursors()
    await expect(pull(cursor, it.primary)).rejects.toThrow(CursorExpired)
    expect(events((await pull(null, it.primary)).changes).map(({ title }) => title)).toEqual(['Stays'])
    expect(it.practice.requests.some(({ path }) => path.endsWith('/me/calendarView/delta'))).toBe(true)
  })

  test('B22 what is made outside the window is told as removed, and harms nothing', async () => {
    it.practice.store.putEvent(it.primary, { ...later(1), subject: 'Inside' })
    const copy = new Copy()
    const { changes, cursor } = await pull(null, it.primary)
    copy.take(changes)
    it.practice.store.putEvent(it.primary, {
      start: NINE + 200 * DAY,
      end: NINE + 200 * DAY + HOUR,
      subject: 'Far',
    })
    expect(copy.take((await pull(cursor, it.primary)).changes).told()).toEqual(['2027-03-01T10:00 Inside'])
  })
})

test('C17 twelve questions at once to one mailbox are all answered: never more than it takes', async () => {
  const asked = Array.from({ length: 12 }, () => microsoft.freshBusy!(it.session, it.calendar, WINDOW))
  expect((await Promise.allSettled(asked)).every(({ status }) => status === 'fulfilled')).toBe(true)
  expect(it.practice.requests).toHaveLength(12)
})

test('C01 C07 what goes wrong on the way is said as what it is', async () => {
  const { faults } = it.practice
  faults.next({
    status: 429,
    headers: { 'retry-after': '7' },
    body: { error: { code: 'ApplicationThrottled', message: 'x' } },
  })
  await expect(microsoft.listCalendars(it.session)).rejects.toMatchObject({
    name: SlowDown.name,
    retryAfter: 7000,
  })
  faults.clear()
  faults.next({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>hotel</html>', times: 9 })
  await expect(pull(null)).rejects.toMatchObject({ reason: 'bad-answer' })
  faults.clear()
  faults.next({
    match: { path: /mailboxSettings/ },
    status: 403,
    body: { error: { code: 'ErrorAccessDenied', message: 'x' } },
  })
  expect((await microsoft.listCalendars(it.session))[0]?.zone).toBe(null)
  it.practice.store.expireTokens()
  await expect(microsoft.listCalendars(it.session)).rejects.toThrow(AccessRevoked)
})

test('a letter leaves the person’s own mailbox as it was written', async () => {
  const message = [
    'From: Alice <alice@example.test>',
    'To: bob@example.test',
    'Subject: Hello',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Grüße',
    '',
  ].join('\r\n')
  expect(await sendGraphMail(it.session, new TextEncoder().encode(message))).toEqual({ id: null })
  expect(it.practice.store.mails).toMatchObject([
    { kind: 'message', to: [BOB], mime: message, inSentItems: true },
  ])
})

describe('change notifications', () => {
  let address: string
  const knocks: { path: string; body: unknown }[] = []
  const receiver = createServer((request, response) => {
    const url = new URL(request.url!, 'http://x')
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const token = url.searchParams.get('validationToken')
      if (token === null) knocks.push({ path: url.pathname, body: JSON.parse(text) })
      response.writeHead(token === null ? 202 : 200, { 'content-type': 'text/plain' }).end(token ?? '')
    })
  })
  beforeEach(async () => {
    knocks.length = 0
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
    address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  })
  afterEach(() => new Promise((done) => receiver.close(done)))
  const call = (until: number) => ({
    id: 'ours',
    address: `${address}/change`,
    lifecycle: `${address}/life`,
    secret: 's',
    until,
  })

  test('B14 B15 are asked for, knock with our secret, tell of their own troubles, are made longer and ended', async () => {
    const begun = await microsoft.watch!.start(it.session, it.calendar, call(Date.now() + 30 * DAY))
    expect(begun.until).toBeLessThanOrEqual(Date.now() + 10_080 * MINUTE)
    it.practice.store.putEvent(it.calendar, { ...later(0), subject: 'New' })
    await it.practice.settled()
    expect(knocks).toMatchObject([
      { path: '/change', body: { value: [{ subscriptionId: begun.id, clientState: 's' }] } },
    ])
    await it.practice.lifecycle('reauthorizationRequired', begun.id)
    await it.practice.settled()
    expect(knocks.at(-1)).toMatchObject({
      path: '/life',
      body: { value: [{ lifecycleEvent: 'reauthorizationRequired' }] },
    })
    expect((await microsoft.watch!.renew!(it.session, begun, Date.now() + DAY)).id).toBe(begun.id)
    await microsoft.watch!.stop(it.session, begun)
    await microsoft.watch!.stop(it.session, begun)
    await expect(microsoft.watch!.renew!(it.session, begun, Date.now() + DAY)).rejects.toThrow(NotFound)
  })
})
