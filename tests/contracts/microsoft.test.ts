import type { Client } from '@microsoft/microsoft-graph-client'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'
import { follow, judge } from '#practice/microsoft/judge.ts'
import * as ours from '#practice/microsoft/schema.ts'
import { startPracticeMicrosoft, type Exchange, type PracticeMicrosoft } from '#practice/microsoft/server.ts'

// Whatever Microsoft's own client and our practice server say to each other must be something Microsoft's own contract can say.
const CONTRACT = join(import.meta.dirname, '..', '..', '..', 'shared', 'contracts', 'microsoft-graph')
const read = (file: string) => JSON.parse(readFileSync(join(CONTRACT, file), 'utf8')) as Record<string, never>
const GIULIA = 'giulia@studio.example'
const MARK = 'String {8d3c1c0e-3f0a-4d57-9f3e-5a1f2c7b9e11} Name ritrovo'

type Schema = { properties: Record<string, object>; additionalProperties: boolean; 'x-openType'?: boolean }
const contract = structuredClone(read('graph-v1.0.schemas.json')) as unknown as {
  $id: string
  $defs: Record<string, Schema>
}
// The contract was cut to a part of `user`, and of `resourceData` it keeps no property at all; both are open types in the CSDL.
for (const name of ['user', 'resourceData']) contract.$defs[name]!.additionalProperties = true
const ajv = new Ajv2020({ strict: false, allErrors: true, allowUnionTypes: true })
;(addFormats as unknown as (ajv: Ajv2020) => void)(ajv)
ajv.addSchema(contract)
const type = (name: string): ValidateFunction => ajv.getSchema(`${contract.$id}#/$defs/${name}`)!

const operations = read('graph-v1.0.operations.json') as unknown as Record<
  string,
  { parameters: Record<string, object> }[]
>
/** The parameters of an action, in either case of their first letter: the CSDL and the documents differ in it. */
function action(name: string): ValidateFunction {
  const parameters = Object.entries(operations[name]![0]!.parameters).map(([key, schema]) => [
    key[0]!.toLowerCase() + key.slice(1),
    JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', `"${contract.$id}#/$defs/`)) as object,
  ])
  return ajv.compile({
    type: 'object',
    properties: Object.fromEntries(parameters) as object,
    additionalProperties: false,
  })
}

const REQUESTS: Record<string, ValidateFunction> = {
  'POST /me/events': type('event'),
  'POST /me/calendars/{calendar}/events': type('event'),
  'PATCH /me/events/{event}': type('event'),
  'POST /subscriptions': type('subscription'),
  'PATCH /subscriptions/{subscription}': type('subscription'),
  'POST /me/calendar/getSchedule': action('calendar.getSchedule'),
  'POST /me/sendMail': action('user.sendMail'),
  'POST /me/events/{event}/cancel': action('event.cancel'),
  'POST /me/events/{event}/accept': action('event.accept'),
  'POST /me/events/{event}/tentativelyAccept': action('event.tentativelyAccept'),
  'POST /me/events/{event}/decline': action('event.decline'),
  'POST /subscriptions/{subscription}/reauthorize': action('subscription.reauthorize'),
}
const one = (name: string) => ({ one: type(name) })
const many = (name: string) => ({ many: type(name) })
const ANSWERS: Record<string, { one?: ValidateFunction; many?: ValidateFunction } | 'nothing'> = {
  'GET /me': one('user'),
  'GET /me/mailboxSettings': one('mailboxSettings'),
  'GET /me/calendars': many('calendar'),
  'GET /me/calendar': one('calendar'),
  'GET /me/calendars/{calendar}': one('calendar'),
  'GET /me/calendarView': many('event'),
  'GET /me/calendarView/delta': many('event'),
  'GET /me/calendars/{calendar}/calendarView/delta': many('event'),
  'GET /me/events': many('event'),
  'POST /me/events': one('event'),
  'POST /me/calendars/{calendar}/events': one('event'),
  'GET /me/events/{event}': one('event'),
  'PATCH /me/events/{event}': one('event'),
  'DELETE /me/events/{event}': 'nothing',
  'GET /me/events/{event}/instances': many('event'),
  'POST /me/events/{event}/cancel': 'nothing',
  'POST /me/events/{event}/accept': 'nothing',
  'POST /me/events/{event}/tentativelyAccept': 'nothing',
  'POST /me/events/{event}/decline': 'nothing',
  'POST /me/calendar/getSchedule': many('scheduleInformation'),
  'POST /me/sendMail': 'nothing',
  'POST /subscriptions': one('subscription'),
  'GET /subscriptions': many('subscription'),
  'GET /subscriptions/{subscription}': one('subscription'),
  'PATCH /subscriptions/{subscription}': one('subscription'),
  'POST /subscriptions/{subscription}/reauthorize': 'nothing',
  'DELETE /subscriptions/{subscription}': 'nothing',
}

const complaints = (validate: ValidateFunction, body: unknown): string[] =>
  validate(body)
    ? []
    : validate.errors!.map(
        ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
      )

function judged({ feature, status, body, answer }: Exchange): string[] {
  const request = REQUESTS[feature!]
  const found = request && body !== null && typeof body === 'object' ? complaints(request, body) : []
  const expected = ANSWERS[feature!]
  if (expected === undefined) return [...found, 'no row for it here']
  if (expected === 'nothing')
    return answer === undefined || answer === null ? found : [...found, 'it answered something']
  if (status >= 300) return found
  if (expected.one) return [...found, ...complaints(expected.one, answer)]
  // The envelope of a list, and what was removed from it, are OData's own: README of the contract.
  const { value, ...envelope } = answer as { value: Record<string, unknown>[] }
  const strange = Object.keys(envelope).filter(
    (name) => !['@odata.context', '@odata.nextLink', '@odata.deltaLink'].includes(name),
  )
  return [
    ...found,
    ...strange,
    ...value.flatMap((item) =>
      '@removed' in item
        ? Object.keys(item).sort().join() === '@removed,id'
          ? []
          : ['a strange removal']
        : complaints(expected.many!, item),
    ),
  ]
}

let practice: PracticeMicrosoft
let client: Client
const heard: Exchange[] = []
const app = createServer(
  (request, response) =>
    void response
      .writeHead(200, { 'content-type': 'text/plain' })
      .end(new URL(request.url!, 'http://app').searchParams.get('validationToken') ?? ''),
)

beforeAll(async () => {
  practice = await startPracticeMicrosoft()
  practice.store.addUser({ email: GIULIA, name: 'Giulia Riva' })
  practice.store.addUser({ email: 'anna@studio.example', name: 'Anna Neri' })
  client = judge(practice, GIULIA)
  practice.exchanges((exchange) => void heard.push(exchange))
  await new Promise<void>((done) => app.listen(0, '127.0.0.1', done))
  await tour()
})
afterAll(async () => {
  await practice.stop()
  app.close()
})

const WINDOW = { startDateTime: '2026-11-01T00:00:00Z', endDateTime: '2027-01-01T00:00:00Z' }
const EVENT = {
  subject: 'First meeting',
  start: { dateTime: '2026-12-01T09:00:00', timeZone: 'W. Europe Standard Time' },
  end: { dateTime: '2026-12-01T09:30:00', timeZone: 'W. Europe Standard Time' },
}
const FULL = {
  ...EVENT,
  transactionId: 'c1b0',
  body: { contentType: 'html', content: '<p>Agenda</p>' },
  location: { displayName: 'Room 1' },
  attendees: [{ emailAddress: { name: 'Anna', address: 'anna@studio.example' }, type: 'required' }],
  showAs: 'busy',
  sensitivity: 'normal',
  importance: 'normal',
  categories: ['Ritrovo'],
  isOnlineMeeting: true,
  onlineMeetingProvider: 'teamsForBusiness',
  allowNewTimeProposals: false,
  hideAttendees: true,
  responseRequested: true,
  isReminderOn: true,
  reminderMinutesBeforeStart: 10,
  singleValueExtendedProperties: [{ id: MARK, value: 'booking-1' }],
}
const WEEKLY = {
  ...EVENT,
  subject: 'Weekly',
  recurrence: {
    pattern: { type: 'weekly', interval: 1, daysOfWeek: ['tuesday'], firstDayOfWeek: 'monday' },
    range: { type: 'endDate', startDate: '2026-12-01', endDate: '2026-12-29' },
  },
}

/** Everything an app does with a mailbox, once. */
async function tour(): Promise<void> {
  type Json = Record<string, unknown> & { id: string; value: { id: string; type: string }[] }
  const get = (path: string, query: Record<string, string> = {}) =>
    client.api(path).query(query).header('Prefer', 'odata.maxpagesize=3').get() as Promise<Json>
  const post = (path: string, body: object) => client.api(path).post(body) as Promise<Json>
  await get('/me')
  await get('/me/mailboxSettings')
  const {
    value: [first],
  } = await get('/me/calendars')
  await get('/me/calendar')
  await get(`/me/calendars/${first!.id}`)
  const delta = await get('/me/calendarView/delta', WINDOW)
  const made = await post('/me/events', FULL)
  const series = await post(`/me/calendars/${first!.id}/events`, WEEKLY)
  const allDay = await post('/me/events', {
    subject: 'Off',
    isAllDay: true,
    showAs: 'oof',
    start: { dateTime: '2026-12-24T00:00:00', timeZone: 'Europe/Rome' },
    end: { dateTime: '2026-12-25T00:00:00', timeZone: 'Europe/Rome' },
  })
  await client
    .api(`/me/events/${made.id}`)
    .header('If-Match', made['@odata.etag'] as string)
    .patch({
      subject: 'Renamed',
      end: { dateTime: '2026-12-01T10:00:00', timeZone: 'Europe/Rome' },
      location: null,
      body: { contentType: 'text', content: 'Short' },
    })
  await get(`/me/events/${made.id}`, { $expand: `singleValueExtendedProperties($filter=id eq '${MARK}')` })
  await get('/me/events', {
    $filter: `singleValueExtendedProperties/Any(ep: ep/id eq '${MARK}' and ep/value eq 'booking-1')`,
  })
  await get('/me/calendarView', WINDOW)
  const { value: occurrences } = await get(`/me/events/${series.id}/instances`, WINDOW)
  await client.api(`/me/events/${occurrences[0]!.id}`).patch({
    start: { dateTime: '2026-12-01T15:00:00', timeZone: 'UTC' },
    end: { dateTime: '2026-12-01T16:00:00', timeZone: 'UTC' },
  })
  await client.api(`/me/events/${occurrences[1]!.id}`).delete()
  await client.api(`/me/events/${allDay.id}`).delete()
  for (let page = await get(follow(practice, delta['@odata.deltaLink'])); page['@odata.nextLink'];)
    page = await get(follow(practice, page['@odata.nextLink']))
  await get(`/me/calendars/${first!.id}/calendarView/delta`, WINDOW)
  const anna = judge(practice, 'anna@studio.example')
  const {
    value: [invitation],
  } = (await anna.api('/me/events').get()) as Json
  for (const [verb, body] of [
    ['tentativelyAccept', { sendResponse: true, comment: 'Perhaps' }],
    ['accept', {}],
    ['decline', { comment: 'No', sendResponse: true }],
  ] as const)
    await anna.api(`/me/events/${invitation!.id}/${verb}`).post(body)
  await post('/me/calendar/getSchedule', {
    schedules: [GIULIA, 'nobody@else.example'],
    startTime: { dateTime: '2026-12-01T00:00:00', timeZone: 'UTC' },
    endTime: { dateTime: '2026-12-03T00:00:00', timeZone: 'UTC' },
    availabilityViewInterval: 60,
  })
  await client.api(`/me/events/${made.id}/cancel`).post({ comment: 'Sorry' })
  await client.api('/me/sendMail').post({
    message: {
      subject: 'Hello',
      body: { contentType: 'html', content: '<p>Hi</p>' },
      toRecipients: [{ emailAddress: { address: 'anna@studio.example' } }],
      replyTo: [],
      attachments: [
        {
          '@odata.type': '#microsoft.graph.fileAttachment',
          name: 'a.ics',
          contentType: 'text/calendar',
          contentBytes: 'QkVHSU4=',
        },
      ],
    },
    saveToSentItems: true,
  })
  const address = `http://localhost:${(app.address() as AddressInfo).port}/push`
  const promise = await post('/subscriptions', {
    changeType: 'created,updated,deleted',
    notificationUrl: address,
    lifecycleNotificationUrl: address,
    resource: 'me/events',
    expirationDateTime: new Date(Date.now() + 3_600_000).toISOString(),
    clientState: 'secret',
  })
  await client
    .api(`/subscriptions/${promise.id}`)
    .patch({ expirationDateTime: new Date(Date.now() + 7_200_000).toISOString() })
  await post(`/subscriptions/${promise.id}/reauthorize`, {})
  await get('/subscriptions')
  await get(`/subscriptions/${promise.id}`)
  await post('/me/events', EVENT)
  await practice.lifecycle('missed')
  await client.api(`/subscriptions/${promise.id}`).delete()
}

test('everything Microsoft’s own client and the practice server said to each other fits Microsoft’s contract', () => {
  expect(new Set(heard.map(({ feature }) => feature))).toEqual(new Set(Object.keys(ANSWERS)))
  expect(heard.filter(({ status }) => status >= 400)).toEqual([])
  for (const exchange of heard) expect([exchange.feature, judged(exchange)]).toEqual([exchange.feature, []])
})

test('the notices the practice server sends fit it too', () => {
  const sent = practice.pushes.filter(({ kind }) => kind !== 'validation')
  expect(sent.map(({ kind }) => kind)).toEqual(['change', 'lifecycle'])
  for (const { body } of sent) expect(complaints(type('changeNotificationCollection'), body)).toEqual([])
})

const SUBSCRIPTION = {
  changeType: 'updated',
  notificationUrl: 'http://localhost/push',
  resource: 'me/events',
  expirationDateTime: '2026-12-01T00:00:00Z',
}
const SCHEDULE = {
  schedules: [GIULIA],
  startTime: { dateTime: '2026-12-01T00:00:00', timeZone: 'UTC' },
  endTime: { dateTime: '2026-12-03T00:00:00', timeZone: 'UTC' },
}
const pairs: Record<string, [z.ZodType, ValidateFunction]> = {
  event: [ours.eventPost, type('event')],
  subscription: [ours.subscriptionPost, type('subscription')],
  schedule: [ours.getSchedule, action('calendar.getSchedule')],
  mail: [ours.sendMail, action('user.sendMail')],
  answer: [ours.answer, action('event.decline')],
  cancel: [ours.cancel, action('event.cancel')],
}

const GOOD: [string, object][] = [
  ['event', EVENT],
  ['event', FULL],
  ['event', WEEKLY],
  ['event', { ...EVENT, subject: null, body: null, location: null, attendees: null }],
  ['event', { ...EVENT, showAs: 'workingElsewhere', sensitivity: 'private' }],
  ['event', { ...EVENT, recurrence: null }],
  ['event', { ...EVENT, start: { dateTime: '2026-12-01T09:00:00.0000000', timeZone: 'UTC' } }],
  [
    'event',
    {
      ...EVENT,
      attendees: [
        {
          emailAddress: { address: 'a@b.example' },
          type: 'optional',
          status: { response: 'none', time: '0001-01-01T00:00:00Z' },
        },
      ],
    },
  ],
  ['subscription', SUBSCRIPTION],
  ['subscription', { ...SUBSCRIPTION, clientState: 's', lifecycleNotificationUrl: 'http://localhost/life' }],
  ['schedule', SCHEDULE],
  ['schedule', { ...SCHEDULE, availabilityViewInterval: 15 }],
  ['schedule', { ...SCHEDULE, availabilityViewInterval: null }],
  ['mail', { message: { subject: 'x', toRecipients: [] } }],
  ['mail', { message: { body: { contentType: 'text', content: '' } }, saveToSentItems: false }],
  ['answer', {}],
  ['answer', { comment: 'x', sendResponse: false }],
  ['answer', { proposedNewTime: { start: SCHEDULE.startTime, end: SCHEDULE.endTime } }],
  ['cancel', { comment: 'x' }],
]
const BAD: [string, object][] = [
  ['event', { ...EVENT, title: 'x' }],
  ['event', { ...EVENT, subject: 5 }],
  ['event', { ...EVENT, showAs: 'away' }],
  ['event', { ...EVENT, isAllDay: 'yes' }],
  ['event', { ...EVENT, start: '2026-12-01T09:00:00' }],
  ['event', { ...EVENT, start: { date: '2026-12-01' } }],
  ['event', { ...EVENT, location: 'Room 1' }],
  ['event', { ...EVENT, attendees: ['a@b.example'] }],
  ['event', { ...EVENT, attendees: [{ email: 'a@b.example' }] }],
  ['event', { ...EVENT, attendees: [{ emailAddress: { address: 'a@b.example' }, type: 'guest' }] }],
  ['event', { ...EVENT, body: 'x' }],
  ['event', { ...EVENT, body: { contentType: 'markdown', content: 'x' } }],
  ['event', { ...EVENT, recurrence: 'RRULE:FREQ=DAILY' }],
  [
    'event',
    {
      ...WEEKLY,
      recurrence: { ...WEEKLY.recurrence, pattern: { ...WEEKLY.recurrence.pattern, interval: 1.5 } },
    },
  ],
  ['event', { ...WEEKLY, recurrence: { ...WEEKLY.recurrence, pattern: { type: 'hourly', interval: 1 } } }],
  [
    'event',
    {
      ...WEEKLY,
      recurrence: {
        ...WEEKLY.recurrence,
        range: { type: 'endDate', startDate: '1 December', endDate: '2026-12-29' },
      },
    },
  ],
  ['event', { ...EVENT, onlineMeetingProvider: 'zoom' }],
  ['event', { ...EVENT, singleValueExtendedProperties: [{ name: 'x', value: 'y' }] }],
  ['event', { ...EVENT, reminderMinutesBeforeStart: '10' }],
  ['event', { ...EVENT, categories: 'x' }],
  ['subscription', { ...SUBSCRIPTION, expirationDateTime: 'next week' }],
  ['subscription', { ...SUBSCRIPTION, url: 'x' }],
  ['subscription', { ...SUBSCRIPTION, changeType: ['updated'] }],
  ['schedule', { ...SCHEDULE, schedules: GIULIA }],
  ['schedule', { ...SCHEDULE, availabilityViewInterval: 'PT15M' }],
  ['schedule', { ...SCHEDULE, from: 'x' }],
  ['mail', { message: 'x' }],
  ['mail', { message: {}, saveToSentItems: 'yes' }],
  ['mail', { message: {}, send: true }],
  ['answer', { sendResponse: 'no' }],
  ['answer', { proposedNewTime: '2026' }],
  ['cancel', { comment: 5 }],
  ['cancel', { reason: 'x' }],
]

test.each([...GOOD.map((row) => [...row, true] as const), ...BAD.map((row) => [...row, false] as const)])(
  '%s %j is the same to both: %s',
  (name, body, good) => {
    const [mine, theirs] = pairs[name]!
    expect([mine.safeParse(body).success, theirs(body)]).toEqual([good, good])
  },
)

test('an event with a field nobody knows, or a word nobody says, would be seen', () => {
  const { answer } = heard.find(({ feature, status }) => feature === 'POST /me/events' && status === 201)!
  expect(complaints(type('event'), { ...(answer as object), colour: 'red' })).not.toEqual([])
  expect(complaints(type('event'), { ...(answer as object), showAs: 'away' })).not.toEqual([])
  expect(ours.event.safeParse({ ...(answer as object), colour: 'red' }).success).toBe(false)
})
