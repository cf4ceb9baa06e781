import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startPracticeCaldav } from '#practice/caldav/server.ts'
import type { PracticeCaldav } from '#practice/caldav/server.ts'
import { startFaultProxy } from '#tests/counterparts/fault-proxy.ts'
import type { FaultProxy } from '#tests/counterparts/fault-proxy.ts'
import { CursorExpired, NotFound, SlowDown, Unreachable } from '../provider.ts'
import type { Page, RemoteEvent, Session } from '../provider.ts'
import { caldav } from './caldav.ts'

const CALENDAR = '/calendars/giulia/work/'
const WINDOW = { start: Date.UTC(2027, 0, 1), end: Date.UTC(2027, 2, 1) }
const SYNC = { method: 'REPORT', body: /sync-collection/ }
const GET_MANY = { method: 'REPORT', body: /calendar-multiget/ }

let practice: PracticeCaldav
let proxy: FaultProxy
beforeAll(async () => {
  practice = await startPracticeCaldav()
  proxy = await startFaultProxy(practice.url)
})
afterAll(async () => {
  await proxy.stop()
  await practice.stop()
})
beforeEach(() => {
  proxy.clear()
  proxy.requests.length = 0
  const calendar = practice.store.calendars.get(CALENDAR)!
  for (const href of Array.from(calendar.objects.keys())) practice.store.remove(calendar, href)
})

const session = (more: Partial<Session> = {}): Session => ({
  address: `${proxy.url}calendars/giulia/`,
  user: 'giulia',
  secret: practice.password,
  fetch,
  zone: 'Europe/Rome',
  ...more,
})
const event = (uid: string, ...more: string[]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTART:20270105T100000Z',
    'DURATION:PT1H',
    `SUMMARY:${uid}`,
    ...more,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')
const put = (name: string, text = event(name)) =>
  practice.store.put(practice.store.calendars.get(CALENDAR)!, `${CALENDAR}${name}.ics`, text, name)
const remove = (name: string) =>
  practice.store.remove(practice.store.calendars.get(CALENDAR)!, `${CALENDAR}${name}.ics`)
const pull = (cursor: string | null, more: Partial<Session> = {}): Promise<Page> =>
  caldav.pull(session(more), CALENDAR, cursor, WINDOW)

async function pullAll(
  from: string | null,
): Promise<{ events: RemoteEvent[]; removed: string[]; cursor: string; pages: number }> {
  const all: Page[] = []
  for (let cursor = from; all.length < 200; cursor = all.at(-1)!.cursor) {
    all.push(await pull(cursor))
    if (!all.at(-1)!.more) break
  }
  const changes = all.flatMap((page) => page.changes)
  return {
    events: changes.flatMap((change) => (change.kind === 'upsert' ? [change.event] : [])),
    removed: changes.flatMap((change) => (change.kind === 'remove' ? [change.remoteId] : [])),
    cursor: all.at(-1)!.cursor,
    pages: all.length,
  }
}
const uids = ({ events }: { events: RemoteEvent[] }): string[] => events.map(({ uid }) => uid).sort()

describe('B04 a token the server no longer knows, in every dialect', () => {
  const error = (condition: string) =>
    `<?xml version="1.0"?><d:error xmlns:d="DAV:"><d:${condition}/></d:error>`
  test.each([
    [403, error('valid-sync-token')],
    [409, error('valid-sync-token')],
    [403, ''],
    [400, 'Bad token'],
    [404, ''],
    [410, ''],
    [412, ''],
    [415, 'sync token not supported'],
    [418, 'I am a teapot'],
    [500, '<html>Traceback</html>'],
    [501, ''],
    [507, error('number-of-matches-within-limits')],
  ])('%i %s is CursorExpired, and reading from the start brings everything', async (status, body) => {
    put('a')
    const { cursor } = await pull(null)
    put('b')
    remove('a')
    proxy.inject(SYNC, { kind: 'answer', status, body })
    await expect(pull(cursor)).rejects.toThrow(CursorExpired)
    expect(uids(await pullAll(null))).toEqual(['b'])
  })

  test('a calendar that is gone, a server in trouble and a tired one are not taken for an old token', async () => {
    const { cursor } = await pull(null)
    proxy.inject(SYNC, { kind: 'answer', status: 403 })
    proxy.inject({ method: 'PROPFIND' }, { kind: 'answer', status: 404 })
    await expect(pull(cursor)).rejects.toThrow(NotFound)
    proxy.inject(SYNC, { kind: 'answer', status: 500 })
    proxy.inject({ method: 'PROPFIND' }, { kind: 'answer', status: 500 })
    await expect(pull(cursor)).rejects.toMatchObject({ reason: 'server-error' })
    proxy.inject(SYNC, { kind: 'answer', status: 503, headers: { 'retry-after': '5' } })
    await expect(pull(cursor)).rejects.toThrow(SlowDown)
    proxy.inject(SYNC, { kind: 'answer', status: 502 })
    await expect(pull(cursor)).rejects.toMatchObject({ reason: 'server-error' })
  })

  test('an empty success is not an empty calendar', async () => {
    put('a')
    const { cursor } = await pull(null)
    for (const status of [200, 204, 207]) {
      proxy.inject(SYNC, { kind: 'answer', status })
      await expect(pull(cursor)).rejects.toThrow(Unreachable)
    }
  })

  test('a list cut short (507) is gone on with, not taken for the whole', async () => {
    for (let i = 0; i < 9; i++) put(`e${i}`)
    // As if the server would name three at a time.
    const small = (async (input: URL, init: RequestInit) =>
      fetch(input, {
        ...init,
        ...(typeof init.body === 'string'
          ? { body: init.body.replace('<d:nresults>1000<', '<d:nresults>3<') }
          : {}),
      })) as typeof fetch
    const seen: string[] = []
    let page = await pull(null, { fetch: small })
    let pages = 1
    for (; ; pages++) {
      seen.push(...page.changes.flatMap((change) => (change.kind === 'upsert' ? [change.event.uid] : [])))
      if (!page.more) break
      page = await pull(page.cursor, { fetch: small })
    }
    expect(seen.sort()).toEqual(Array.from({ length: 9 }, (_, i) => `e${i}`))
    expect(pages).toBe(3)
  })

  test('a server that cuts to nothing is not asked for ever', async () => {
    put('a')
    const cut = `<d:multistatus xmlns:d="DAV:"><d:response><d:href>${CALENDAR}</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status></d:response><d:sync-token>x</d:sync-token></d:multistatus>`
    proxy.inject(SYNC, { kind: 'answer', status: 207, body: cut }, Infinity)
    await expect(pull(null)).rejects.toMatchObject({ reason: 'bad-answer' })
  })

  test('a server that takes no limit is asked without, now and the next time', async () => {
    put('a')
    proxy.inject({ ...SYNC, body: /nresults/ }, { kind: 'answer', status: 507 }, Infinity)
    const first = await pullAll(null)
    expect(uids(first)).toEqual(['a'])
    put('b')
    expect(uids(await pullAll(first.cursor))).toEqual(['b'])
  })
})

describe('B04 a server without sync-collection', () => {
  const without = () =>
    proxy.inject(SYNC, { kind: 'answer', status: 415, body: 'unsupported report' }, Infinity)
  test('changes, additions and deletions are found by ETags; an unchanged ctag is one question', async () => {
    without()
    for (let i = 0; i < 250; i++) put(`e${i}`)
    const first = await pullAll(null)
    expect([uids(first).length, first.pages]).toEqual([250, 2])

    proxy.requests.length = 0
    expect(await pull(first.cursor)).toMatchObject({ changes: [], more: false })
    expect(proxy.requests.map(({ method }) => method)).toEqual(['PROPFIND'])

    put('e1', event('e1', 'LOCATION:moved'))
    put('new')
    remove('e2')
    const second = await pullAll(first.cursor)
    expect(uids(second)).toEqual(['e1', 'new'])
    expect(second.removed).toEqual([`${CALENDAR}e2.ics`])
    expect(await pullAll(second.cursor)).toMatchObject({ events: [], removed: [] })
  })
  test('without a ctag the names are compared each time; without ETags all is read each time', async () => {
    without()
    put('a')
    put('b')
    const drop = (name: string) => (body: string) =>
      body.replaceAll(new RegExp(`<(\\w+:)?${name}\\b[^>]*>[^<]*</(\\w+:)?${name}>`, 'g'), '')
    proxy.inject({ method: 'PROPFIND' }, { kind: 'swap', change: drop('getctag') }, Infinity)
    const first = await pullAll(null)
    remove('a')
    expect((await pullAll(first.cursor)).removed).toEqual([`${CALENDAR}a.ics`])
    proxy.clear()
    without()
    proxy.inject(
      { method: 'PROPFIND' },
      { kind: 'swap', change: (body) => drop('getetag')(drop('getctag')(body)) },
      Infinity,
    )
    const blind = await pullAll(null)
    expect(uids(await pullAll(blind.cursor))).toEqual(['b'])
  })
})

describe('objects', () => {
  test('B24 one poison object in a page of a hundred: 99 events, one kept busy and reported, and the cursor moves', async () => {
    for (let i = 0; i < 99; i++) put(`e${i}`)
    put(
      'poison',
      event('poison', 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', `DESCRIPTION:${'x'.repeat(100_000)}`),
    )
    const read = await pullAll(null)
    expect(read.events.length).toBe(100)
    expect(read.events.filter(({ trouble }) => trouble === null).length).toBe(99)
    const [poison] = read.events.filter(({ trouble }) => trouble !== null)
    expect(poison).toMatchObject({ remoteId: `${CALENDAR}poison.ics`, trouble: 'bad-rule' })
    expect(poison!.occurrences.length).toBeGreaterThan(20)
    expect(await pull(read.cursor)).toMatchObject({ changes: [], more: false })
  })

  test('B25 NUL and half characters on the wire do not stop it', async () => {
    put('a')
    put('b')
    proxy.inject(GET_MANY, {
      kind: 'swap',
      change: (body) => body.replace('SUMMARY:a', 'SUMMARY:Ihre Verf\u0000ügbarkeit&#0;&#xD800;'),
    })
    const read = await pullAll(null)
    expect(uids(read)).toEqual(['a', 'b'])
    const title = read.events.find(({ uid }) => uid === 'a')!.title!
    expect(title).toMatch(/^Ihre Verfügbarkeit/)
    expect(title.includes('\0')).toBe(false)
    expect(JSON.stringify(read.events).isWellFormed()).toBe(true)
  })

  test('an answer too large is asked for in halves; one too large by itself is busy as it says', async () => {
    const small = (async (input: URL, init: RequestInit) => {
      const response = await fetch(input, init)
      const body = await response.text()
      const wholeData = typeof init.body === 'string' && init.body.includes('<c:calendar-data/>')
      return body.length > 40_000 && wholeData
        ? Promise.reject(new Unreachable('too much', 'too-large'))
        : new Response(response.status === 204 ? null : body, {
            status: response.status,
            headers: response.headers,
          })
    }) as typeof fetch
    for (let i = 0; i < 6; i++) put(`e${i}`, event(`e${i}`, `DESCRIPTION:${'x'.repeat(9000)}`))
    put('huge', event('huge', `ATTACH:${'x'.repeat(50_000)}`))
    const { changes } = await pull(null, { fetch: small })
    expect(changes.length).toBe(7)
    expect(changes.find((change) => change.kind === 'upsert' && change.event.uid === 'huge')).toMatchObject({
      event: { occurrences: [{ start: Date.UTC(2027, 0, 5, 10), kind: 'busy' }] },
    })
  })

  test('what the list names and the multiget passes over is fetched by itself, or gone', async () => {
    put('a')
    put('b')
    put('c')
    proxy.inject(GET_MANY, {
      kind: 'swap',
      change: (body) =>
        body
          .replace(/<d:response><d:href>[^<]*a\.ics[\s\S]*?<\/d:response>/, '')
          .replace(/<d:response><d:href>[^<]*b\.ics[\s\S]*?<\/d:response>/, ''),
    })
    proxy.inject({ method: 'GET', path: /b\.ics/ }, { kind: 'answer', status: 404 })
    const read = await pullAll(null)
    expect(uids(read)).toEqual(['a', 'c'])
    expect(read.removed).toEqual([`${CALENDAR}b.ics`])
  })

  test('one that may not be read is busy all the time, and says so', async () => {
    put('a')
    proxy.inject(GET_MANY, {
      kind: 'swap',
      change: (body) =>
        body.replace(/<d:propstat>[\s\S]*?<\/d:propstat>/, '<d:status>HTTP/1.1 403 Forbidden</d:status>'),
    })
    proxy.inject({ method: 'GET' }, { kind: 'answer', status: 403 })
    const [only] = (await pullAll(null)).events
    expect(only).toMatchObject({
      remoteId: `${CALENDAR}a.ics`,
      uid: `${CALENDAR}a.ics`,
      trouble: 'too-large',
      occurrences: [{ ...WINDOW, kind: 'unknown' }],
    })
  })

  test('one spelling of an address: what is listed with @ and deleted with %40 is the same', async () => {
    put('me@example.test')
    const [made] = (await pullAll(null)).events
    expect(made!.remoteId).toBe(`${CALENDAR}me%40example.test.ics`)
    const { cursor } = await pullAll(null)
    remove('me@example.test')
    expect((await pullAll(cursor)).removed).toEqual([made!.remoteId])
  })

  test('a task is nobody’s time; an event that becomes one goes', async () => {
    put('a')
    const { cursor } = await pullAll(null)
    put('a', event('a').replaceAll('VEVENT', 'VTODO'))
    expect(await pullAll(cursor)).toMatchObject({ events: [], removed: [`${CALENDAR}a.ics`] })
  })

  test('D06 D07 B32 the calendar’s zone reads days and floating times, the owner’s addresses read answers', async () => {
    const tokyo = practice.store.makeCalendar('/calendars/giulia/tokyo/', {
      name: 'Tokyo',
      zone: 'Asia/Tokyo',
    })
    const add = (uid: string, ...lines: string[]) =>
      practice.store.put(
        tokyo,
        `${tokyo.path}${uid}.ics`,
        ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', `UID:${uid}`, ...lines, 'END:VEVENT', 'END:VCALENDAR', ''].join(
          '\r\n',
        ),
        uid,
      )
    add('day', 'DTSTART;VALUE=DATE:20270110')
    add('floating', 'DTSTART:20270111T100000', 'DURATION:PT1H')
    add(
      'declined',
      'DTSTART:20270112T100000Z',
      'DURATION:PT1H',
      'ATTENDEE;PARTSTAT=DECLINED:mailto:Giulia@example.test',
    )
    const { changes } = await caldav.pull(session(), tokyo.path, null, WINDOW)
    const found = new Map(
      changes.flatMap((change) =>
        change.kind === 'upsert' ? [[change.event.uid, change.event.occurrences[0]!]] : [],
      ),
    )
    expect(found.get('day')).toEqual({
      start: Date.UTC(2027, 0, 9, 15),
      end: Date.UTC(2027, 0, 10, 15),
      kind: 'busy',
      allDay: true,
    })
    expect(found.get('floating')).toMatchObject({ start: Date.UTC(2027, 0, 11, 1) })
    expect(found.get('declined')).toMatchObject({ kind: 'declined' })
    const fresh = await caldav.freshBusy!(session(), tokyo.path, {
      start: Date.UTC(2027, 0, 9),
      end: Date.UTC(2027, 0, 13),
    })
    expect(fresh.map(({ uid, kind }) => `${uid}: ${kind}`).sort()).toEqual([
      'day: busy',
      'declined: declined',
      'floating: busy',
    ])
    practice.store.calendars.delete(tokyo.path)
  })
})

describe('cost', () => {
  test('nothing new is one question', async () => {
    put('a')
    const { cursor } = await pullAll(null)
    proxy.requests.length = 0
    await pull(cursor)
    expect(proxy.requests.length).toBe(1)
  })
  test('two thousand objects come in pages of bounded size, each asked for once', async () => {
    for (let i = 0; i < 2000; i++) put(`e${i}`)
    proxy.requests.length = 0
    const read = await pullAll(null)
    expect(new Set(uids(read)).size).toBe(2000)
    expect(read.pages).toBe(10)
    expect(proxy.requests.filter(({ body }) => /multiget/.test(body)).length).toBe(20)
  }, 60_000)
  test('a cursor of another time is CursorExpired', async () => {
    for (const text of ['', '{}', '[]', 'null', '{"v":0}', '{"v":1,"token":"x"}'])
      await expect(pull(text)).rejects.toThrow(CursorExpired)
  })
})
