import { describe, expect, test } from 'vitest'
import { inTurn, scripted } from '#tests/counterparts/scripted-fetch.ts'
import type { Reply } from '#tests/counterparts/scripted-fetch.ts'
import { Unreachable } from '../provider.ts'
import type { EventDraft, Session } from '../provider.ts'
import { google } from './google.ts'
import { sendGmail } from './mail.ts'

const session = (fetching: typeof fetch): Session => ({
  address: 'https://calendar.test/calendar/v3/',
  user: '',
  secret: '',
  fetch: fetching,
  zone: 'Europe/Rome',
})
const WINDOW = { start: Date.UTC(2027, 0, 1), end: Date.UTC(2027, 1, 1) }
const DRAFT: EventDraft = {
  uid: 'b1',
  sequence: 0,
  span: { start: Date.UTC(2027, 0, 5, 9), end: Date.UTC(2027, 0, 5, 10) },
  zone: 'Europe/Rome',
  title: 'x',
  description: '',
  location: '',
  url: null,
  organizer: { name: 'G', email: 'g@example.test' },
  attendees: [],
}
const CALL = {
  id: 'w1',
  address: 'https://us.test/push',
  lifecycle: '',
  secret: 's',
  until: Date.now() + 86_400_000,
}
const verbs = (it: Session): Record<string, () => Promise<unknown>> => ({
  listCalendars: () => google.listCalendars(it),
  pull: () => google.pull(it, 'c', null, WINDOW),
  createEvent: () => google.createEvent(it, 'c', DRAFT),
  updateEvent: () => google.updateEvent(it, 'c', 'e', DRAFT),
  deleteEvent: () => google.deleteEvent(it, 'c', 'e'),
  readEvent: () => google.readEvent(it, 'c', 'b1'),
  freshBusy: () => google.freshBusy!(it, 'c', WINDOW),
  watch: () => google.watch!.start(it, 'c', CALL),
  unwatch: () => google.watch!.stop(it, { id: 'w1', resource: 'r', until: 0 }),
  sendMail: () => sendGmail('https://gmail.test/gmail/v1')(it, new Uint8Array([65])),
})
async function everyVerb(reply: Reply, expected: object, but: string[] = []): Promise<void> {
  for (const [name, verb] of Object.entries(verbs(session(inTurn(reply).fetch))))
    if (!but.includes(name)) await expect(verb(), name).rejects.toMatchObject(expected)
}
const refusal = (status: number, reason: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: {
    error: {
      code: status,
      message: 'secret words',
      errors: [{ domain: 'usageLimits', reason, message: 'secret words' }],
    },
  },
})
const unreachable = (reason: string) => ({ name: 'Unreachable', reason })
const slowDown = (retryAfter: number) => ({ name: 'SlowDown', retryAfter })
const HTML = '<!DOCTYPE html><html><title>Wi-Fi</title>Please sign in</html>'

describe('C02 a 403 is read by its reason, in every verb', () => {
  test.each(['rateLimitExceeded', 'userRateLimitExceeded'])('%s: a minute, or as told', async (reason) => {
    await everyVerb(refusal(403, reason), slowDown(60_000))
    await everyVerb(refusal(429, reason), slowDown(60_000))
    await everyVerb(refusal(403, reason, { 'retry-after': '7' }), slowDown(7000))
  })
  test.each(['quotaExceeded', 'dailyLimitExceeded', 'calendarLimitExceeded'])(
    '%s: an hour, whatever is told',
    async (reason) => {
      await everyVerb(refusal(403, reason, { 'retry-after': '7' }), slowDown(3_600_000))
      await everyVerb(refusal(429, reason), slowDown(3_600_000))
    },
  )
  test.each([
    'forbidden',
    'insufficientPermissions',
    'accessNotConfigured',
    'requiredAccessLevel',
    'somethingNew',
  ])('B27 %s: not asked again', (reason) => everyVerb(refusal(403, reason), unreachable('forbidden')))
  test('the newer form of an error says it elsewhere', async () => {
    const reply = (reason: string): Reply => ({
      status: 403,
      body: {
        error: {
          code: 403,
          status: 'PERMISSION_DENIED',
          details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }],
        },
      },
    })
    await everyVerb(reply('RATE_LIMIT_EXCEEDED'), slowDown(60_000))
    await everyVerb(reply('ACCESS_TOKEN_SCOPE_INSUFFICIENT'), unreachable('forbidden'))
  })
})

describe('C01 how long to wait', () => {
  test.each([
    ['7', 7000],
    ['0', 1000],
    ['-1', 60_000],
    ['99999999', 3_600_000],
    ['9'.repeat(400), 3_600_000],
    ['soon', 60_000],
    ['1.5', 60_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 1000],
    ['Fri, 31 Dec 2100 00:00:00 GMT', 3_600_000],
  ])('Retry-After: %s', async (text, wait) => {
    await everyVerb({ status: 429, headers: { 'retry-after': text } }, slowDown(wait))
    await everyVerb({ status: 503, headers: { 'retry-after': text } }, slowDown(wait))
  })
  test('a date in half an hour', async () => {
    const reply = { status: 429, headers: { 'retry-after': new Date(Date.now() + 1_800_000).toUTCString() } }
    const error = await verbs(session(inTurn(reply).fetch))['pull']!().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'SlowDown' })
    expect(Math.abs((error as { retryAfter: number }).retryAfter - 1_800_000)).toBeLessThan(5000)
  })
  test('nothing said', async () => {
    await everyVerb({ status: 429 }, slowDown(60_000))
    await everyVerb({ status: 503 }, unreachable('server-error'))
  })
})

describe('C07 whatever comes is one of five faults, in every verb', () => {
  test.each<[string, Reply, object, string[]]>([
    ['401', refusal(401, 'authError'), { name: 'AccessRevoked' }, []],
    ['400', refusal(400, 'badRequest'), unreachable('bad-answer'), []],
    ['402', { status: 402 }, unreachable('forbidden'), []],
    ['404', refusal(404, 'notFound'), { name: 'NotFound' }, ['readEvent', 'deleteEvent', 'unwatch']],
    ['405', { status: 405 }, unreachable('not-this-protocol'), []],
    ['408', { status: 408 }, unreachable('timeout'), []],
    ['413', { status: 413 }, unreachable('too-large'), []],
    ['500', { status: 500, body: HTML }, unreachable('server-error'), []],
    ['502', { status: 502, body: HTML }, unreachable('server-error'), []],
    ['403 by a proxy', { status: 403, body: HTML }, unreachable('forbidden'), []],
    [
      '403 with an error cut off',
      { status: 403, body: '{"error":{"errors":[{"rea' },
      unreachable('forbidden'),
      [],
    ],
    [
      '403 with errors of another form',
      { status: 403, body: { error: { errors: [null, 5, { reason: {} }], details: 'x' } } },
      unreachable('forbidden'),
      [],
    ],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://elsewhere.test/' } },
      unreachable('bad-answer'),
      [],
    ],
  ])('%s', (_, reply, expected, but) => everyVerb(reply, expected, but))

  // A sent letter is sent, whatever the answer holds; a deletion and the end of a watch have no answer at all.
  const silent = ['sendMail', 'deleteEvent', 'unwatch']
  test.each<[string, Reply]>([
    ['a web page', { headers: { 'content-type': 'text/html' }, body: HTML }],
    ['nothing', { body: '' }],
    ['JSON cut off', { body: '{"kind":"calendar#ev' }],
    ['null', { body: 'null' }],
    ['a number', { body: '5' }],
    ['a list', { body: '[{"id":"e"}]' }],
    ['an empty object', { body: {} }],
  ])('200 with %s', (_, reply) => everyVerb(reply, unreachable('bad-answer'), silent))

  test('a line that breaks is told as it is', () => {
    const broken = new Unreachable('calendar.test did not answer in time', 'timeout')
    return everyVerb(broken, unreachable('timeout'))
  })
  test('a mistake of ours stays one', async () => {
    for (const verb of Object.values(verbs(session(scripted(() => new RangeError('ours')).fetch))))
      await expect(verb()).rejects.toThrow(RangeError)
  })
})

test('a 401 about the address of a channel says nothing about the person’s access', async () => {
  const it = session(inTurn(refusal(401, 'push.webhookUrlUnauthorized')).fetch)
  await expect(google.watch!.start(it, 'c', CALL)).rejects.toMatchObject(unreachable('forbidden'))
})

test('no fault tells what the server said', async () => {
  const told: string[] = []
  for (const reply of [
    refusal(403, 'secret reason'),
    refusal(429, 'quotaExceeded'),
    { body: 'secret' },
    { status: 500, body: 'secret' },
  ])
    for (const verb of Object.values(verbs(session(inTurn(reply).fetch)))) {
      const error = (await verb().catch((caught: unknown) => caught)) as Error | undefined
      told.push(`${error?.message} ${error?.stack} ${JSON.stringify(error)}`)
    }
  expect(told.join()).not.toMatch(/secret (words|reason)/)
})

test('nobody is followed elsewhere with the token', async () => {
  const line = inTurn({ status: 404 })
  for (const verb of Object.values(verbs(session(line.fetch)))) await verb().catch(() => undefined)
  expect(line.sent.length).toBeGreaterThan(9)
  expect(line.sent.every(({ redirect }) => redirect === 'manual')).toBe(true)
})

test('ids that would climb out of their path ask nothing', async () => {
  const line = inTurn({ status: 200, body: {} })
  for (const id of ['..', '.', ''])
    for (const ask of [
      google.deleteEvent(session(line.fetch), 'c', id),
      google.pull(session(line.fetch), id, null, WINDOW),
    ])
      await expect(ask).rejects.toMatchObject({ name: 'NotFound' })
  await google.deleteEvent(session(line.fetch), 'a/b?c', '../x#\ud800')
  expect(line.sent.map(({ url }) => url.pathname)).toEqual([
    '/calendar/v3/calendars/a%2Fb%3Fc/events/..%2Fx%23%EF%BF%BD',
  ])
})
