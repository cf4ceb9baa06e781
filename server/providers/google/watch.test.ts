import { expect, test } from 'vitest'
import { DAY } from '#core/time/model.ts'
import { inTurn } from '#tests/counterparts/scripted-fetch.ts'
import type { Session } from '../provider.ts'
import { google } from './google.ts'

const session = (fetching: typeof fetch): Session => ({
  address: 'https://calendar.test/v3',
  user: '',
  secret: '',
  fetch: fetching,
  zone: 'UTC',
})
const call = () => ({
  id: 'w1',
  address: 'https://us.test/push/google/T',
  lifecycle: '',
  secret: 'knock',
  until: Date.now() + 7 * DAY,
})

test('a channel is asked for, and lasts as long as Google says', async () => {
  const line = inTurn({
    body: { kind: 'api#channel', id: 'w1', resourceId: 'r1', expiration: '1800000000000' },
  })
  expect(await google.watch!.start(session(line.fetch), 'c@x', call())).toEqual({
    id: 'w1',
    resource: 'r1',
    until: 1_800_000_000_000,
  })
  const { method, url, body } = line.sent[0]!
  expect([method, url.pathname]).toEqual(['POST', '/v3/calendars/c%40x/events/watch'])
  expect(body).toMatchObject({
    id: 'w1',
    type: 'web_hook',
    address: 'https://us.test/push/google/T',
    token: 'knock',
  })
  const { ttl } = body['params'] as { ttl: string }
  expect(Math.abs(Number(ttl) - 7 * 86_400)).toBeLessThan(60)
})

test('without a word on its end it is believed until the end we asked for', async () => {
  const asked = call()
  for (const expiration of [undefined, 'soon', '0']) {
    const line = inTurn({ body: { id: 'w1', resourceId: 'r1', expiration } })
    expect((await google.watch!.start(session(line.fetch), 'c', asked)).until).toBe(asked.until)
  }
})

test('what cannot be ended was not promised', async () => {
  const line = inTurn({ body: { id: 'w1' } })
  await expect(google.watch!.start(session(line.fetch), 'c', call())).rejects.toMatchObject({
    reason: 'bad-answer',
  })
})

test('B14 ending one that is gone is ending it; there is no making it longer', async () => {
  const watch = { id: 'w1', resource: 'r1', until: 0 }
  for (const status of [204, 404, 410]) {
    const line = inTurn({ status })
    await expect(google.watch!.stop(session(line.fetch), watch)).resolves.toBe(undefined)
    expect(line.sent[0]!.url.pathname).toBe('/v3/channels/stop')
    expect(line.sent[0]!.body).toEqual({ id: 'w1', resourceId: 'r1' })
  }
  expect(google.watch!.renew).toBe(null)
})
