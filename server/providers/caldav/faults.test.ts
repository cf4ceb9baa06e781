import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startPracticeCaldav } from '#practice/caldav/server.ts'
import type { PracticeCaldav } from '#practice/caldav/server.ts'
import { startFaultProxy } from '#tests/counterparts/fault-proxy.ts'
import type { Fault, FaultProxy } from '#tests/counterparts/fault-proxy.ts'
import { freePort } from '#tests/counterparts/started.ts'
import { AccessRevoked, NotFound, SlowDown, Unreachable } from '../provider.ts'
import type { EventDraft, Session } from '../provider.ts'
import { caldav } from './caldav.ts'

let practice: PracticeCaldav
let proxy: FaultProxy
beforeAll(async () => {
  practice = await startPracticeCaldav({ password: 'a very secret password' })
  proxy = await startFaultProxy(practice.url)
})
afterAll(async () => {
  await proxy.stop()
  await practice.stop()
})
beforeEach(() => {
  proxy.clear()
  proxy.requests.length = 0
})

const WINDOW = { start: Date.UTC(2027, 0, 1), end: Date.UTC(2027, 2, 1) }
const within =
  (time: number): typeof fetch =>
  (input, init) =>
    fetch(input, { ...init, signal: AbortSignal.timeout(time) })
const session = (more: Partial<Session> = {}): Session => ({
  address: `${proxy.url}calendars/giulia/`,
  user: 'giulia',
  secret: 'a very secret password',
  fetch: within(20_000),
  zone: 'Europe/Rome',
  ...more,
})
const CALENDAR = '/calendars/giulia/work/'
const DRAFT: EventDraft = {
  uid: 'b1',
  sequence: 0,
  span: { start: Date.UTC(2027, 0, 5, 9), end: Date.UTC(2027, 0, 5, 10) },
  zone: 'Europe/Rome',
  title: 'x',
  description: '',
  location: '',
  url: null,
  organizer: { name: 'G', email: 'giulia@example.test' },
  attendees: [],
}
const verbs = (it: Session): Record<string, () => Promise<unknown>> => ({
  listCalendars: () => caldav.listCalendars(it),
  pull: () => caldav.pull(it, CALENDAR, null, WINDOW),
  createEvent: () => caldav.createEvent(it, CALENDAR, DRAFT),
  updateEvent: () => caldav.updateEvent(it, CALENDAR, `${CALENDAR}b1.ics`, DRAFT),
  deleteEvent: () => caldav.deleteEvent(it, CALENDAR, `${CALENDAR}b1.ics`),
  readEvent: () => caldav.readEvent(it, CALENDAR, 'b1'),
  freshBusy: () => caldav.freshBusy!(it, CALENDAR, WINDOW),
})

const HTML = '<!DOCTYPE html><html><head><title>Wi-Fi</title></head><body>Please sign in</body></html>'
const answer = (status: number, headers: Record<string, string> = {}, body = ''): Fault => ({
  kind: 'answer',
  status,
  headers,
  body,
})
const unreachable = (reason: string) => ({ name: 'Unreachable', reason })

describe('C07 whatever a server answers is one of five faults, in every verb', () => {
  test.each<[string, Fault, object]>([
    ['401', answer(401, { 'www-authenticate': 'Basic' }), { name: 'AccessRevoked' }],
    ['402', answer(402), unreachable('forbidden')],
    ['423', answer(423), unreachable('conflict')],
    ['429', answer(429), { name: 'SlowDown', retryAfter: 60_000 }],
    ['429 with a wait', answer(429, { 'retry-after': '120' }), { name: 'SlowDown', retryAfter: 120_000 }],
    [
      '503 with a wait of a year',
      answer(503, { 'retry-after': '31536000' }),
      { name: 'SlowDown', retryAfter: 3_600_000 },
    ],
    ['503 with nonsense', answer(503, { 'retry-after': 'soon' }), { name: 'SlowDown', retryAfter: 60_000 }],
    ['503', answer(503), unreachable('server-error')],
    ['502', answer(502, {}, HTML), unreachable('server-error')],
    ['a redirect nowhere', answer(302), unreachable('bad-answer')],
  ])('%s', async (_, fault, expected) => {
    for (const [name, verb] of Object.entries(verbs(session()))) {
      proxy.clear()
      proxy.inject({}, fault, Infinity)
      await expect(verb(), name).rejects.toMatchObject(expected)
    }
  })

  test.each<[string, Fault, string]>([
    ['403', answer(403), 'forbidden'],
    ['405, as a web server does', answer(405), 'not-this-protocol'],
    ['500', answer(500, {}, HTML), 'server-error'],
    ['a web page', answer(200, { 'content-type': 'text/html' }, HTML), 'not-this-protocol'],
    ['a web page that says 207', answer(207, { 'content-type': 'text/html' }, HTML), 'not-this-protocol'],
    ['a web page without a type', answer(200, {}, HTML), 'not-this-protocol'],
    ['nothing with 200', answer(200), 'not-this-protocol'],
    ['nothing with 207', answer(207), 'not-this-protocol'],
    ['204', answer(204), 'not-this-protocol'],
    ['JSON', answer(207, { 'content-type': 'application/json' }, '{"error":1}'), 'not-this-protocol'],
    ['XML of another kind', answer(207, {}, '<?xml version="1.0"?><rss/>'), 'bad-answer'],
    ['XML cut off', answer(207, {}, '<d:multistatus xmlns:d="DAV:"><d:response>'), 'bad-answer'],
    [
      'XML with a DOCTYPE',
      answer(207, {}, '<!DOCTYPE x [<!ENTITY a "b">]><d:multistatus xmlns:d="DAV:"/>'),
      'bad-answer',
    ],
  ])('%s is not our calendar', async (_, fault, reason) => {
    proxy.inject({}, fault, Infinity)
    for (const name of ['listCalendars', 'pull', 'freshBusy'])
      await expect(verbs(session())[name]!(), name).rejects.toMatchObject(unreachable(reason))
  })

  test('an event in the place of which something else stands is never read as ours', async () => {
    for (const body of [HTML, '', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:b1\r\n']) {
      proxy.clear()
      proxy.inject({ method: 'GET' }, answer(200, {}, body), Infinity)
      expect(await caldav.readEvent(session(), CALENDAR, 'b1')).toBe(null)
    }
  })

  test('404 and 410 of a calendar are NotFound, of an event nothing', async () => {
    for (const status of [404, 410]) {
      proxy.clear()
      proxy.inject({}, answer(status), Infinity)
      await expect(caldav.pull(session(), CALENDAR, null, WINDOW)).rejects.toThrow(NotFound)
      await expect(caldav.deleteEvent(session(), CALENDAR, `${CALENDAR}b1.ics`)).resolves.toBe(undefined)
    }
  })
})

describe('silence and broken lines', () => {
  test('nobody listening, no such name, another protocol', async () => {
    const closed = await freePort()
    for (const [address, reason] of [
      [`http://localhost:${closed}/`, 'connect'],
      ['http://localhost:6000/', 'connect'],
      ['http://no-such-host.invalid/', 'dns'],
      [`https://localhost:${proxy.port}/`, 'tls'],
    ] as const)
      await expect(caldav.listCalendars(session({ address })), address).rejects.toMatchObject({ reason })
  })
  test('a line that breaks, before and after the server has heard', async () => {
    for (const kind of ['reset', 'lose-reply'] as const) {
      proxy.clear()
      proxy.inject({}, { kind }, Infinity)
      await expect(caldav.listCalendars(session())).rejects.toMatchObject(unreachable('connect'))
    }
  })
  test('an answer cut off is no answer', async () => {
    proxy.inject({}, { kind: 'truncate', after: 60 }, Infinity)
    await expect(caldav.listCalendars(session())).rejects.toThrow(Unreachable)
  })
  test('C05 a server that says nothing, or one byte at a time, ends at the deadline', async () => {
    for (const fault of [{ kind: 'hang' }, { kind: 'drip', every: 200 }] as const) {
      proxy.clear()
      proxy.inject({}, fault, Infinity)
      const began = performance.now()
      await expect(caldav.listCalendars(session({ fetch: within(600) }))).rejects.toMatchObject(
        unreachable('timeout'),
      )
      expect(performance.now() - began).toBeLessThan(10_000)
    }
  })
  test('C08 an answer without an end is cut at the cap', async () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1_000_000)),
    })
    const fetching = (() => Promise.resolve(new Response(endless, { status: 207 }))) as typeof fetch
    await expect(caldav.listCalendars(session({ fetch: fetching }))).rejects.toMatchObject(
      unreachable('too-large'),
    )
  })
  test('a mistake of ours stays one', async () => {
    const broken = (() => Promise.reject(new RangeError('ours'))) as typeof fetch
    await expect(caldav.listCalendars(session({ fetch: broken }))).rejects.toThrow(RangeError)
  })
})

test('no fault tells the password, nor what the server said', async () => {
  const told: string[] = []
  for (const fault of [
    answer(401),
    answer(403, {}, `you said ${session().secret}`),
    answer(500, {}, HTML),
    { kind: 'reset' },
    answer(207, {}, '<x/>'),
  ] as Fault[]) {
    proxy.clear()
    proxy.inject({}, fault, Infinity)
    const error = await caldav.listCalendars(session()).catch((caught: Error) => caught)
    told.push(`${(error as Error).message} ${(error as Error).stack} ${JSON.stringify(error)}`)
  }
  expect(told.join()).not.toMatch(/secret|Wi-Fi|sign in|YSB2ZXJ5/)
})

test('the password is sent as UTF-8, never in the address', async () => {
  proxy.inject({}, answer(401))
  await caldav.listCalendars(session({ user: 'jürgen', secret: 'pä:ss' })).catch(() => undefined)
  expect(proxy.requests[0]!.headers.authorization).toBe(
    `Basic ${Buffer.from('jürgen:pä:ss', 'utf8').toString('base64')}`,
  )
  expect(proxy.requests.map(({ path }) => path).join()).not.toContain('ss')
})

test('the five faults are what the port calls them', () => {
  expect([new AccessRevoked(), new NotFound(), new SlowDown('', 1)].map(({ name }) => name)).toEqual([
    'AccessRevoked',
    'NotFound',
    'SlowDown',
  ])
})
