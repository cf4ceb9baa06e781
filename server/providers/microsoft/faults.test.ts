import { expect, test } from 'vitest'
import { HOUR } from '#core/time/model.ts'
import { graphError, inTurn, scripted } from '#tests/graph-script.ts'
import { AccessRevoked, NotFound, SlowDown, Unreachable } from '../provider.ts'
import type { Session } from '../provider.ts'
import { ask, at } from './ask.ts'
import { listCalendars } from './calendars.ts'
import { errorIn, faultOf } from './faults.ts'
import { inLine } from './limiter.ts'

const fault = (status: number, code = '', headers: Record<string, string> = {}) =>
  faultOf({
    status,
    headers: new Headers(headers),
    text: code === '' ? '' : JSON.stringify(graphError(code)),
    host: 'graph.example',
  })

test.each<[string, Record<string, string>, number]>([
  ['seconds', { 'retry-after': '7' }, 7000],
  ['nothing', {}, 60_000],
  ['below zero', { 'retry-after': '-1' }, 60_000],
  ['none at all', { 'retry-after': '0' }, 1000],
  ['years', { 'retry-after': '99999999' }, HOUR],
  ['digits without end', { 'retry-after': '9'.repeat(400) }, HOUR],
  ['words', { 'retry-after': 'soon' }, 60_000],
  ['a date long past', { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, 1000],
  ['a date far ahead', { 'retry-after': 'Wed, 21 Oct 2199 07:28:00 GMT' }, HOUR],
])('C01 a 429 with %s waits as told, within a second and an hour', (_, headers, wait) => {
  expect(fault(429, 'TooManyRequests', headers)).toMatchObject({ name: 'SlowDown', retryAfter: wait })
})

test('C01 an HTTP-date is counted from now', () => {
  const slow = fault(503, '', { 'retry-after': new Date(Date.now() + 120_000).toUTCString() }) as SlowDown
  expect(slow.retryAfter).toBeGreaterThan(117_000)
  expect(slow.retryAfter).toBeLessThanOrEqual(120_000)
})

test.each<[number, string, Record<string, string>, string]>([
  [401, 'InvalidAuthenticationToken', {}, 'AccessRevoked'],
  [403, 'ErrorAccessDenied', {}, 'forbidden'],
  [403, 'AccessDenied', {}, 'forbidden'],
  [403, 'ApplicationThrottled', { 'retry-after': '3' }, 'SlowDown'],
  [404, 'ErrorItemNotFound', {}, 'NotFound'],
  [400, 'ErrorInvalidIdMalformed', {}, 'NotFound'],
  [410, '', {}, 'NotFound'],
  [404, 'MailboxNotEnabledForRESTAPI', {}, 'no-mailbox'],
  [403, 'MailboxNotSupportedForRESTAPI', {}, 'no-mailbox'],
  [404, 'ErrorNonExistentMailbox', {}, 'no-mailbox'],
  [409, 'ErrorIrresolvableConflict', {}, 'conflict'],
  [412, 'ErrorIrresolvableConflict', {}, 'conflict'],
  [413, '', {}, 'too-large'],
  [429, 'MailboxConcurrency', {}, 'SlowDown'],
  [429, 'ApplicationThrottled', {}, 'SlowDown'],
  [509, '', {}, 'SlowDown'],
  [503, '', { 'retry-after': '9' }, 'SlowDown'],
  [504, '', { 'retry-after': '9' }, 'SlowDown'],
  [503, '', {}, 'server-error'],
  [504, '', {}, 'server-error'],
  [503, 'ErrorMailboxMoveInProgress', {}, 'server-error'],
  [500, 'ErrorInternalServerError', {}, 'server-error'],
  [400, 'ErrorInvalidRequest', {}, 'bad-answer'],
  [302, '', {}, 'bad-answer'],
])('B27 C01 %s %s %j is %s', (status, code, headers, expected) => {
  const error = fault(status, code, headers)
  expect(error instanceof Unreachable ? error.reason : error.name).toBe(expected)
})

test('of an error only a code of the right shape reaches a message', () => {
  const text = JSON.stringify({ error: { code: 'x'.repeat(200), message: 'token abc.def leaked' } })
  expect(faultOf({ status: 400, headers: new Headers(), text, host: 'h' }).message).toBe('h answered 400')
  expect(fault(403, 'ErrorAccessDenied').message).toBe('graph.example answered 403 (ErrorAccessDenied)')
  for (const odd of [
    '{"error"',
    '{"error":null}',
    '{"error":7}',
    '"error"',
    `{"error":"${'x'.repeat(200_000)}"}`,
  ])
    expect(errorIn(odd)).toEqual({ code: '', existing: null })
})

test('a connection that breaks is a fault of the world, a bug stays one', async () => {
  const failing = (error: unknown): Session => ({
    ...scripted(inTurn()).session,
    fetch: () => Promise.reject(error as Error),
  })
  const call = (error: unknown) => {
    const session = failing(error)
    return ask(session, at(session, ['me']), { method: 'GET' })
  }
  await expect(
    call(new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) })),
  ).rejects.toMatchObject({ reason: 'connect' })
  await expect(call(new DOMException('x', 'TimeoutError'))).rejects.toMatchObject({ reason: 'timeout' })
  await expect(call(new AccessRevoked('dead grant'))).rejects.toThrow(AccessRevoked)
  await expect(call(new SlowDown('wait', 5))).rejects.toMatchObject({ retryAfter: 5 })
  await expect(call(new TypeError('x is not a function'))).rejects.toThrow('x is not a function')
})

test('an id cannot climb out of its place in a path', () => {
  const { session } = scripted(inTurn())
  expect(at(session, ['me', 'events', 'a/b?c#d%2F=']).pathname).toBe('/v1.0/me/events/a%2Fb%3Fc%23d%252F%3D')
  for (const id of ['', '.', '..']) expect(() => at(session, ['me', 'events', id])).toThrow(NotFound)
})

test('C17 a mailbox sees no more than three requests at a time, and each comes in its turn', async () => {
  const begun: number[] = []
  let running = 0
  let most = 0
  const work = (n: number) =>
    inLine('alice', async () => {
      begun.push(n)
      most = Math.max(most, ++running)
      await new Promise((done) => setTimeout(done, 1))
      running--
      if (n % 5 === 0) throw new Error('this one fails')
    })
  const other = inLine('bob', () => Promise.resolve('at once'))
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, n) => work(n)))
  expect(most).toBe(3)
  expect(begun).toEqual(begun.toSorted((a, b) => a - b))
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(8)
  expect(await other).toBe('at once')
})

test('C17 two verbs on one mailbox share its three places, another mailbox has its own', async () => {
  let running = 0
  let most = 0
  const { session } = scripted(async () => {
    most = Math.max(most, ++running)
    await new Promise((done) => setTimeout(done, 2))
    running--
    return { json: { value: [] } }
  })
  await Promise.all(Array.from({ length: 6 }, () => listCalendars(session)))
  expect(most).toBe(3)
})
