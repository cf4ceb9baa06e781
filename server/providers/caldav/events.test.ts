import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startPracticeCaldav } from '#practice/caldav/server.ts'
import type { PracticeCaldav } from '#practice/caldav/server.ts'
import { startFaultProxy } from '#tests/counterparts/fault-proxy.ts'
import type { FaultProxy } from '#tests/counterparts/fault-proxy.ts'
import { NotFound, Unreachable } from '../provider.ts'
import type { EventDraft, Session } from '../provider.ts'
import { caldav } from './caldav.ts'

const CALENDAR = '/calendars/giulia/work/'
let practice: PracticeCaldav
let proxy: FaultProxy
let session: Session
beforeAll(async () => {
  practice = await startPracticeCaldav()
  proxy = await startFaultProxy(practice.url)
  session = {
    address: `${proxy.url}calendars/giulia/`,
    user: 'giulia',
    secret: practice.password,
    fetch,
    zone: 'Europe/Rome',
  }
})
afterAll(async () => {
  await proxy.stop()
  await practice.stop()
})
beforeEach(() => {
  proxy.clear()
  proxy.requests.length = 0
  for (const href of Array.from(calendar().objects.keys())) practice.store.remove(calendar(), href)
})

const calendar = () => practice.store.calendars.get(CALENDAR)!
const stored = () => [...calendar().objects.values()]
const draft = (more: Partial<EventDraft> = {}): EventDraft => ({
  uid: 'b1@ritrovo',
  sequence: 0,
  span: { start: Date.UTC(2027, 0, 5, 9), end: Date.UTC(2027, 0, 5, 10) },
  zone: 'Europe/Rome',
  title: 'Introduction',
  description: '',
  location: '',
  url: null,
  organizer: { name: 'Giulia', email: 'giulia@example.test' },
  attendees: [{ name: 'Bob', email: 'bob@example.test' }],
  ...more,
})
const create = (it = draft()) => caldav.createEvent(session, CALENDAR, it)
const update = (it: EventDraft, id = stored()[0]!.href) => caldav.updateEvent(session, CALENDAR, id, it)
const rewrite = (change: (text: string) => string) => {
  const [object] = stored()
  practice.store.put(calendar(), object!.href, change(object!.text), object!.uid)
}

describe('C23 creating', () => {
  test('is a PUT under a name of our own that must be free', async () => {
    await create()
    const put = proxy.requests.find(({ method }) => method === 'PUT')!
    expect(put.headers).toMatchObject({
      'if-none-match': '*',
      'content-type': 'text/calendar; charset=utf-8',
    })
    expect(put.path).toBe(`${CALENDAR}b1.40.ritrovo.ics`)
    expect(put.body).toContain('SCHEDULE-AGENT=CLIENT')
    expect(put.body).not.toContain('METHOD')
  })
  test('412 on our own event is success, and what stands there is what we are told', async () => {
    await create()
    const again = await create(draft({ title: 'Another' }))
    expect(again).toMatchObject({ uid: 'b1@ritrovo', title: 'Introduction' })
    expect(stored().length).toBe(1)
  })
  test('C06 a lost reply, then a try that meets its own event', async () => {
    proxy.inject({ method: 'PUT' }, { kind: 'lose-reply' })
    await expect(create()).rejects.toThrow(Unreachable)
    expect(await create()).toMatchObject({ span: draft().span })
    expect(stored().length).toBe(1)
  })
  test('C06 a reply lost on the reading back', async () => {
    proxy.inject({ method: 'GET' }, { kind: 'lose-reply' })
    await expect(create()).rejects.toThrow(Unreachable)
    expect(await create()).toMatchObject({ span: draft().span })
    expect(stored().length).toBe(1)
  })
  test('somebody else’s object under our name is a conflict, never overwritten', async () => {
    await create()
    rewrite((text) => text.replace('UID:b1@ritrovo', 'UID:other'))
    await expect(create()).rejects.toMatchObject({ reason: 'conflict' })
    expect(stored()[0]!.text).toContain('UID:other')
  })
  test('our UID under another name is found (no-uid-conflict)', async () => {
    await create()
    const [object] = stored()
    practice.store.remove(calendar(), object!.href)
    practice.store.put(calendar(), `${CALENDAR}renamed.ics`, object!.text, object!.uid)
    expect(await create()).toMatchObject({ remoteId: `${CALENDAR}renamed.ics`, uid: 'b1@ritrovo' })
    expect(stored().length).toBe(1)
  })
  test('a calendar that takes no events says so', async () => {
    calendar().readOnly = true
    await expect(create()).rejects.toMatchObject({ reason: 'forbidden' })
    calendar().readOnly = false
  })
  test('an event taken but not shown is not booked', async () => {
    proxy.inject({ method: 'GET' }, { kind: 'answer', status: 404 }, Infinity)
    proxy.inject(
      { method: 'REPORT' },
      { kind: 'answer', status: 207, body: '<d:multistatus xmlns:d="DAV:"/>' },
      Infinity,
    )
    await expect(create()).rejects.toMatchObject({ reason: 'bad-answer' })
  })
  test('a server that moves the event is believed, not our own words', async () => {
    proxy.inject(
      { method: 'GET' },
      {
        kind: 'swap',
        change: (body) =>
          body
            .replace(/DTSTART;TZID.*/, 'DTSTART:20270106T090000Z')
            .replace(/DTEND;TZID.*/, 'DTEND:20270106T100000Z'),
      },
    )
    expect(await create()).toMatchObject({
      span: { start: Date.UTC(2027, 0, 6, 9), end: Date.UTC(2027, 0, 6, 10) },
    })
  })
  test('UIDs that differ never share a name', async () => {
    const uids = ['a.b', 'a/b', 'a%2fb', 'a.2f.b', 'A.B', 'a b', '..', '.', 'é', 'e\u0301', '🙂']
    for (const uid of uids) expect(await create(draft({ uid }))).toMatchObject({ uid })
    expect(new Set(stored().map(({ href }) => href.toLowerCase())).size).toBeGreaterThanOrEqual(
      uids.length - 1,
    )
    for (const uid of uids) expect(await caldav.readEvent(session, CALENDAR, uid)).toMatchObject({ uid })
  })
})

describe('changing', () => {
  const moved = draft({
    sequence: 1,
    span: { start: Date.UTC(2027, 0, 6, 9), end: Date.UTC(2027, 0, 6, 10) },
  })
  test('keeps what others wrote, and only writes over what it has read', async () => {
    await create()
    rewrite((text) =>
      text
        .replace('SUMMARY:Introduction', 'SUMMARY:Mine\r\nX-FOREIGN:1')
        .replace('END:VEVENT', 'BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT'),
    )
    const { etag } = stored()[0]!
    expect(await update(moved)).toMatchObject({ span: moved.span, title: 'Mine' })
    expect(stored()[0]!.text).toMatch(/X-FOREIGN:1[\s\S]*BEGIN:VALARM/)
    expect(
      proxy.requests.find(({ method, headers }) => method === 'PUT' && headers['if-match'])!.headers[
        'if-match'
      ],
    ).toBe(etag)
  })
  test('412: what somebody wrote meanwhile is read and kept', async () => {
    await create()
    let raced = false
    const racing = (async (input: URL, init: RequestInit) => {
      if (init.method === 'PUT' && !raced) {
        raced = true
        rewrite((text) => text.replace('SUMMARY:Introduction', 'SUMMARY:Changed meanwhile'))
      }
      return fetch(input, init)
    }) as typeof fetch
    expect(
      await caldav.updateEvent({ ...session, fetch: racing }, CALENDAR, stored()[0]!.href, moved),
    ).toMatchObject({ title: 'Changed meanwhile', span: moved.span })
  })
  test('412 again and again ends as a conflict', async () => {
    await create()
    proxy.inject({ method: 'PUT' }, { kind: 'answer', status: 412 }, Infinity)
    await expect(update(moved)).rejects.toMatchObject({ reason: 'conflict' })
    expect(proxy.requests.filter(({ headers }) => headers['if-match']).length).toBeLessThanOrEqual(4)
  })
  test('gone before, and gone between reading and writing, is NotFound', async () => {
    await create()
    const { href } = stored()[0]!
    practice.store.remove(calendar(), href)
    await expect(update(moved, href)).rejects.toThrow(NotFound)
    await create()
    proxy.inject({ method: 'PUT' }, { kind: 'answer', status: 404 })
    await expect(update(moved, href)).rejects.toThrow(NotFound)
  })
  test('twice is once: the second finds nothing more to do', async () => {
    await create()
    await update(moved)
    expect(await update(moved)).toMatchObject({ span: moved.span, title: 'Introduction' })
    expect(stored()[0]!.text.match(/^DTSTART;TZID=Europe/gm)!.length).toBe(1)
  })
  test.each([
    ['nginx', (etag: string) => `W/${etag}`],
    ['Apache', (etag: string) => etag.replace(/"$/, '-gzip"')],
  ])(
    'behind %s, which marks the ETag of what it compresses, an event can still be changed',
    async (_, marked) => {
      await create()
      proxy.inject(
        { method: 'GET' },
        { kind: 'swap', change: (body) => body, headers: { etag: marked(stored()[0]!.etag) } },
      )
      expect(await update(moved)).toMatchObject({ span: moved.span })
    },
  )
})

describe('C25 taking away', () => {
  test.each([200, 204, 404, 410])('%i is done', async (status) => {
    proxy.inject({ method: 'DELETE' }, { kind: 'answer', status })
    await expect(caldav.deleteEvent(session, CALENDAR, `${CALENDAR}x.ics`)).resolves.toBe(undefined)
  })
  test('what may not be deleted is a fault', async () => {
    await create()
    calendar().readOnly = true
    await expect(caldav.deleteEvent(session, CALENDAR, stored()[0]!.href)).rejects.toMatchObject({
      reason: 'forbidden',
    })
    calendar().readOnly = false
    expect(stored().length).toBe(1)
  })
  test('an address on another host is never asked', async () => {
    await expect(caldav.deleteEvent(session, CALENDAR, 'https://evil.example/x.ics')).rejects.toMatchObject({
      reason: 'refused-address',
    })
    await expect(caldav.pull(session, '//evil.example/', null, { start: 0, end: 1 })).rejects.toMatchObject({
      reason: 'refused-address',
    })
  })
})
