import { describe, expect, test } from 'vitest'
import { graphError, graphEvent, inTurn, scripted, utc } from '#tests/graph-script.ts'
import type { Asked, Told } from '#tests/graph-script.ts'
import { AccessRevoked, CursorExpired, NotFound, Unreachable } from '../provider.ts'
import type { Change, Page } from '../provider.ts'
import { pull } from './pull.ts'

const window = { start: Date.UTC(2027, 1, 1), end: Date.UTC(2027, 5, 1) }
const API = 'https://graph.example/v1.0'
const DELTA = `${API}/me/calendarView/delta?$deltatoken=`
const SKIP = `${API}/me/calendarView/delta?$skiptoken=`

const about = (isDefaultCalendar = true): Told => ({ json: { id: 'cal', isDefaultCalendar } })
const page = (value: unknown[], link: Record<string, string>): Told => ({
  json: {
    '@odata.context': 'x',
    value,
    ...Object.fromEntries(Object.entries(link).map(([name, url]) => [`@odata.${name}`, url])),
  },
})
const end = (value: unknown[], token = 'one') => page(value, { deltaLink: DELTA + token })
const removed = (id: string) => ({ id, '@removed': { reason: 'deleted' } })
const occurrence = (id: string, day: string, more: Record<string, unknown> = {}) => ({
  '@odata.type': '#microsoft.graph.event',
  '@odata.etag': `W/"${id}"`,
  id,
  seriesMasterId: 'series',
  type: 'occurrence',
  start: utc(`${day}T09:00:00`),
  end: utc(`${day}T10:00:00`),
  ...more,
})
const master = (more = {}) =>
  graphEvent('series', {
    type: 'seriesMaster',
    subject: 'Weekly',
    showAs: 'oof',
    attendees: [{ emailAddress: { address: 'bob@example.test' } }],
    ...more,
  })

const told = (changes: Change[]) =>
  changes.map((change) =>
    change.kind === 'remove'
      ? `- ${change.remoteId}`
      : `+ ${change.event.remoteId} ${change.event.title ?? ''} ${change.event.occurrences[0]?.kind ?? 'nothing'}`,
  )
const short = (lines: string[]) => lines.map((line) => line.replace(/(series\/)[\w-]{8}/, '$1…'))

/** Reads the first round with these answers, then goes on with those. */
async function after(first: Told[], ...rest: Told[]): Promise<{ begun: Page; gone: Page; asked: Asked[] }> {
  const { session, asked } = scripted(inTurn(about(), ...first, ...rest))
  let begun = await pull(session, 'cal', null, window)
  while (begun.more) begun = await pull(session, 'cal', begun.cursor, window)
  asked.length = 0
  const left = scripted(inTurn(...rest))
  const gone = await pull(left.session, 'cal', begun.cursor, window)
  return { begun, gone, asked: left.asked }
}

describe('a delta round', () => {
  test('begins on the path that is documented for the primary calendar, with its window, and asks for ids that stay', async () => {
    const { session, asked } = scripted(inTurn(about(), end([graphEvent('a')])))
    const { changes, more } = await pull(session, 'cal', null, window)
    expect([told(changes), more]).toEqual([['+ a Event a busy'], false])
    expect(asked[1]?.url.href).toBe(
      `${API}/me/calendarView/delta?startDateTime=2027-02-01T00%3A00%3A00.000Z&endDateTime=2027-06-01T00%3A00%3A00.000Z`,
    )
    for (const { headers } of asked) {
      expect(headers.get('prefer')).toContain('IdType="ImmutableId"')
      expect(headers.get('prefer')).toContain('outlook.timezone="UTC"')
      expect(headers.has('authorization')).toBe(false)
    }
    expect(asked[1]?.headers.get('prefer')).toContain('odata.maxpagesize=100')
  })

  test('goes on by its links, used whole, until the one that ends it', async () => {
    const { session, asked } = scripted(
      inTurn(about(), page([graphEvent('a')], { nextLink: `${SKIP}x%2By&z=1` }), end([graphEvent('b')])),
    )
    const first = await pull(session, 'cal', null, window)
    expect(first.more).toBe(true)
    const second = await pull(session, 'cal', first.cursor, window)
    expect([told(second.changes), second.more]).toEqual([['+ b Event b busy'], false])
    expect(asked[2]?.url.href).toBe(`${SKIP}x%2By&z=1`)
    expect(second.cursor).not.toBe(first.cursor)
  })

  test('the token follows no link to another host', async () => {
    for (const link of [
      'https://evil.example/v1.0/me/calendarView/delta?x',
      'http://graph.example/v1.0/x',
      'https://a:b@graph.example/v1.0/x',
      '//evil.example/x',
      'nonsense',
    ]) {
      const { session, asked } = scripted(inTurn(about(), page([], { nextLink: link })))
      await expect(pull(session, 'cal', null, window)).rejects.toMatchObject({ reason: 'refused-address' })
      expect(asked).toHaveLength(2)
    }
    const cursor = JSON.stringify({
      v: 1,
      by: 'delta',
      link: 'https://evil.example/',
      first: false,
      window,
      series: {},
    })
    const { session, asked } = scripted(inTurn())
    await expect(pull(session, 'cal', cursor, window)).rejects.toThrow(Unreachable)
    expect(asked).toHaveLength(0)
  })

  test('B22 what left the window and what was never in it are told as removed, and harm nothing', async () => {
    const { gone } = await after(
      [end([graphEvent('a')])],
      end([removed('a'), removed('never-seen'), graphEvent('b')], 'two'),
    )
    expect(told(gone.changes)).toEqual(['- a', '- never-seen', '+ b Event b busy'])
  })

  test('a page too large is asked for in smaller pieces, down to one', async () => {
    let calls = 0
    const { session, asked } = scripted((_, turn) => {
      if (turn === 0) return about()
      if (++calls < 3) throw new Unreachable('too large', 'too-large')
      return end([graphEvent('a')])
    })
    expect(told((await pull(session, 'cal', null, window)).changes)).toEqual(['+ a Event a busy'])
    expect(
      asked.slice(1).map(({ headers }) => /maxpagesize=(\d+)/.exec(headers.get('prefer')!)?.[1]),
    ).toEqual(['100', '10', '1'])
  })

  test('B24 one poison event in a page of a hundred is kept busy and reported; the others are read, the cursor moves', async () => {
    const poison = graphEvent('poison', {
      start: { dateTime: 'soon', timeZone: 'Nowhere' },
      end: null,
      subject: 7,
      attendees: 'all',
    })
    const { session } = scripted(
      inTurn(about(), end([...Array.from({ length: 99 }, (_, i) => graphEvent(`${i}`)), poison])),
    )
    const { changes } = await pull(session, 'cal', null, window)
    expect(changes).toHaveLength(100)
    expect(changes.at(-1)).toMatchObject({
      event: {
        remoteId: 'poison',
        trouble: 'impossible-date:soon',
        occurrences: [{ ...window, kind: 'unknown' }],
      },
    })
  })

  test.each([
    ['no list', { json: { value: {} } }],
    ['entries that are none', { json: { value: [7], '@odata.deltaLink': `${DELTA}x` } }],
    ['an event without an id', { json: { value: [{ subject: 'x' }], '@odata.deltaLink': `${DELTA}x` } }],
    ['no link', { json: { value: [] } }],
    ['cut JSON', { text: '{"value":[{"id":"a"' }],
    ['a web page', { text: '<html>Sign in to the hotel</html>', headers: { 'content-type': 'text/html' } }],
    ['nothing', { text: '' }],
  ] as [string, Told][])('C07 %s is a bad answer, nothing of it is kept or said', async (_, answer) => {
    const { session } = scripted(inTurn(about(), answer))
    const error = await pull(session, 'cal', null, window).catch((fault: unknown) => fault)
    expect(error).toMatchObject({ name: 'Unreachable', reason: 'bad-answer' })
    expect((error as Error).message).not.toMatch(/hotel|value/)
  })
})

describe('a series', () => {
  const days = ['2027-03-01', '2027-03-08', '2027-03-15']
  const bare = days.map((day, i) => occurrence(`o${i}`, day))
  const full = (i: number, more = {}) =>
    graphEvent(`o${i}`, {
      type: 'occurrence',
      seriesMasterId: 'series',
      subject: 'Weekly',
      showAs: 'oof',
      start: utc(`${days[i]}T09:00:00`),
      end: utc(`${days[i]}T10:00:00`),
      ...more,
    })

  test('its instances come as bare times and take the rest from their master, which is no event itself', async () => {
    const { session, asked } = scripted(inTurn(about(), end([...bare, master(), graphEvent('single')])))
    const { changes } = await pull(session, 'cal', null, window)
    expect(short(told(changes)).sort()).toEqual([
      '+ series/… Weekly out-of-office',
      '+ series/… Weekly out-of-office',
      '+ series/… Weekly out-of-office',
      '+ single Event single busy',
    ])
    expect(
      changes.find((change) => change.kind === 'upsert' && change.event.title === 'Weekly'),
    ).toMatchObject({
      event: {
        uid: 'ical-series',
        attendees: ['alice@example.test', 'bob@example.test'],
        occurrences: [{ start: Date.UTC(2027, 2, 1, 9) }],
      },
    })
    expect(asked).toHaveLength(2)
  })

  test('a master on another page is asked for, once; an exception keeps its own words; without any master it is busy', async () => {
    const moved = occurrence('o1', '2027-03-09', {
      type: 'exception',
      subject: 'Moved',
      showAs: 'busy',
      isOrganizer: true,
    })
    const { session, asked } = scripted(inTurn(about(), end([bare[0], moved]), { json: master() }))
    expect(short(told((await pull(session, 'cal', null, window)).changes))).toEqual([
      '+ series/… Weekly out-of-office',
      '+ series/… Moved busy',
    ])
    expect(asked[2]?.url.pathname).toBe('/v1.0/me/calendars/cal/events/series')

    const orphan = scripted(
      inTurn(about(), end([bare[0]]), { status: 404, json: graphError('ErrorItemNotFound') }),
    )
    expect(short(told((await pull(orphan.session, 'cal', null, window)).changes))).toEqual([
      '+ series/…  unknown',
    ])
  })

  test('B22 an instance that was deleted is not told of: the series that was touched is read whole, and what is missing goes', async () => {
    const { gone, asked } = await after(
      [end([...bare, master()])],
      end([master({ subject: 'Weekly' }), bare[0], bare[2]], 'two'),
      { json: { value: [full(0), full(2)] } },
    )
    const lines = short(told(gone.changes))
    expect(lines).toEqual([
      '- series',
      '- series/…',
      '+ series/… Weekly out-of-office',
      '+ series/… Weekly out-of-office',
    ])
    expect(asked[1]?.url.pathname).toBe('/v1.0/me/calendars/cal/events/series/instances')
    expect(asked[1]?.url.searchParams.get('startDateTime')).toBe('2027-02-01T00:00:00.000Z')
  })

  test('an instance told as removed goes; a series told as removed takes its instances along', async () => {
    const one = await after([end([...bare, master()])], end([removed('o1')], 'two'), {
      json: { value: [full(0), full(2)] },
    })
    expect(short(told(one.gone.changes))).toEqual([
      '- o1',
      '- series',
      '- series/…',
      '+ series/… Weekly out-of-office',
      '+ series/… Weekly out-of-office',
    ])
    const all = await after([end([...bare, master()])], end([removed('series')], 'two'))
    expect(short(told(all.gone.changes)).sort()).toEqual([
      '- series',
      '- series/…',
      '- series/…',
      '- series/…',
    ])
    expect(JSON.parse(all.gone.cursor)).toMatchObject({ series: {} })
  })

  test('a single event that its owner makes a series of leaves its place to the instances, and comes back from it', async () => {
    const turned = await after(
      [end([graphEvent('series')])],
      end([master({ transactionId: 'ritrovo:abc' })], 'two'),
      { json: { value: [full(0, { transactionId: 'ritrovo:abc' })] } },
    )
    expect(short(told(turned.gone.changes))).toEqual(['- series', '+ series/… Weekly out-of-office'])
    expect(turned.gone.changes[1]).toMatchObject({ event: { mark: 'abc', uid: 'abc' } })
    const back = await after([end([...bare, master()])], end([graphEvent('series')], 'two'))
    expect(short(told(back.gone.changes))).toEqual([
      '- series/…',
      '- series/…',
      '- series/…',
      '+ series Event series busy',
    ])
  })

  test('a series gone between the page and the look at it takes its instances along', async () => {
    const { gone } = await after([end([...bare, master()])], end([bare[0]], 'two'), {
      status: 404,
      json: graphError('ErrorItemNotFound'),
    })
    expect(short(told(gone.changes))).toEqual(['- series', '- series/…', '- series/…', '- series/…'])
  })
})

describe('a place that the server has forgotten', () => {
  const cursor = JSON.stringify({ v: 1, by: 'delta', link: `${DELTA}old`, first: false, window, series: {} })
  test.each<[string, Told, boolean]>([
    ['410', { status: 410, json: graphError('SyncStateNotFound') }, false],
    [
      '410 with a Location',
      { status: 410, headers: { location: `${DELTA}new` }, json: graphError('resyncRequired') },
      false,
    ],
    ['410 with no words', { status: 410, text: '' }, false],
    ['400 syncStateNotFound', { status: 400, json: graphError('syncStateNotFound') }, false],
    ['400 resyncRequired', { status: 400, json: graphError('ResyncRequired') }, false],
    ['404 SyncStateNotFound', { status: 404, json: graphError('SyncStateNotFound') }, false],
    [
      'a 400 without more, on a calendar that is there',
      { status: 400, json: graphError('BadRequest') },
      true,
    ],
    ['a 404 on a calendar that is there', { status: 404, json: graphError('ErrorItemNotFound') }, true],
  ])('B03 %s is CursorExpired', async (_, answer, looks) => {
    const { session, asked } = scripted(inTurn(answer, about()))
    await expect(pull(session, 'cal', cursor, window)).rejects.toThrow(CursorExpired)
    expect(asked).toHaveLength(looks ? 2 : 1)
  })

  test('B27 a calendar that is gone is NotFound, not a place forgotten', async () => {
    const gone = { status: 404, json: graphError('ErrorItemNotFound') }
    await expect(pull(scripted(inTurn(gone, gone)).session, 'cal', cursor, window)).rejects.toThrow(NotFound)
    await expect(pull(scripted(inTurn(gone)).session, 'cal', null, window)).rejects.toThrow(NotFound)
    const malformed = { status: 400, json: graphError('ErrorInvalidIdMalformed') }
    await expect(pull(scripted(inTurn(malformed)).session, 'cal', null, window)).rejects.toThrow(NotFound)
  })

  test('what is only this minute’s stays what it is', async () => {
    const fails = async (answer: Told) => pull(scripted(inTurn(answer)).session, 'cal', cursor, window)
    await expect(fails({ status: 401, json: graphError('InvalidAuthenticationToken') })).rejects.toThrow(
      AccessRevoked,
    )
    await expect(fails({ status: 500, text: '' })).rejects.toMatchObject({ reason: 'server-error' })
    await expect(
      fails({ status: 429, headers: { 'retry-after': '7' }, json: graphError('ApplicationThrottled') }),
    ).rejects.toMatchObject({ retryAfter: 7000 })
  })

  test('a cursor of another time is CursorExpired', async () => {
    for (const text of ['nonsense', '{}', '{"v":2}', '[]', '{"v":1,"by":"delta","link":"x"}'])
      await expect(pull(scripted(inTurn()).session, 'cal', text, window)).rejects.toThrow(CursorExpired)
  })
})

describe('a calendar without a delta', () => {
  const refused = { status: 400, json: graphError('ErrorInvalidRequest') }
  const list = (value: unknown[], nextLink?: string): Told => ({
    json: { value, ...(nextLink ? { '@odata.nextLink': nextLink } : {}) },
  })

  test.each([400, 404, 405, 501])('answers %s and is listed and compared instead', async (status) => {
    const { session, asked } = scripted(inTurn(about(false), { ...refused, status }, list([graphEvent('a')])))
    const { changes, more, cursor } = await pull(session, 'cal', null, window)
    expect(asked[1]?.url.pathname).toBe('/v1.0/me/calendars/cal/calendarView/delta')
    expect(asked[2]?.url.pathname).toBe('/v1.0/me/calendars/cal/calendarView')
    expect([told(changes), more]).toEqual([['+ a Event a busy'], false])
    expect(JSON.parse(cursor)).toMatchObject({ by: 'list' })
  })

  test('tells what is new, what changed and what is gone, over all its pages, once', async () => {
    const next = `${API}/me/calendars/cal/calendarView?$skip=2`
    const weekly = graphEvent('o1', { type: 'occurrence', seriesMasterId: 'series' })
    const script = [
      about(false),
      refused,
      list([graphEvent('a'), weekly], next),
      list([graphEvent('b')]),
      list([graphEvent('a'), weekly], next),
      list([graphEvent('b')]),
      list([graphEvent('a', { '@odata.etag': 'W/"2"', subject: 'Again' })], next),
      list([graphEvent('c')]),
    ]
    const { session } = scripted(inTurn(...script))
    const round = async (from: string | null) => {
      const lines: string[] = []
      let page: Page = { changes: [], cursor: from ?? '', more: true }
      for (let at = from; page.more; at = page.cursor)
        lines.push(...told((page = await pull(session, 'cal', at, window)).changes))
      return { lines: short(lines), cursor: page.cursor }
    }
    const first = await round(null)
    expect(first.lines).toEqual(['+ a Event a busy', '+ series/… Event o1 busy', '+ b Event b busy'])
    const second = await round(first.cursor)
    expect(second.lines).toEqual([])
    expect((await round(second.cursor)).lines).toEqual([
      '+ a Again busy',
      '+ c Event c busy',
      '- series/…',
      '- b',
    ])
  })

  test('a page lost in the middle is begun anew', async () => {
    const cursor = JSON.stringify({
      v: 1,
      by: 'list',
      link: `${API}/me/x?$skip=2`,
      window,
      seen: {},
      now: {},
    })
    const { session } = scripted(
      inTurn({ status: 400, json: graphError('ErrorInvalidUrlQuery') }, about(false)),
    )
    await expect(pull(session, 'cal', cursor, window)).rejects.toThrow(CursorExpired)
  })
})
