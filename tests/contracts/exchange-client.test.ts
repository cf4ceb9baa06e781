import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR } from '#core/time/model.ts'
import { availabilityOf } from '#server/providers/exchange/availability.ts'
import { exchange } from '#server/providers/exchange/exchange.ts'
import { calendarItem, FIELDS, ORDER } from '#server/providers/exchange/fields.ts'
import type { Part } from '#server/providers/exchange/fields.ts'
import { sendExchangeMail } from '#server/providers/exchange/mail.ts'
import { respond } from '#server/providers/exchange/respond.ts'
import { envelope, SPOKEN, xml } from '#server/providers/exchange/soap.ts'
import type { Xml } from '#server/providers/exchange/soap.ts'
import { listen } from '#server/providers/exchange/stream.ts'
import type { EventDraft } from '#server/providers/provider.ts'
import { ALICE, atExchange, BOB } from '#tests/counterparts/exchange-subject.ts'
import type { AtExchange } from '#tests/counterparts/exchange-subject.ts'

// Whatever our client may say must be something that Microsoft's own schema, and the oldest server we speak to, can hear.
const CONTRACT = join(import.meta.dirname, '..', '..', '..', 'shared', 'contracts', 'ews')
const read = (file: string) => readFileSync(join(CONTRACT, file), 'utf8')
xmlRegisterFsInputProviders()

let validator: XsdValidator
let it: AtExchange
const sent: { operation: string; body: string }[] = []

/** What the schema has against an envelope; nothing when it is good. */
function refusals(text: string): string[] {
  const document = XmlDocument.fromBuffer(Buffer.from(text))
  try {
    validator.validate(document)
    return []
  } catch (error) {
    return (
      (error as { details?: { message: string }[] }).details?.map(({ message }) => message) ?? [String(error)]
    )
  } finally {
    document.dispose()
  }
}

beforeAll(async () => {
  const path = join(CONTRACT, 'soap11-ews.xsd')
  const schema = XmlDocument.fromBuffer(readFileSync(path), { url: path })
  validator = XsdValidator.fromDoc(schema)
  schema.dispose()
  it = await atExchange()
  it.practice.exchanges(({ operation, body }) => {
    if (operation !== null) sent.push({ operation, body })
  })
  await sayEverything(it)
}, 60_000)
afterAll(async () => {
  validator?.dispose()
  await it?.stop()
})

const NINE = Date.UTC(2027, 2, 1, 9)
const WINDOW = { start: NINE - DAY, end: NINE + 60 * DAY }
const draft = (more: Partial<EventDraft> = {}): EventDraft => ({
  uid: 'b<1>&"x"@ritrovo',
  sequence: 0,
  span: { start: NINE, end: NINE + HOUR },
  zone: 'Europe/Rome',
  title: 'Bob\u0000 <&> "\u001f" 🙂',
  description: 'one\u000btwo\r\nthree',
  location: 'Via Roma 1',
  url: 'https://meet.example/a?b=1&c=2',
  organizer: { name: 'Alice', email: ALICE },
  attendees: [{ name: 'Bob "the builder"', email: BOB }],
  ...more,
})

/** Each verb, in each of the shapes its request can take. */
async function sayEverything({ session, calendar, primary, practice }: AtExchange): Promise<void> {
  await exchange.listCalendars(session)
  const { remoteId } = await exchange.createEvent(session, calendar, draft())
  await exchange.createEvent(
    session,
    calendar,
    draft({ uid: 'alone', attendees: [], zone: 'Antarctica/Troll', url: null, location: '' }),
  )
  await exchange.updateEvent(
    session,
    calendar,
    remoteId,
    draft({
      span: { start: NINE + HOUR, end: NINE + 2 * HOUR },
      title: 'x',
      description: 'y',
      location: 'z',
    }),
  )
  await exchange.updateEvent(
    session,
    calendar,
    remoteId,
    draft({
      span: { start: NINE + HOUR, end: NINE + 2 * HOUR },
      title: 'x',
      description: 'y',
      location: 'z',
      attendees: [...draft().attendees, { name: '', email: 'carol@example.test' }],
    }),
  )
  practice.store.putEvent(calendar, {
    start: NINE,
    end: NINE + HOUR,
    recurrence: {
      pattern: { kind: 'DailyRecurrence', interval: 1 },
      range: { kind: 'NoEndRecurrence', start: '2027-03-01' },
    },
  })
  let cursor: string | null = null
  for (let more = true; more;) ({ cursor, more } = await exchange.pull(session, calendar, cursor, WINDOW))
  await exchange.pull(session, calendar, cursor, WINDOW)
  await exchange.freshBusy!(session, calendar, WINDOW)
  await exchange.readEvent(session, calendar, draft().uid)
  await exchange.deleteEvent(session, calendar, remoteId)
  await availabilityOf(session, [ALICE, BOB], WINDOW)
  await sendExchangeMail(
    session,
    Buffer.from('From: alice@example.test\r\nTo: bob@example.test\r\nSubject: x\r\n\r\nx\r\n'),
  )
  const invited = {
    start: NINE,
    end: NINE + HOUR,
    organizer: { name: 'Bob', email: BOB },
    attendees: [{ email: ALICE }],
  }
  for (const answer of ['accept', 'tentative', 'decline'] as const)
    await respond(
      session,
      practice.store.putEvent(primary, invited).id,
      answer,
      answer === 'accept' ? '' : 'Alas <3',
    )
  practice.store.heartbeat = 5
  const stop = new AbortController()
  const listening = listen(session, calendar, () => undefined, stop.signal)
  while (!sent.some(({ operation }) => operation === 'GetStreamingEvents'))
    await new Promise((done) => setTimeout(done, 10))
  stop.abort()
  await listening
}

test('every operation we know was really said', () => {
  expect([...new Set(sent.map(({ operation }) => operation))].toSorted()).toEqual([
    'CreateItem',
    'DeleteItem',
    'FindFolder',
    'FindItem',
    'GetFolder',
    'GetItem',
    'GetStreamingEvents',
    'GetUserAvailability',
    'Subscribe',
    'SyncFolderItems',
    'UpdateItem',
  ])
  expect(sent.length).toBeGreaterThan(30)
})

test('every envelope is one of Microsoft’s schema, in the order it wants', () => {
  const bad = sent.flatMap(({ operation, body }) =>
    refusals(body).map((refusal) => `${operation}: ${refusal}`),
  )
  expect(bad).toEqual([])
})

test('the schema really looks: one element out of its order is refused', () => {
  const right = sent.find(
    ({ operation, body }) => operation === 'CreateItem' && body.includes('<t:UID>'),
  )!.body
  const uid = /<t:UID>.*?<\/t:UID>/.exec(right)![0]
  expect(
    refusals(right.replace(uid, '').replace('</t:CalendarItem>', `${uid}</t:CalendarItem>`)),
  ).not.toEqual([])
})

test('no property is younger than the server we say we are', () => {
  const known = JSON.parse(read('field-min-version.json')) as Record<string, string>
  for (const [field, since] of Object.entries(FIELDS)) expect([field, known[field]]).toEqual([field, since])
  const spoken = ['Exchange2007_SP1', 'Exchange2010', 'Exchange2010_SP1', 'Exchange2010_SP2']
  expect(spoken.at(-1)).toBe(SPOKEN)
  const named = sent.flatMap(({ body }) => [...body.matchAll(/FieldURI="([^"]+)"/g)].map(([, uri]) => uri!))
  expect(named.filter((uri) => !spoken.includes(known[uri]!))).toEqual([])
  expect(new Set(named)).toEqual(new Set(Object.keys(FIELDS)))
})

// Since 2013 only (learn.microsoft.com, CalendarItemType): the schema is of 2016 and would let them pass.
const YOUNGER =
  /<t:(StartWallClock|EndWallClock|StartTimeZoneId|EndTimeZoneId|EnhancedLocation|JoinOnlineMeetingUrl|IsOrganizer|InstanceKey|TextBody|NormalizedBody)\b/

test('no element is younger either, and the header asks for an old server', () => {
  for (const { body } of sent) {
    expect(body).not.toMatch(YOUNGER)
    expect(body).toContain(`<t:RequestServerVersion Version="${SPOKEN}"/>`)
  }
})

test('our order of elements is that of the schema', () => {
  const types = read('types.xsd')
  const elements = (name: string): string[] => {
    const from = types.indexOf(`complexType name="${name}"`)
    return [
      ...types.slice(from, types.indexOf('</xs:complexType>', from)).matchAll(/<xs:element\s+name="(\w+)"/g),
    ].map(([, one]) => one!)
  }
  const order = [...elements('ItemType'), ...elements('CalendarItemType')]
  expect(ORDER.map((part) => order.indexOf(part)).every((place) => place >= 0)).toBe(true)
  expect(ORDER.toSorted((a, b) => order.indexOf(a) - order.indexOf(b))).toEqual(ORDER)
})

test('parts are written in that order however they are given', () => {
  const parts: Partial<Record<Part, Xml>> = {
    Location: xml`<t:Location>x</t:Location>`,
    UID: xml`<t:UID>u</t:UID>`,
    Subject: xml`<t:Subject>s</t:Subject>`,
  }
  const body = xml`<m:CreateItem SendMeetingInvitations="SendToNone"><m:Items>${calendarItem(parts)}</m:Items></m:CreateItem>`
  expect(refusals(envelope(body, true))).toEqual([])
})

// services.wsdl declares the header for these alone.
test('answers in UTC are asked of the operations that take the wish', () => {
  const wsdl = read('services.wsdl')
  const binding = wsdl.slice(wsdl.indexOf('<wsdl:binding'))
  const takes = (operation: string): boolean => {
    const from = binding.indexOf(`<wsdl:operation name="${operation}">`)
    return binding.slice(from, binding.indexOf('</wsdl:input>', from)).includes('part="TimeZoneContext"')
  }
  const wished = sent.filter(({ body }) => body.includes('TimeZoneContext')).map(({ operation }) => operation)
  expect(new Set(wished)).toEqual(
    new Set(['GetItem', 'FindItem', 'CreateItem', 'UpdateItem', 'GetUserAvailability']),
  )
  expect([...new Set(wished)].every(takes)).toBe(true)
})
