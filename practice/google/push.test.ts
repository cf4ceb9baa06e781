import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY } from '#core/time/model.ts'
import { GIULIA, hour, refused, startJudge, type Judge } from './judge.ts'

let judge: Judge
let receiver: Server
let address: string
let heard: IncomingHttpHeaders[]
beforeEach(async () => {
  judge = await startJudge()
  heard = []
  receiver = createServer((request, response) => {
    heard.push(request.headers)
    response.writeHead(204).end()
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/push/google/t1`
})
afterEach(async () => {
  await judge.stop()
  await new Promise((done) => receiver.close(done))
})

const watch = async (requestBody: object = {}) =>
  (
    await judge.api.events.watch({
      calendarId: 'primary',
      requestBody: { id: 'channel-1', type: 'web_hook', address, token: 'secret', ...requestBody },
    })
  ).data
const knocks = async () => {
  await judge.google.settled()
  return heard.map((headers) => headers['x-goog-resource-state'])
}

test('the first knock is sync, then one for each change, with every header of the guide', async () => {
  const channel = await watch()
  expect(channel).toMatchObject({ kind: 'api#channel', id: 'channel-1', token: 'secret' })
  judge.google.store.putEvent(GIULIA, { id: 'event1', ...hour('2026-12-01') })
  judge.google.store.deleteEvent(GIULIA, 'event1')
  expect(await knocks()).toEqual(['sync', 'exists', 'exists'])
  expect(heard[1]).toMatchObject({
    'x-goog-channel-id': 'channel-1',
    'x-goog-channel-token': 'secret',
    'x-goog-resource-id': channel.resourceId,
    'x-goog-resource-uri': channel.resourceUri,
    'content-length': '0',
  })
  expect(heard[1]!['x-goog-channel-expiration']).toBe(new Date(Number(channel.expiration)).toUTCString())
  const numbers = heard.map((headers) => Number(headers['x-goog-message-number']))
  expect(numbers[0]).toBe(1)
  expect([...numbers].sort((a, b) => a - b)).toEqual(numbers)
  expect(judge.google.pushes.map((push) => push.status)).toEqual([204, 204, 204])
})

test('B14 a channel lives for the time it was given, a week at the most, and its id is never used twice', async () => {
  const now = judge.google.store.now()
  const short = await watch({ params: { ttl: '3600' } })
  expect(Math.abs(Number(short.expiration) - now - 3_600_000)).toBeLessThan(5000)
  const long = await watch({ id: 'channel-2', expiration: String(now + 40 * DAY) })
  expect(Number(long.expiration)).toBeLessThan(now + 8 * DAY)
  expect(await refused(watch())).toMatchObject({ status: 400, reason: 'channelIdNotUnique' })
  judge.google.store.pass(DAY)
  judge.google.store.putEvent(GIULIA, { id: 'event1', ...hour('2026-12-01') })
  await judge.google.settled()
  expect(judge.google.pushes.filter((push) => push.state === 'exists').map((push) => push.channelId)).toEqual(
    ['channel-2'],
  )
})

test('a stopped channel is silent, and stopping needs both ids', async () => {
  const { id, resourceId } = await watch()
  expect(
    await refused(judge.api.channels.stop({ requestBody: { id: id!, resourceId: 'wrong' } })),
  ).toMatchObject({ status: 404 })
  expect((await judge.api.channels.stop({ requestBody: { id: id!, resourceId: resourceId! } })).status).toBe(
    204,
  )
  expect(judge.google.store.channels.size).toBe(0)
  judge.google.store.putEvent(GIULIA, { id: 'event1', ...hour('2026-12-01') })
  expect(await knocks()).toEqual(['sync'])
  expect(
    await refused(judge.api.channels.stop({ requestBody: { id: id!, resourceId: resourceId! } })),
  ).toMatchObject({ status: 404 })
})

test('what Google would not knock at is refused', async () => {
  expect(await refused(watch({ address: 'http://ritrovo.example/push' }))).toMatchObject({
    status: 400,
    reason: 'push.webhookUrlNotHttps',
  })
  expect(await refused(watch({ type: 'email' }))).toMatchObject({
    status: 400,
    reason: 'push.channelTypeNotSupported',
  })
  expect(await refused(watch({ id: 'x'.repeat(65) }))).toMatchObject({ status: 400, reason: 'invalid' })
  expect(await refused(watch({ id: undefined }))).toMatchObject({ status: 400, reason: 'required' })
})

test('B11 knocks can be lost: nothing is sent, and outside addresses are never called', async () => {
  await watch({ id: 'far', address: 'https://ritrovo.example/push' })
  judge.google.store.behaviour.pushes = false
  await watch()
  judge.google.store.putEvent(GIULIA, { id: 'event1', ...hour('2026-12-01') })
  expect(await knocks()).toEqual([])
  expect(judge.google.pushes.every((push) => push.status === null)).toBe(true)
})
