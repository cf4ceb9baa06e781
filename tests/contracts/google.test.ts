import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { default as addFormats } from 'ajv-formats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { GIULIA, hour, MARCO, startJudge, type Judge } from '#practice/google/judge.ts'
import type { Exchange } from '#practice/google/log.ts'
import { METHODS, type Method } from '#practice/google/methods.ts'

// The practice Google and the schemas it holds itself to, held in turn to the documents Google publishes.

type Published = {
  httpMethod: string
  path: string
  request: string | null
  response: string | null
  scopes: string[]
  parameters: Record<
    string,
    {
      location: string
      enum?: string[]
      minimum?: string
      maximum?: string
      type: string
      repeated?: boolean
      format?: string
    }
  >
}
type Contract = { $id: string; $defs: Record<string, object>; 'x-methods': Record<string, Published> }

const CONTRACTS = join(import.meta.dirname, '..', '..', '..', 'shared', 'contracts', 'google')
const json = <Kind>(file: string): Kind => JSON.parse(readFileSync(join(CONTRACTS, file), 'utf8')) as Kind
const contracts = [
  json<Contract>('calendar-v3.schemas.json'),
  json<Contract>('gmail-v1.trimmed.schemas.json'),
]
const everywhere = ['calendar-v3', 'gmail-v1.trimmed'].map((name) =>
  Object.keys(json<{ parameters: object }>(`${name}.discovery.json`).parameters),
)

const ajv = new Ajv2020({ strict: false, allErrors: true })
;(addFormats as unknown as (ajv: Ajv2020) => void)(ajv)
for (const contract of contracts) ajv.addSchema(contract)

const contractOf = ({ feature }: Method) => contracts[feature.startsWith('gmail.') ? 1 : 0]!
const published = (method: Method): Published => contractOf(method)['x-methods'][method.feature]!
const vendorTakes = (method: Method, type: string | null, body: unknown): boolean =>
  type === null ? body === undefined : ajv.validate(`${contractOf(method).$id}#/$defs/${type}`, body)

const exchanges: (Exchange & { method: Method })[] = []
let judge: Judge

beforeAll(async () => {
  judge = await startJudge()
  judge.google.exchanges((exchange) => {
    const method = METHODS.find(({ feature }) => feature === exchange.request.feature)
    if (method) exchanges.push({ ...exchange, method })
  })
  await drive(judge)
})
afterAll(() => judge.stop())

/** Every method with all it can be asked for here. */
async function drive({ api, google, token }: Judge): Promise<void> {
  const { store } = google
  const primary = { calendarId: 'primary' }
  const work = store.addCalendar(GIULIA, { summary: 'Work' })
  store.hideCalendar(work.id, GIULIA)
  const whole = {
    id: 'serie1',
    summary: 'Whole',
    description: 'd',
    location: 'l',
    colorId: '3',
    transparency: 'opaque',
    visibility: 'private',
    guestsCanModify: false,
    guestsCanInviteOthers: false,
    guestsCanSeeOtherGuests: true,
    anyoneCanAddSelf: false,
    attendees: [
      { email: GIULIA, responseStatus: 'accepted' },
      { email: MARCO, optional: true, displayName: 'M', comment: 'c', additionalGuests: 1 },
    ],
    reminders: { useDefault: false, overrides: [{ method: 'email', minutes: 10 }] },
    extendedProperties: { private: { ritrovo: 'u' }, shared: { a: 'b' } },
    source: { title: 't', url: 'https://r.example/' },
    attachments: [{ fileUrl: 'https://r.example/f', title: 'f' }],
    recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'],
    conferenceData: { createRequest: { requestId: 'r', conferenceSolutionKey: { type: 'hangoutsMeet' } } },
    ...hour('2026-12-01'),
  }
  store.behaviour.conference = { reads: 0, after: 1000, outcome: 'success' }
  await api.events.insert({
    ...primary,
    conferenceDataVersion: 1,
    maxAttendees: 5,
    sendUpdates: 'all',
    supportsAttachments: true,
    requestBody: whole,
  })
  await api.events.insert({
    ...primary,
    requestBody: { id: 'dates1', start: { date: '2026-12-05' }, end: { date: '2026-12-06' } },
  })
  const first = (
    await api.events.list({
      ...primary,
      singleEvents: true,
      timeMin: '2026-11-01T00:00:00Z',
      timeMax: '2027-02-01T00:00:00Z',
      maxResults: 2,
      timeZone: 'Asia/Tokyo',
    })
  ).data
  let page = first
  while (page.nextPageToken)
    page = (
      await api.events.list({
        ...primary,
        singleEvents: true,
        timeMin: '2026-11-01T00:00:00Z',
        timeMax: '2027-02-01T00:00:00Z',
        maxResults: 2,
        timeZone: 'Asia/Tokyo',
        pageToken: page.nextPageToken,
      })
    ).data
  await api.events.patch({
    ...primary,
    eventId: 'serie1_20261208T090000Z',
    sendUpdates: 'none',
    requestBody: { summary: 'One of them' },
  })
  await api.events.delete({ ...primary, eventId: 'serie1_20261215T090000Z', sendUpdates: 'none' })
  await api.events.list({ ...primary, singleEvents: true, syncToken: page.nextSyncToken! })
  await api.events.list({
    ...primary,
    showDeleted: true,
    orderBy: 'updated',
    q: 'whole',
    privateExtendedProperty: ['ritrovo=u'],
    eventTypes: ['default'],
  })
  await api.events.instances({ ...primary, eventId: 'serie1', showDeleted: true })
  await api.events.get({ ...primary, eventId: 'serie1', maxAttendees: 1 })
  await api.events.update({
    ...primary,
    eventId: 'dates1',
    requestBody: { start: { date: '2026-12-07' }, end: { date: '2026-12-08' }, summary: 'Day' },
  })
  await api.events.move({ ...primary, eventId: 'dates1', destination: work.id })
  await api.events.import({
    ...primary,
    requestBody: {
      iCalUID: 'i@example.test',
      organizer: { email: 'o@example.test', displayName: 'O' },
      ...hour('2026-12-09'),
    },
  })
  const channel = (
    await api.events.watch({
      ...primary,
      requestBody: {
        id: 'c1',
        type: 'web_hook',
        address: 'https://r.example/push',
        token: 't',
        params: { ttl: '3600' },
      },
    })
  ).data
  await api.channels.stop({ requestBody: { id: 'c1', resourceId: channel.resourceId! } })
  await api.freebusy.query({
    requestBody: {
      timeMin: '2026-12-01T00:00:00Z',
      timeMax: '2026-12-20T00:00:00Z',
      timeZone: 'Europe/Rome',
      items: [{ id: 'primary' }, { id: 'nobody@example.test' }],
    },
  })
  await api.calendarList.list({
    showHidden: true,
    showDeleted: true,
    minAccessRole: 'reader',
    maxResults: 10,
  })
  store.removeCalendar(work.id)
  await api.calendarList.list({ showDeleted: true })
  await api.calendarList.get(primary)
  await fetch(`${google.url}/gmail/v1/users/me/messages/send`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ raw: Buffer.from('To: v@example.test\r\n\r\nx').toString('base64url') }),
  })
}

test('every method of the practice server was driven', () => {
  expect(
    [
      ...new Set(exchanges.filter(({ answer }) => answer.status < 300).map(({ method }) => method.feature)),
    ].sort(),
  ).toEqual(METHODS.map(({ feature }) => feature).sort())
})

test.for(METHODS.map((method) => [method.feature, method] as const))(
  '%s stands in the documents as here: line, scopes, parameters, bodies',
  ([, method]) => {
    const theirs = published(method)
    expect([method.verb, `/${method.path}`]).toEqual([theirs.httpMethod, `/${theirs.path}`])
    expect([...method.scopes].sort()).toEqual([...theirs.scopes].sort())
    const own = Object.keys((method.query as unknown as { shape: object }).shape).sort()
    const asked = Object.entries(theirs.parameters)
      .filter(([, { location }]) => location === 'query')
      .map(([name]) => name)
    const common = everywhere[contracts.indexOf(contractOf(method))]!
    expect(own.filter((name) => !common.includes(name))).toEqual(asked.sort())
    expect(own.filter((name) => !asked.includes(name)).every((name) => common.includes(name))).toBe(true)
    expect([method.request !== null, method.answer !== null]).toEqual([
      theirs.request !== null,
      theirs.response !== null,
    ])
  },
)

test('every exchange with Google’s own client fits what Google publishes', () => {
  for (const { method, request, answer } of exchanges) {
    const { request: asks, response: gives, parameters } = published(method)
    for (const [name, value] of Object.entries(request.query)) {
      const known = parameters[name]
      expect({ method: method.feature, name, known: known?.location === 'query' }).toEqual({
        method: method.feature,
        name,
        known: true,
      })
      if (known!.enum) for (const one of [value].flat()) expect(known!.enum).toContain(one)
      if (known!.minimum) expect(Number(value)).toBeGreaterThanOrEqual(Number(known!.minimum))
      if (known!.maximum) expect(Number(value)).toBeLessThanOrEqual(Number(known!.maximum))
    }
    expect({
      method: method.feature,
      fits: vendorTakes(method, asks, request.body),
      errors: ajv.errors,
    }).toMatchObject({ fits: true })
    expect({
      method: method.feature,
      status: answer.status < 300,
      fits: vendorTakes(method, gives, answer.body),
      errors: ajv.errors,
    }).toMatchObject({ status: true, fits: true })
  }
})

type Loose = Record<string, unknown>
const isPlain = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The body with one thing in it made wrong, for each thing in it. */
function* spoilt(value: unknown): Generator<unknown> {
  if (isPlain(value)) {
    yield { ...value, zzz: 1 }
    yield []
    for (const [name, inner] of Object.entries(value))
      for (const bad of spoilt(inner)) yield { ...value, [name]: bad }
  } else if (Array.isArray(value)) {
    yield { 0: 'x' }
    yield [...(value as unknown[]), 7]
    for (const [index, inner] of value.entries())
      for (const bad of spoilt(inner)) yield value.with(index, bad)
  } else yield typeof value === 'string' ? 7 : 'seven'
}

test('ours and the vendor’s refuse the same things in the same places', () => {
  let tried = 0
  for (const { method, request, answer } of exchanges) {
    const { request: asks, response: gives } = published(method)
    for (const [type, schema, body] of [
      [asks, method.request, request.body],
      [gives, method.answer, answer.body],
    ] as const) {
      if (!type || !schema) continue
      for (const bad of [body, ...spoilt(body)]) {
        tried++
        expect({ method: method.feature, bad, takes: schema.safeParse(bad).success }).toEqual({
          method: method.feature,
          bad,
          takes: vendorTakes(method, type, bad),
        })
      }
    }
  }
  expect(tried).toBeGreaterThan(1000)
})

const find = (feature: string): Method => METHODS.find((method) => method.feature === feature)!
const table: [string, string, unknown, boolean][] = [
  ['calendar.events.insert', 'an empty event, whose wants the guides know', {}, true],
  [
    'calendar.events.insert',
    'a time without offset beside its zone',
    { start: { dateTime: '2026-12-01T10:00:00', timeZone: 'Europe/Rome' } },
    true,
  ],
  ['calendar.events.insert', 'a time in words', { start: { dateTime: 'tomorrow' } }, false],
  ['calendar.events.insert', 'a day that is none', { start: { date: '2026-02-30' } }, false],
  ['calendar.events.insert', 'a field of Graph', { subject: 'x' }, false],
  [
    'calendar.events.insert',
    'a private property that is a number',
    { extendedProperties: { private: { ritrovo: 1 } } },
    false,
  ],
  ['calendar.events.insert', 'a sequence in halves', { sequence: 1.5 }, false],
  ['calendar.events.insert', 'an attendee as a bare address', { attendees: ['v@example.test'] }, false],
  [
    'calendar.events.insert',
    'a home office of any shape',
    { workingLocationProperties: { type: 'homeOffice', homeOffice: {} } },
    true,
  ],
  ['calendar.events.watch', 'an expiration as a number', { id: 'x', expiration: 1 }, false],
  ['calendar.events.watch', 'an expiration as digits', { id: 'x', expiration: '1' }, true],
  ['calendar.freebusy.query', 'a bound without a time', { timeMin: '2026-12-01' }, false],
  ['calendar.freebusy.query', 'items as bare ids', { items: ['primary'] }, false],
  ['gmail.users.messages.send', 'a raw message', { raw: 'eA' }, true],
  ['gmail.users.messages.send', 'recipients beside it', { raw: 'eA', to: ['v@example.test'] }, false],
]
test.for(table)('%s: %s', ([feature, , body, good]) => {
  const method = find(feature)
  expect([
    method.request!.safeParse(body).success,
    vendorTakes(method, published(method).request, body),
  ]).toEqual([good, good])
})

test('one thing is ours alone: a patch may say null, as the performance guide has it and no schema', () => {
  const patch = find('calendar.events.patch')
  expect([
    patch.request!.safeParse({ location: null }).success,
    vendorTakes(patch, 'Event', { location: null }),
  ]).toEqual([true, false])
  expect(patch.request!.safeParse({ colour: null }).success).toBe(false)
})
