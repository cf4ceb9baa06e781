import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import type { Span } from '#core/time/model.ts'
import { providerContract } from '#server/providers/contract.ts'
import { examine } from '#server/providers/exchange/about.ts'
import { autodiscover } from '#server/providers/exchange/autodiscover.ts'
import { availabilityOf } from '#server/providers/exchange/availability.ts'
import { exchange } from '#server/providers/exchange/exchange.ts'
import { sendExchangeMail } from '#server/providers/exchange/mail.ts'
import { respond } from '#server/providers/exchange/respond.ts'
import { listen } from '#server/providers/exchange/stream.ts'
import { AccessRevoked, NotFound, SlowDown } from '#server/providers/provider.ts'
import type { Change, EventDraft, RemoteEvent } from '#server/providers/provider.ts'
import { ALICE, atExchange, BOB, exchangeSubject } from './exchange-subject.ts'
import type { AtExchange } from './exchange-subject.ts'

providerContract('Exchange over Basic', () => exchangeSubject('Basic'))
providerContract('Exchange over NTLM', () => exchangeSubject('NTLM'))
providerContract('Exchange over NTLM that is bound to its TLS', () => exchangeSubject('NTLM bound to TLS'))

const NINE = Date.UTC(2027, 2, 1, 9) // a Monday, ten o'clock in Rome
const WINDOW = { start: NINE - DAY, end: NINE + 60 * DAY }
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

let it: AtExchange
beforeEach(async () => {
  it = await atExchange()
})
afterEach(() => it.stop())

const create = (more?: Partial<EventDraft>) => exchange.createEvent(it.session, it.calendar, draft(more))
const pull = async (from: string | null, calendar = it.calendar) => {
  const changes: Change[] = []
  let cursor = from
  for (let pages = 0; pages < 50; pages++) {
    const page = await exchange.pull(it.session, calendar, cursor, WINDOW)
    changes.push(...page.changes)
    cursor = page.cursor
    if (!page.more) return { changes, cursor }
  }
  throw new Error('pages without end')
}
const weekly = (more: { subject?: string; uid?: string } = {}) =>
  it.practice.store.putEvent(it.calendar, {
    start: NINE,
    end: NINE + HOUR,
    subject: 'Weekly',
    showAs: 'OOF',
    recurrence: {
      pattern: { kind: 'WeeklyRecurrence', interval: 1, days: ['Monday'], firstDay: null },
      range: { kind: 'NumberedRecurrence', start: '2027-03-01', count: 6 },
    },
    ...more,
  })

describe('invitations', () => {
  const kinds = () => it.practice.store.mails.map(({ kind, to }) => `${kind} ${to.join()}`)

  test('I4 a guest is told once of each real change, and never of a repeat', async () => {
    const { remoteId } = await create()
    await create()
    await exchange.updateEvent(it.session, it.calendar, remoteId, draft())
    expect(kinds()).toEqual([`invitation ${BOB}`])
    await exchange.updateEvent(it.session, it.calendar, remoteId, draft({ span: later(2) }))
    await exchange.updateEvent(it.session, it.calendar, remoteId, draft({ span: later(2) }))
    expect(kinds()).toEqual([`invitation ${BOB}`, `update ${BOB}`])
    await exchange.deleteEvent(it.session, it.calendar, remoteId)
    await exchange.deleteEvent(it.session, it.calendar, remoteId)
    expect(kinds()).toEqual([`invitation ${BOB}`, `update ${BOB}`, `cancellation ${BOB}`])
    expect(it.practice.store.mails.every(({ uid, inSentItems }) => uid === 'b1@ritrovo' && inSentItems)).toBe(
      true,
    )
  })

  test('without guests nobody is written to, when an event is made, moved or taken away', async () => {
    const { remoteId } = await create({ attendees: [{ name: 'Alice', email: ALICE.toUpperCase() }] })
    await exchange.updateEvent(it.session, it.calendar, remoteId, draft({ span: later(2), attendees: [] }))
    await exchange.deleteEvent(it.session, it.calendar, remoteId)
    expect(kinds()).toEqual([])
  })

  test('what a guest answers is seen', async () => {
    const { remoteId } = await create()
    const { cursor } = await pull(null)
    it.practice.store.respond(remoteId, BOB, 'Decline')
    expect(events((await pull(cursor)).changes)).toMatchObject([
      { remoteId, declined: [BOB], mark: 'b1@ritrovo' },
    ])
  })

  test('one of our own is answered, and its organizer told', async () => {
    const { id } = it.practice.store.putEvent(it.primary, {
      start: NINE,
      end: NINE + HOUR,
      subject: 'Come',
      organizer: { name: 'Bob', email: BOB },
      attendees: [{ email: ALICE, answer: 'NoResponseReceived' }],
    })
    expect(events((await pull(null, it.primary)).changes)).toMatchObject([
      { occurrences: [{ kind: 'unanswered' }] },
    ])
    await respond(it.session, id, 'accept')
    expect(kinds()).toEqual([`response ${BOB}`])
    expect(events((await pull(null, it.primary)).changes)).toMatchObject([
      { occurrences: [{ kind: 'busy' }] },
    ])
  })
})

describe('C06 C24 an outcome that nobody knows', () => {
  test('a reply lost after the event was made, and the booking moved meanwhile: one event, at its new time, one invitation', async () => {
    it.practice.faults.next({ match: { operation: 'CreateItem' }, cut: 'after' })
    await expect(create()).rejects.toMatchObject({ reason: 'connect' })
    expect(await create({ span: later(1) })).toMatchObject({ span: later(1) })
    expect(it.practice.store.itemsOf(it.calendar)).toHaveLength(1)
    expect(it.practice.store.mails.map(({ kind }) => kind)).toEqual(['invitation', 'update'])
  })

  test('a fault with which it was saved all the same', async () => {
    it.practice.faults.next({
      match: { operation: 'CreateItem' },
      fault: { code: 'ErrorInternalServerError' },
      saved: true,
    })
    await expect(create()).rejects.toMatchObject({ reason: 'server-error' })
    await create()
    expect(it.practice.store.itemsOf(it.calendar)).toHaveLength(1)
  })
})

test('B17 our own write comes back as ours, under our own UID', async () => {
  const { cursor } = await pull(null)
  const { remoteId, calendarUid } = await create()
  expect(calendarUid).toBe(exchange.calendarUid('b1@ritrovo'))
  expect(events((await pull(cursor)).changes)).toMatchObject([
    { remoteId, uid: 'b1@ritrovo', mark: 'b1@ritrovo', occurrences: [{ ...draft().span, kind: 'busy' }] },
  ])
})

test('B19 an event its owner moves to another calendar gets another id there, and keeps its mark', async () => {
  const { remoteId } = await create()
  const [here, there] = [await pull(null), await pull(null, it.primary)]
  const moved = it.practice.store.moveToCalendar(remoteId, it.primary)
  expect(moved.id).not.toBe(remoteId)
  expect((await pull(here.cursor)).changes).toEqual([{ kind: 'remove', remoteId }])
  expect(events((await pull(there.cursor, it.primary)).changes)).toMatchObject([
    { remoteId: moved.id, mark: 'b1@ritrovo' },
  ])
  expect(await exchange.readEvent(it.session, it.calendar, 'b1@ritrovo')).toBe(null)
  expect(
    await exchange.updateEvent(it.session, it.primary, remoteId, draft({ span: later(1) })),
  ).toMatchObject({ remoteId: moved.id, span: later(1) })
})

test('B20 the owner renames the event between our reading and our writing: our time moves, their words stay', async () => {
  const { remoteId } = await create()
  it.practice.faults.next({
    match: { operation: 'UpdateItem' },
    message: { code: 'ErrorIrresolvableConflict' },
  })
  it.practice.store.renameEvent(remoteId, 'Bob at last')
  expect(
    await exchange.updateEvent(it.session, it.calendar, remoteId, draft({ span: later(3), title: 'Moved' })),
  ).toMatchObject({
    span: later(3),
    title: 'Bob at last',
  })
})

describe('a series', () => {
  const weeks = [
    '2027-03-01T09:00',
    '2027-03-08T09:00',
    '2027-03-15T09:00',
    '2027-03-22T09:00',
    '2027-03-29T08:00',
    '2027-04-05T08:00',
  ]
  const told = (event: RemoteEvent | undefined) =>
    event?.occurrences.map(({ start }) => new Date(start).toISOString().slice(0, 16))

  test('D28 is read whole over a change of the clocks, and follows its owner', async () => {
    const { id } = weekly()
    let { changes, cursor } = await pull(null)
    expect(events(changes)).toMatchObject([{ remoteId: id, title: 'Weekly' }])
    expect(told(events(changes)[0])).toEqual(weeks)
    expect(events(changes)[0]!.occurrences.every(({ kind }) => kind === 'out-of-office')).toBe(true)

    it.practice.store.changeOccurrence(id, '2027-03-15', 'removed')
    it.practice.store.changeOccurrence(id, '2027-03-22', {
      span: { start: Date.UTC(2027, 2, 24, 14), end: Date.UTC(2027, 2, 24, 15) },
      showAs: 'Free',
    })
    ;({ changes, cursor } = await pull(cursor))
    expect(told(events(changes)[0])).toEqual([weeks[0], weeks[1], '2027-03-24T14:00', weeks[4], weeks[5]])
    expect(events(changes)[0]!.occurrences[2]!.kind).toBe('transparent')
    const fresh = await exchange.freshBusy!(it.session, it.calendar, WINDOW)
    expect(fresh.map(({ start }) => new Date(start).toISOString().slice(0, 16)).sort()).toEqual(
      told(events(changes)[0]),
    )
    expect((await pull(cursor)).changes).toEqual([])
    it.practice.store.deleteEvent(id)
    expect((await pull(cursor)).changes).toEqual([{ kind: 'remove', remoteId: id }])
  })

  test('many of them, with more occurrences than one view gives', async () => {
    it.practice.store.findLimit = 20
    for (let i = 0; i < 12; i++) weekly({ subject: `Series ${i}`, uid: `series-${i}` })
    const { changes } = await pull(null)
    expect(events(changes)).toHaveLength(12)
    expect(events(changes).every((event) => told(event)!.join() === weeks.join())).toBe(true)
  })

  test('a booking that its host makes a series of is still ours, and busy in each of its weeks', async () => {
    const { remoteId } = await create()
    const { cursor } = await pull(null)
    it.practice.store.changeEvent(remoteId, { recurrence: weekly().recurrence })
    const ours = events((await pull(cursor)).changes).find(({ mark }) => mark === 'b1@ritrovo')
    expect([ours?.remoteId, ours?.occurrences.length]).toEqual([remoteId, 6])
  })
})

test('D06 a whole day is that day in the zone it was made in', async () => {
  it.practice.store.putEvent(it.calendar, {
    start: Date.UTC(2027, 2, 27, 23),
    end: Date.UTC(2027, 2, 28, 22),
    isAllDay: true,
    zone: 'W. Europe Standard Time',
  })
  expect(events((await pull(null)).changes)).toMatchObject([
    { occurrences: [{ start: Date.UTC(2027, 2, 27, 23), end: Date.UTC(2027, 2, 28, 22), allDay: true }] },
  ])
})

test('whatever prefixes, content type and coding the answers have', async () => {
  Object.assign(it.practice.store, { prefixes: 'odd', contentType: 'application/soap+xml', gzip: false })
  await create()
  expect(events((await pull(null)).changes)).toMatchObject([{ uid: 'b1@ritrovo' }])
})

test('list: the first calendar, and who may write', async () => {
  it.practice.store.addCalendar(ALICE, { name: 'Holidays', canEdit: false })
  const listed = await exchange.listCalendars(it.session)
  expect(listed.find(({ remoteId }) => remoteId === it.primary)).toMatchObject({
    primary: true,
    writable: true,
  })
  expect(listed.find(({ name }) => name === 'Holidays')).toMatchObject({ primary: false, writable: false })
})

describe('C29 C30 what goes wrong on the way is said as what it is', () => {
  const { next } = {
    next: (fault: Parameters<AtExchange['practice']['faults']['next']>[0]) => it.practice.faults.next(fault),
  }

  test('busy, for as long as the server says', async () => {
    next({ fault: { code: 'ErrorServerBusy', backOff: 7000 } })
    await expect(pull(null)).rejects.toMatchObject({ name: SlowDown.name, retryAfter: 7000 })
    next({ message: { code: 'ErrorServerBusy', backOff: 8000 } })
    await expect(pull(null)).rejects.toMatchObject({ name: SlowDown.name, retryAfter: 8000 })
  })

  test('an empty answer, a web page, no way in', async () => {
    next({ empty: true })
    await expect(pull(null)).rejects.toMatchObject({ reason: 'bad-answer' })
    next({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>hotel</html>' })
    await expect(pull(null)).rejects.toMatchObject({ reason: 'not-this-protocol' })
    next({ unauthorized: true, times: Infinity })
    await expect(pull(null)).rejects.toThrow(AccessRevoked)
    expect(it.practice.requests.length).toBeLessThan(8)
  })

  test('B05 a sync that never ends', async () => {
    it.practice.store.neverLast = true
    await expect(pull(null)).rejects.toMatchObject({ reason: 'bad-answer' })
  })

  test.each([
    ['none', 'no-mailbox'],
    ['moving', 'SlowDown'],
    ['cloud', 'moved-to-cloud'],
  ] as const)('a mailbox that is %s', async (mailbox, said) => {
    Object.assign(it.practice.store.person(ALICE), { mailbox })
    const error = (await exchange.listCalendars(it.session).catch((fault: unknown) => fault)) as {
      name: string
      reason?: string
      outcome?: string
    }
    expect([error.name, error.reason, error.outcome]).toContain(said)
  })

  test('S-080 a server that is too old', async () => {
    it.practice.store.version = 'Exchange2010_SP1'
    expect(await examine(it.session)).toMatchObject({ kind: 'too-old' })
  })
  test('S-080 one that is not', async () => {
    it.practice.store.version = 'Exchange2016'
    expect(await examine(it.session)).toMatchObject({ kind: 'ready', server: 'Exchange 2016' })
  })
})

test('free and busy of a colleague, and of somebody nobody knows', async () => {
  it.practice.store.addUser({ email: BOB, name: 'Bob' })
  it.practice.store.putEvent(it.practice.store.calendarOf(BOB).id, {
    start: NINE,
    end: NINE + HOUR,
    showAs: 'OOF',
  })
  const found = await availabilityOf(it.session, [BOB, 'nobody@example.test'], WINDOW)
  expect(found.get(BOB)).toEqual({
    kind: 'known',
    busy: [{ start: NINE, end: NINE + HOUR, kind: 'out-of-office' }],
  })
  expect(found.get('nobody@example.test')).toMatchObject({ kind: 'unknown' })
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
  expect(await sendExchangeMail(it.session, new TextEncoder().encode(message))).toEqual({ id: null })
  expect(it.practice.store.mails).toMatchObject([
    { kind: 'message', to: [BOB], mime: message, inSentItems: true },
  ])
})

describe.each(['Basic', 'NTLM', 'NTLM bound to TLS'] as const)('streaming over %s', (way) => {
  let own: AtExchange
  let stop: AbortController
  let changes: number
  beforeEach(async () => {
    own = await atExchange(way)
    own.practice.store.heartbeat = 20
    stop = new AbortController()
    changes = 0
  })
  afterEach(() => own.stop())
  const until = async (wanted: number) => {
    for (let tries = 0; changes < wanted; tries++) {
      if (tries > 300) throw new Error(`only ${changes} of ${wanted}`)
      await new Promise((done) => setTimeout(done, 10))
    }
  }

  test('tells what happens, over ends of the connection and a subscription that is forgotten', async () => {
    const listening = listen(own.session, own.calendar, () => changes++, stop.signal)
    await until(1)
    // A cut line is taken up again after a pause; one that Exchange closes, at once.
    await new Promise((done) => setTimeout(done, 100))
    const { id } = own.practice.store.putEvent(own.calendar, { start: NINE, end: NINE + HOUR })
    await until(2)
    own.practice.store.closeStreams('closed')
    own.practice.store.renameEvent(id, 'again')
    await until(3)
    own.practice.store.forgetSubscriptions()
    await until(4)
    stop.abort()
    await listening
  })
})

describe('Extended Protection', () => {
  test('a binding is asked for, shown, and right', async () => {
    const own = await atExchange('NTLM bound to TLS')
    try {
      await exchange.listCalendars(own.session)
      expect(own.practice.verdicts).toEqual(['good'])
      expect(own.practice.requests.every(({ scheme }) => scheme === 'NTLM')).toBe(false)
      await expect(exchange.listCalendars({ ...own.session, secret: 'x' })).rejects.toThrow(AccessRevoked)
      expect(own.practice.verdicts).toEqual(['good', 'wrong'])
    } finally {
      await own.stop()
    }
  })

  test('a certificate that nobody vouches for is refused before a word is said', async () => {
    const own = await atExchange('NTLM bound to TLS')
    try {
      const bare = { ...own.session, fetch: own.egress.fetch, line: () => own.egress.line() }
      await expect(exchange.listCalendars(bare)).rejects.toMatchObject({ reason: 'tls' })
      expect(own.practice.requests).toEqual([])
    } finally {
      await own.stop()
    }
  })
})

describe('Autodiscover', () => {
  let own: AtExchange
  beforeEach(async () => {
    own = await atExchange('NTLM bound to TLS')
  })
  afterEach(() => own.stop())
  const find = () => autodiscover(own.session, ALICE, undefined, own.practice.autodiscoverUrl)

  test('finds the EWS address', async () => {
    expect(await find()).toEqual({ kind: 'found', address: own.practice.ewsUrl, mailbox: ALICE })
  })

  test('C29 knows a mailbox that has moved to Microsoft 365', async () => {
    Object.assign(own.practice.store.person(ALICE), { mailbox: 'cloud' })
    expect(await find()).toEqual({ kind: 'moved-to-cloud' })
  })

  test('hands back what would lead to strangers, and says when it finds nothing', async () => {
    own.practice.store.autodiscover = { kind: 'redirectUrl', url: 'https://hoster.example/a.xml' }
    expect(await find()).toMatchObject({ kind: 'other-host', host: 'hoster.example' })
    own.practice.store.autodiscover = { kind: 'redirectAddr', address: 'alice@sister.example' }
    expect(await find()).toEqual({ kind: 'other-address', email: 'alice@sister.example' })
    for (const nothing of [{ kind: 'nothing' }, { kind: 'error', code: 500 }] as const) {
      own.practice.store.autodiscover = nothing
      expect(await find()).toEqual({ kind: 'not-found' })
    }
  })
})

test.each([
  'http://127.0.0.1:1/EWS/Exchange.asmx',
  'https://127.0.0.1/EWS/Exchange.asmx',
  'https://2130706433/EWS/Exchange.asmx',
  'https://[::ffff:127.0.0.1]/EWS/Exchange.asmx',
  'https://169.254.169.254/latest',
  'https://user:password@mail.example.test/EWS/Exchange.asmx',
  'file:///etc/passwd',
  'mail.example.test',
])('H01 H02 H13 %s is no Exchange, by either way out', async (address) => {
  await expect(exchange.listCalendars({ ...it.session, address })).rejects.toMatchObject({
    reason: 'refused-address',
  })
  await expect(it.session.line!().fetch(address)).rejects.toMatchObject({ reason: 'refused-address' })
  expect(it.practice.requests).toEqual([])
})

test('H07 a server that leads elsewhere is not followed, and the password goes nowhere', async () => {
  const other = await atExchange()
  try {
    it.practice.faults.next({ status: 307, headers: { location: other.practice.ewsUrl }, body: '', times: 3 })
    await expect(exchange.listCalendars(it.session)).rejects.toMatchObject({ reason: 'not-this-protocol' })
    expect(other.practice.requests).toEqual([])
  } finally {
    await other.stop()
  }
})

test('a calendar taken away is gone, for reading and for writing', async () => {
  const { cursor } = await pull(null)
  it.practice.store.deleteFolder(it.calendar)
  await expect(create()).rejects.toThrow(NotFound)
  await expect(pull(null)).rejects.toThrow(NotFound)
  await expect(pull(cursor)).rejects.toThrow()
})
