import { describe, expect, test } from 'vitest'
import { DAY } from '#core/time/model.ts'
import { inTurn, scripted } from '#tests/counterparts/scripted-fetch.ts'
import type { Reply, Script } from '#tests/counterparts/scripted-fetch.ts'
import { CursorExpired, NotFound, Unreachable } from '../provider.ts'
import type { Session } from '../provider.ts'
import { freshBusy } from './fresh.ts'
import { pull } from './pull.ts'

const WINDOW = { start: Date.UTC(2027, 0, 1), end: Date.UTC(2028, 0, 1) }
const CALENDAR = 'it.italian#holiday@group.v.calendar.google.com'
const session = ({ fetch }: Pick<Script, 'fetch'>): Session => ({
  address: 'https://calendar.test/calendar/v3',
  user: '',
  secret: '',
  fetch,
  zone: 'Europe/Rome',
})
const event = (id: string, more: object = {}) => ({
  id,
  etag: '"1"',
  iCalUID: `${id}@google.com`,
  summary: id,
  start: { dateTime: '2027-03-01T10:00:00+01:00' },
  end: { dateTime: '2027-03-01T11:00:00+01:00' },
  ...more,
})
const list = (items: unknown[], more: object): Reply => ({
  body: { kind: 'calendar#events', timeZone: 'Europe/Rome', items, ...more },
})
const page = (items: unknown[], nextPageToken: string): Reply => list(items, { nextPageToken })
const last = (items: unknown[], nextSyncToken = 's1'): Reply => list(items, { nextSyncToken })

describe('a read from the start, and what follows it', () => {
  test('the window is told on each page of the first read and never beside a sync token; all else stays the same', async () => {
    const line = inTurn(
      page([event('a')], 'p2'),
      last([event('b')], 's1'),
      page([event('c')], 'p2'),
      last([], 's2'),
      last([], 's3'),
    )
    let cursor: string | null = null
    for (let calls = 0; calls < 5; calls++)
      cursor = (await pull(session(line), CALENDAR, cursor, WINDOW)).cursor
    const asked = line.sent.map(({ url }) => Object.fromEntries(url.searchParams))
    const window = { timeMin: '2027-01-01T00:00:00.000Z', timeMax: '2028-01-01T00:00:00.000Z' }
    const [{ fields }, ...others] = asked as [Record<string, string>, ...Record<string, string>[]]
    expect(fields).toMatch(/^kind,timeZone,nextPageToken,nextSyncToken,items\(/)
    expect(others.every((each) => each.fields === fields)).toBe(true)
    const same = { singleEvents: 'true', maxResults: '2500', fields }
    expect(asked).toEqual([
      { ...same, ...window },
      { ...same, ...window, pageToken: 'p2' },
      { ...same, syncToken: 's1' },
      { ...same, syncToken: 's1', pageToken: 'p2' },
      { ...same, syncToken: 's2' },
    ])
    expect(line.sent.every(({ method, headers }) => method === 'GET' && !headers.has('authorization'))).toBe(
      true,
    )
    expect(line.sent[0]!.url.href).toContain(
      '/calendar/v3/calendars/it.italian%23holiday%40group.v.calendar.google.com/events?',
    )
  })

  test('a window that has moved meanwhile does not change a read in progress (B06)', async () => {
    const line = inTurn(page([], 'p2'), last([]))
    const first = await pull(session(line), CALENDAR, null, WINDOW)
    await pull(session(line), CALENDAR, first.cursor, { start: WINDOW.start + DAY, end: WINDOW.end + DAY })
    expect(line.sent[1]!.url.searchParams.get('timeMin')).toBe('2027-01-01T00:00:00.000Z')
  })

  test('what is there, what is gone, and whether there is more', async () => {
    const line = inTurn(page([event('a'), { id: 'b', status: 'cancelled' }], 'p2'), last([]))
    const first = await pull(session(line), CALENDAR, null, WINDOW)
    expect(first).toMatchObject({
      changes: [
        { kind: 'upsert', event: { remoteId: 'a' } },
        { kind: 'remove', remoteId: 'b' },
      ],
      more: true,
    })
    expect(await pull(session(line), CALENDAR, first.cursor, WINDOW)).toMatchObject({
      changes: [],
      more: false,
    })
  })

  test('D06 dates are days of the calendar’s zone, and of the host’s where it names none', async () => {
    const day = event('a', { start: { date: '2027-07-01' }, end: { date: '2027-07-02' } })
    for (const [timeZone, start] of [
      ['Pacific/Auckland', '2027-06-30T12:00:00.000Z'],
      ['Nowhere/Land', '2027-06-30T22:00:00.000Z'],
      [undefined, '2027-06-30T22:00:00.000Z'],
    ] as const) {
      const { changes } = await pull(
        session(inTurn(list([day], { nextSyncToken: 's', timeZone }))),
        CALENDAR,
        null,
        WINDOW,
      )
      expect(changes).toMatchObject([
        { event: { occurrences: [{ start: Date.parse(start), allDay: true }] } },
      ])
    }
  })

  test('B24 one bad item in a page: the rest is read, it is kept busy, and the cursor goes on', async () => {
    const bad = event('bad', { start: { dateTime: 'soon' } })
    const items = [...Array.from({ length: 99 }, (_, i) => event(`e${i}`)), bad]
    const read = await pull(session(inTurn(last(items, 'on'))), CALENDAR, null, WINDOW)
    expect(read.changes).toHaveLength(100)
    expect(read.changes.at(-1)).toMatchObject({
      event: { remoteId: 'bad', trouble: 'impossible-date:soon', occurrences: [{ kind: 'unknown' }] },
    })
    expect(JSON.parse(read.cursor)).toMatchObject({ from: { token: 'on' } })
  })
})

describe('B01 a cursor that no longer holds', () => {
  const goOn = JSON.stringify({ v: 1, from: { token: 's1' }, page: null, size: 2500 })
  const gone = (reason: string): Reply => ({
    status: 410,
    body: { error: { code: 410, errors: [{ domain: 'calendar', reason }] } },
  })
  test.each(['fullSyncRequired', 'updatedMinTooLongAgo'])('410 %s', async (reason) => {
    await expect(pull(session(inTurn(gone(reason))), CALENDAR, goOn, WINDOW)).rejects.toThrow(CursorExpired)
  })
  test('a page token of another time is a 400', async () => {
    const inPages = JSON.stringify({ v: 1, from: WINDOW, page: 'p9', size: 2500 })
    const line = inTurn({
      status: 400,
      body: { error: { errors: [{ reason: 'invalid', location: 'pageToken' }] } },
    })
    await expect(pull(session(line), CALENDAR, inPages, WINDOW)).rejects.toThrow(CursorExpired)
  })
  test('but a 400 at the very start is a fault: reading from the start again would not help', async () => {
    await expect(pull(session(inTurn({ status: 400 })), CALENDAR, null, WINDOW)).rejects.toThrow(Unreachable)
  })
  test('B02 410 on the very first call is no calendar that has vanished', async () => {
    await expect(pull(session(inTurn({ status: 410 })), CALENDAR, null, WINDOW)).rejects.toThrow(
      CursorExpired,
    )
  })
  test.each([
    'nonsense',
    '{}',
    '5',
    '{"v":2,"from":{"token":"a"},"page":null,"size":2500}',
    '{"v":1,"from":{"token":""},"page":null,"size":2500}',
  ])('a text of another time, %s, and nothing is asked', async (text) => {
    const line = inTurn(last([]))
    await expect(pull(session(line), CALENDAR, text, WINDOW)).rejects.toThrow(CursorExpired)
    expect(line.sent).toEqual([])
  })
  test('404 is a calendar that is not there', async () => {
    await expect(pull(session(inTurn({ status: 404 })), CALENDAR, null, WINDOW)).rejects.toThrow(NotFound)
  })
})

describe('C07 an answer that is no list is never an empty calendar', () => {
  test.each<[string, Reply]>([
    ['a web page', { headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Wi-Fi</title>' }],
    ['nothing', { body: '' }],
    ['a list cut off', { body: '{"kind":"calendar#events","items":[{"id":"a"' }],
    ['null', { body: 'null' }],
    ['an array', { body: '[]' }],
    ['an object of nothing', { body: {} }],
    ['a list of something else', { body: { kind: 'calendar#calendarList', items: [], nextSyncToken: 's' } }],
    ['items that are no list', { body: { kind: 'calendar#events', items: {}, nextSyncToken: 's' } }],
    ['a redirect', { status: 302, headers: { location: 'https://elsewhere.test/' } }],
  ])('%s', async (_, reply) => {
    await expect(pull(session(inTurn(reply)), CALENDAR, null, WINDOW)).rejects.toMatchObject({
      name: 'Unreachable',
      reason: 'bad-answer',
    })
  })
})

test('a list that ends without a sync token is whole; what follows must begin from the start again', async () => {
  const { changes, cursor, more } = await pull(
    session(inTurn(list([event('a')], {}))),
    CALENDAR,
    null,
    WINDOW,
  )
  expect([changes.length, more]).toEqual([1, false])
  await expect(pull(session(inTurn(last([]))), CALENDAR, cursor, WINDOW)).rejects.toThrow(CursorExpired)
  // One that went on from a token goes on from the same.
  const goOn = JSON.stringify({ v: 1, from: { token: 's1' }, page: null, size: 2500 })
  const again = await pull(session(inTurn(list([], { nextSyncToken: '' }))), CALENDAR, goOn, WINDOW)
  expect(JSON.parse(again.cursor)).toEqual(JSON.parse(goOn))
})

test('a page larger than we listen to is asked for in a smaller size, which then stays', async () => {
  const line = scripted(({ url }) =>
    url.searchParams.get('maxResults') === '2500'
      ? new Unreachable('too much', 'too-large')
      : page([event('a')], 'p2'),
  )
  const { cursor } = await pull(session(line), CALENDAR, null, WINDOW)
  await pull(session(line), CALENDAR, cursor, WINDOW)
  expect(line.sent.map(({ url }) => url.searchParams.get('maxResults'))).toEqual(['2500', '250', '250'])
  const never = scripted(() => new Unreachable('too much', 'too-large'))
  await expect(pull(session(never), CALENDAR, null, WINDOW)).rejects.toMatchObject({ reason: 'too-large' })
  expect(never.sent).toHaveLength(2)
})

describe('busy time just before a booking (A24)', () => {
  const asked = (line: Script) =>
    line.sent.map(({ url }) => [url.searchParams.get('timeMin'), url.searchParams.get('timeMax')])
  test('every event with its UID and kind, ours under its own', async () => {
    const line = inTurn(
      list(
        [
          event('a'),
          event('b', { extendedProperties: { private: { ritrovo: 'booking-1' } } }),
          event('c', {
            organizer: { email: 'x@example.test' },
            attendees: [{ email: 'me@example.test', self: true, responseStatus: 'needsAction' }],
          }),
          { id: 'd', status: 'cancelled' },
          event('e', { start: { dateTime: 'soon' } }),
        ],
        {},
      ),
    )
    const span = { start: Date.UTC(2027, 2, 1, 9), end: Date.UTC(2027, 2, 1, 10) }
    expect(await freshBusy(session(line), CALENDAR, span)).toEqual([
      { uid: 'a@google.com', ...span, kind: 'busy' },
      { uid: 'booking-1', ...span, kind: 'busy' },
      { uid: 'c@google.com', ...span, kind: 'unanswered' },
      { uid: 'e@google.com', ...span, kind: 'unknown' },
    ])
    expect(asked(line)).toEqual([['2027-03-01T09:00:00.000Z', '2027-03-01T10:00:00.000Z']])
  })
  test('a long window goes in pieces of sixty days, and an event across two of them counts once', async () => {
    const long = event('long', { start: { date: '2027-02-01' }, end: { date: '2027-06-01' } })
    const line = inTurn(list([long], {}))
    const found = await freshBusy(session(line), CALENDAR, {
      start: WINDOW.start,
      end: WINDOW.start + 150 * DAY,
    })
    expect(found).toHaveLength(1)
    expect(asked(line)).toEqual([
      ['2027-01-01T00:00:00.000Z', '2027-03-02T00:00:00.000Z'],
      ['2027-03-02T00:00:00.000Z', '2027-05-01T00:00:00.000Z'],
      ['2027-05-01T00:00:00.000Z', '2027-05-31T00:00:00.000Z'],
    ])
  })
  test('all pages are read, but not for ever', async () => {
    const line = inTurn(page([event('a')], 'p2'), list([event('b')], {}))
    const days = { start: Date.UTC(2027, 2, 1), end: Date.UTC(2027, 2, 3) }
    expect((await freshBusy(session(line), CALENDAR, days)).length).toBe(2)
    expect(line.sent.map(({ url }) => url.searchParams.get('pageToken'))).toEqual([null, 'p2'])
    const endless = inTurn(page([], 'p2'))
    await expect(freshBusy(session(endless), CALENDAR, WINDOW)).rejects.toMatchObject({
      reason: 'bad-answer',
    })
    expect(endless.sent.length).toBeLessThan(50)
  })
})
