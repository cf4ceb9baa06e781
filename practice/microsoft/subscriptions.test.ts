import type { Client } from '@microsoft/microsoft-graph-client'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MINUTE } from '#core/time/model.ts'
import { judge, refused } from './judge.ts'
import { startPracticeMicrosoft, type PracticeMicrosoft } from './server.ts'

type Notice = { value: Record<string, unknown>[] }
const GIULIA = 'giulia@studio.example'
let practice: PracticeMicrosoft
let client: Client
let app: {
  url: string
  heard: { path: string; body: Notice }[]
  validated: string[]
  stop(): Promise<void>
  prove: (token: string, response: ServerResponse) => void
}

/** An app's own address: proves itself unless told otherwise, and keeps what it hears. */
async function startApp(): Promise<typeof app> {
  const it = {
    url: '',
    heard: [] as { path: string; body: Notice }[],
    validated: [] as string[],
    stop: async () => {},
    prove: (token: string, response: ServerResponse) =>
      void response.writeHead(200, { 'content-type': 'text/plain' }).end(token),
  }
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const at = new URL(request.url!, 'http://app')
    const token = at.searchParams.get('validationToken')
    if (token !== null) {
      it.validated.push(at.pathname)
      return it.prove(token, response)
    }
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    it.heard.push({
      path: at.pathname + at.search.replace(/validationToken=[^&]*/, ''),
      body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as Notice,
    })
    response.writeHead(202).end()
  }
  const server = createServer((request, response) => void take(request, response))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  it.url = `http://localhost:${(server.address() as AddressInfo).port}`
  it.stop = () =>
    new Promise((done) => {
      server.close(() => done())
      server.closeAllConnections()
    })
  return it
}

beforeEach(async () => {
  practice = await startPracticeMicrosoft()
  practice.store.addUser({ email: GIULIA, name: 'Giulia Riva' })
  client = judge(practice, GIULIA)
  app = await startApp()
})
afterEach(async () => {
  await practice.stop()
  await app.stop()
})

const inMinutes = (minutes: number) => new Date(practice.store.now() + minutes * MINUTE).toISOString()
const subscribe = (more: object = {}, headers: Record<string, string> = {}) =>
  client
    .api('/subscriptions')
    .headers(headers)
    .post({
      changeType: 'created,updated,deleted',
      notificationUrl: `${app.url}/push?of=1`,
      lifecycleNotificationUrl: `${app.url}/life`,
      resource: 'me/events',
      expirationDateTime: inMinutes(1000),
      clientState: 'secret',
      ...more,
    }) as Promise<Record<string, string>>
const put = () =>
  practice.store.putEvent(practice.store.calendarOf(GIULIA).id, {
    subject: 'New',
    start: practice.store.now(),
    end: practice.store.now() + MINUTE,
  })

test('B16 both addresses prove themselves before a subscription stands', async () => {
  const made = await subscribe()
  expect(made).toMatchObject({
    resource: 'me/events',
    clientState: 'secret',
    applicationId: practice.clientId,
  })
  expect(app.validated).toEqual(['/push', '/life'])
  app.prove = (token, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(token)
  expect(await refused(subscribe())).toMatchObject({ status: 400, code: 'ValidationError' })
  app.prove = (token, response) =>
    void response.writeHead(200, { 'content-type': 'text/plain' }).end(`${token}!`)
  expect(await refused(subscribe())).toMatchObject({ status: 400, code: 'ValidationError' })
  app.prove = (_, response) => void response.writeHead(500).end()
  expect(await refused(subscribe())).toMatchObject({ status: 400, code: 'ValidationError' })
  expect(practice.store.subscriptions.size).toBe(1)
})

test('a life is at most a week, at least three quarters of an hour, and can be renewed', async () => {
  expect(await refused(subscribe({ expirationDateTime: inMinutes(10_081) }))).toMatchObject({
    status: 400,
    code: 'ExtensionError',
  })
  expect(await refused(subscribe({ expirationDateTime: inMinutes(-1) }))).toMatchObject({ status: 400 })
  const made = await subscribe({ expirationDateTime: inMinutes(5) })
  expect(Date.parse(made['expirationDateTime']!)).toBeGreaterThan(practice.store.now() + 44 * MINUTE)
  const renewed = (await client
    .api(`/subscriptions/${made['id']}`)
    .patch({ expirationDateTime: inMinutes(5000) })) as Record<string, string>
  expect(Date.parse(renewed['expirationDateTime']!)).toBeGreaterThan(practice.store.now() + 4990 * MINUTE)
  expect(
    await refused(
      client.api(`/subscriptions/${made['id']}`).patch({ lifecycleNotificationUrl: `${app.url}/later` }),
    ),
  ).toMatchObject({ status: 400 })
  await client.api(`/subscriptions/${made['id']}`).delete()
  expect(await refused(client.api(`/subscriptions/${made['id']}`).get())).toMatchObject({ status: 404 })
})

test('what is no subscription is refused before anyone is asked to prove anything', async () => {
  for (const wrong of [
    { resource: 'me/messages' },
    { resource: 'users/someone-else/events' },
    { changeType: 'moved' },
    { notificationUrl: 'https://hooks.example.com/push' },
    { clientState: 'x'.repeat(129) },
    { includeResourceData: true },
  ])
    expect(await refused(subscribe(wrong))).toMatchObject({ status: 400 })
  expect(app.validated).toEqual([])
})

test('each change is told once, with the secret and where it happened, and with the identifiers asked for at the beginning', async () => {
  const made = await subscribe({}, { Prefer: 'IdType="ImmutableId"' })
  const event = put()
  practice.store.renameEvent(event.id, 'Other')
  practice.store.deleteEvent(event.id)
  await practice.settled()
  expect(app.heard.map(({ path, body }) => [path, body.value[0]!['changeType']])).toEqual([
    ['/push?of=1', 'created'],
    ['/push?of=1', 'updated'],
    ['/push?of=1', 'deleted'],
  ])
  expect(app.heard[0]!.body.value[0]).toMatchObject({
    subscriptionId: made['id'],
    clientState: 'secret',
    tenantId: practice.store.person(GIULIA).tenant,
    resourceData: { id: event.id },
  })
  expect(practice.pushes.filter(({ kind }) => kind === 'change').map(({ status }) => status)).toEqual([
    202, 202, 202,
  ])
})

test('one calendar can be listened to, and one kind of change', async () => {
  const team = practice.store.addCalendar(GIULIA, { name: 'Team' })
  await subscribe({ resource: `me/calendars/${team.id}/events`, changeType: 'created' })
  put()
  const event = practice.store.putEvent(team.id, { start: 0, end: MINUTE })
  practice.store.renameEvent(event.id, 'Other')
  await practice.settled()
  expect(app.heard).toHaveLength(1)
})

test('B11 notices can be lost, and a dead address hurts nobody', async () => {
  await subscribe()
  practice.store.deaf = true
  put()
  await practice.settled()
  expect(app.heard).toEqual([])
  practice.store.deaf = false
  await app.stop()
  put()
  await practice.settled()
  expect(practice.pushes.at(-1)).toMatchObject({ kind: 'change', status: null })
})

test('B15 the three notices about a subscription itself come to the other address', async () => {
  const made = await subscribe()
  const said = () =>
    app.heard.filter(({ path }) => path === '/life').map(({ body }) => body.value[0]!['lifecycleEvent'])
  await practice.lifecycle('missed')
  await practice.lifecycle('reauthorizationRequired', made['id'])
  put()
  await practice.settled()
  // Until the app has said again that it may see them, changes are not told.
  expect(app.heard.filter(({ path }) => path !== '/life')).toEqual([])
  await client.api(`/subscriptions/${made['id']}/reauthorize`).post({})
  put()
  await practice.settled()
  expect(app.heard.filter(({ path }) => path !== '/life')).toHaveLength(1)
  await practice.lifecycle('subscriptionRemoved')
  expect(said()).toEqual(['missed', 'reauthorizationRequired', 'subscriptionRemoved'])
  expect(await refused(client.api(`/subscriptions/${made['id']}`).get())).toMatchObject({ status: 404 })
})

test('an address for those notices cannot be added later, and without one they are not sent', async () => {
  await subscribe({ lifecycleNotificationUrl: null })
  await practice.lifecycle('missed')
  expect(app.heard).toEqual([])
})
