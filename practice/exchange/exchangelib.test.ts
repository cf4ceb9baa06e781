import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { HOUR } from '#core/time/model.ts'
import { startExchangelib, type Exchangelib } from '#tests/counterparts/exchangelib.ts'
import { startPracticeExchange, type PracticeExchange } from './server.ts'

// Everything here is said by python3-exchangelib: what it can do here, it does with Exchange.
const GIULIA = 'giulia@studio.example'
const ANNA = 'anna@studio.example'
const NINE = '2026-12-01T09:00:00Z'
const HALF = '2026-12-01T09:30:00Z'
const MONTH = { start: '2026-12-01T00:00:00Z', end: '2027-01-01T00:00:00Z' }
type Seen = {
  id: string
  changekey: string
  subject: string
  start: string
  end: string
  type: string
  attendees: [string, string][]
  [name: string]: unknown
}
type Made = { id: string; changekey: string }
let practice: PracticeExchange
let giulia: Exchangelib
let anna: Exchangelib

// One child each for the whole file: to start Python takes longer than most of what is asked of it.
beforeAll(async () => {
  practice = await startPracticeExchange()
  practice.store.addUser({ email: GIULIA, name: 'Giulia Riva' })
  practice.store.addUser({ email: ANNA, name: 'Anna Neri' })
  giulia = startExchangelib({ ewsUrl: practice.ewsUrl, email: GIULIA })
  anna = startExchangelib({ ewsUrl: practice.ewsUrl, email: ANNA })
})
beforeEach(() => {
  for (const item of practice.store.items.values()) practice.store.deleteEvent(item.id)
  practice.store.mails = []
  practice.requests.length = 0
})
afterAll(async () => {
  giulia.close()
  anna.close()
  await practice.stop()
})

const create = (wish: object, send?: string) =>
  giulia.ask<Made>({
    do: 'create',
    wish: { subject: 'First meeting', start: NINE, end: HALF, ...wish },
    ...(send ? { send } : {}),
  })
const view = (window: object = MONTH) => giulia.ask<Seen[]>({ do: 'view', ...window })
const mails = () =>
  practice.store.mails.map(({ kind, to, subject, inSentItems }) => ({ kind, to, subject, inSentItems }))

test('a meeting is written, seen, changed under its change key and taken away; those invited hear of each step', async () => {
  const made = await create({ attendees: [ANNA], location: 'Room 1', mark: 'bk_1' }, 'SendToAllAndSaveCopy')
  const [seen] = await view()
  expect(seen).toMatchObject({
    subject: 'First meeting',
    start: NINE,
    end: HALF,
    location: 'Room 1',
    type: 'Single',
  })
  await giulia.ask({
    do: 'update',
    ...made,
    fields: { subject: 'Second meeting', start: '2026-12-01T10:00:00Z', end: '2026-12-01T10:30:00Z' },
    send: 'SendToAllAndSaveCopy',
  })
  await giulia.ask({ do: 'bin', id: made.id, send: 'SendToAllAndSaveCopy' })
  expect(mails()).toEqual([
    { kind: 'invitation', to: [ANNA], subject: 'First meeting', inSentItems: true },
    { kind: 'update', to: [ANNA], subject: 'Second meeting', inSentItems: true },
    { kind: 'cancellation', to: [ANNA], subject: 'Canceled: Second meeting', inSentItems: true },
  ])
  expect(await view()).toEqual([])
  expect(practice.store.events(ANNA)).toMatchObject([
    { subject: 'Canceled: Second meeting', isCancelled: true, showAs: 'Free' },
  ])
  expect(await anna.ask({ do: 'inbox' })).toEqual(
    expect.arrayContaining([
      ['MeetingRequest', 'First meeting'],
      ['MeetingCancellation', 'Canceled: Second meeting'],
    ]),
  )
})

test('nobody hears of anything with SendToNone', async () => {
  const made = await create({ attendees: [ANNA] })
  await giulia.ask({ do: 'update', ...made, fields: { subject: 'x' } })
  await giulia.ask({ do: 'delete', id: made.id })
  expect(mails()).toEqual([])
  expect(practice.store.events(ANNA)).toEqual([])
})

test('B20 a stale change key is an irresolvable conflict under NeverOverwrite, and none under AlwaysOverwrite', async () => {
  const made = await create({})
  practice.store.renameEvent(made.id, 'Renamed by its owner')
  const stale = { do: 'update', ...made, fields: { subject: 'x' } }
  await expect(giulia.ask({ ...stale, conflict: 'NeverOverwrite' })).rejects.toThrow(
    'ErrorIrresolvableConflict',
  )
  expect(practice.store.find(made.id)!.subject).toBe('Renamed by its owner')
  await giulia.ask({ ...stale, conflict: 'AlwaysOverwrite' })
  expect(practice.store.find(made.id)!.subject).toBe('x')
})

test('C24 what was written under our mark is found by it; a filter on the UID is refused', async () => {
  await create({ mark: 'bk_1' })
  await create({ mark: 'bk_2', subject: 'Other' })
  expect(await giulia.ask({ do: 'marked', mark: 'bk_1' })).toEqual(['First meeting'])
  expect(await giulia.ask({ do: 'marked', mark: 'bk_3' })).toEqual([])
  expect(await giulia.ask({ do: 'titled', text: 'Fi' })).toEqual(['First meeting'])
  expect(await view()).toMatchObject([{ mark: 'bk_1' }, { mark: 'bk_2' }])
})

test('a sync tells creates, updates and deletes once each, in pages, and a forgotten state must begin anew', async () => {
  const made = [await create({}), await create({ subject: 'b' }), await create({ subject: 'c' })]
  const first = await giulia.ask<{ changes: [string, string][]; state: string }>({ do: 'sync', most: 2 })
  expect(first.changes.map(([kind]) => kind)).toEqual(['create', 'create', 'create'])
  expect(practice.requests.filter(({ operation }) => operation === 'SyncFolderItems')).toHaveLength(2)
  expect(first.state.length).toBeGreaterThan(2048)
  practice.store.renameEvent(made[0]!.id, 'z')
  practice.store.deleteEvent(made[1]!.id)
  const second = await giulia.ask<typeof first>({ do: 'sync', state: first.state })
  expect(second.changes.map(([kind]) => kind).sort()).toEqual(['delete', 'update'])
  expect((await giulia.ask<typeof first>({ do: 'sync', state: second.state })).changes).toEqual([])
  practice.store.forgetSyncStates()
  await expect(giulia.ask({ do: 'sync', state: second.state })).rejects.toThrow('ErrorInvalidSyncStateData')
})

test('a series keeps its wall clock when the clocks change, in a view day by day and in a sync as one', async () => {
  const wish = {
    start: '2026-10-19T07:00:00Z',
    end: '2026-10-19T08:00:00Z',
    recurrence: { kind: 'weekly', days: ['Monday'], from: '2026-10-19', count: 3 },
  }
  const series = await create(wish)
  const days = await view({ start: '2026-10-01T00:00:00Z', end: '2026-12-01T00:00:00Z' })
  expect(days.map(({ start, type, is_recurring }) => [start, type, is_recurring])).toEqual([
    ['2026-10-19T07:00:00Z', 'Occurrence', true],
    ['2026-10-26T08:00:00Z', 'Occurrence', true],
    ['2026-11-02T08:00:00Z', 'Occurrence', true],
  ])
  expect((await giulia.ask<{ changes: [string, string][] }>({ do: 'sync' })).changes).toEqual([
    ['create', series.id],
  ])
  await giulia.ask({
    do: 'update',
    id: days[1]!.id,
    fields: { start: '2026-10-26T10:00:00Z', end: '2026-10-26T11:00:00Z' },
  })
  await giulia.ask({ do: 'delete', id: days[2]!.id })
  expect(
    (await view({ start: '2026-10-01T00:00:00Z', end: '2026-12-01T00:00:00Z' })).map(({ start, type }) => [
      start,
      type,
    ]),
  ).toEqual([
    ['2026-10-19T07:00:00Z', 'Occurrence'],
    ['2026-10-26T10:00:00Z', 'Exception'],
  ])
  expect(await giulia.ask({ do: 'series', id: series.id })).toEqual([
    ['2026-10-26T10:00:00Z', '2026-10-26T08:00:00Z'],
  ])
})

test('a day of a series that is called off is called off for those invited too, and only that day', async () => {
  const recurrence = { kind: 'daily', from: '2026-12-01', count: 3 }
  await create({ recurrence, attendees: [ANNA] }, 'SendToAllAndSaveCopy')
  const days = await view()
  await giulia.ask({ do: 'delete', id: days[1]!.id, send: 'SendToAllAndSaveCopy' })
  expect(mails().map(({ kind }) => kind)).toEqual(['invitation', 'cancellation'])
  const hers = await anna.ask<Seen[]>({ do: 'view', ...MONTH })
  expect(hers.map(({ start, is_cancelled }) => [start, is_cancelled])).toEqual([
    ['2026-12-01T09:00:00Z', false],
    ['2026-12-03T09:00:00Z', false],
  ])
})

test('the third Thursday of the month is found', async () => {
  await create({
    start: '2026-11-19T08:00:00Z',
    end: '2026-11-19T09:00:00Z',
    recurrence: { kind: 'monthly', day: 'Thursday', week: 'Third', from: '2026-11-19', until: '2027-03-01' },
  })
  const days = await view({ start: '2026-11-01T00:00:00Z', end: '2027-06-01T00:00:00Z' })
  expect(days.map(({ start }) => start.slice(0, 10))).toEqual([
    '2026-11-19',
    '2026-12-17',
    '2027-01-21',
    '2027-02-18',
  ])
})

test('all-day events reach from midnight to midnight of their zone', async () => {
  await create({ is_all_day: true, start: '2026-12-24', end: '2026-12-24' })
  expect(practice.store.events(GIULIA)).toMatchObject([
    {
      isAllDay: true,
      span: { start: Date.parse('2026-12-23T23:00:00Z'), end: Date.parse('2026-12-24T23:00:00Z') },
    },
  ])
  expect(await view()).toMatchObject([{ is_all_day: true, start: '2026-12-24', end: '2026-12-24' }])
})

test('an event that moves to another calendar has another identifier there', async () => {
  practice.store.addCalendar(GIULIA, { name: 'Second' })
  const made = await create({})
  await giulia.ask({ do: 'move', id: made.id, to: 'Second' })
  const [there] = practice.store.itemsOf(practice.store.calendarOf(GIULIA, 'Second').id)
  expect(there!.id).not.toBe(made.id)
  await expect(giulia.ask({ do: 'get', id: made.id })).rejects.toThrow('ErrorItemNotFound')
  expect(await giulia.ask({ do: 'get', id: there!.id })).toMatchObject({ subject: 'First meeting' })
  expect(await giulia.ask({ do: 'folders' })).toEqual(['Second'])
})

test('an invitation is answered, and the answer comes back to who sent it', async () => {
  const made = await create({ attendees: [ANNA] }, 'SendToAllAndSaveCopy')
  const [hers] = await anna.ask<Seen[]>({ do: 'view', ...MONTH })
  expect(hers).toMatchObject({ my_response_type: 'NoResponseReceived', legacy_free_busy_status: 'Tentative' })
  await anna.ask({ do: 'answer', id: hers!.id, answer: 'decline' })
  expect(await anna.ask<Seen[]>({ do: 'view', ...MONTH })).toEqual([])
  expect(await giulia.ask<Seen>({ do: 'get', id: made.id })).toMatchObject({ attendees: [[ANNA, 'Decline']] })
  expect(mails().at(-1)).toMatchObject({ kind: 'response', to: [GIULIA], subject: 'Declined: First meeting' })
  const again = await create({ attendees: [ANNA], subject: 'Again' }, 'SendToAllAndSaveCopy')
  const [second] = await anna.ask<Seen[]>({ do: 'view', ...MONTH })
  await anna.ask({ do: 'answer', id: second!.id, answer: 'accept' })
  expect(practice.store.find(again.id)!.attendees).toMatchObject([{ email: ANNA, answer: 'Accept' }])
})

test('times of free and busy are local to the zone that was described, on both sides of a change of clocks', async () => {
  practice.store.putEvent(practice.store.calendarOf(ANNA).id, {
    start: Date.parse('2026-10-24T08:00:00Z'),
    end: Date.parse('2026-10-24T09:00:00Z'),
    subject: 'Secret',
  })
  practice.store.putEvent(practice.store.calendarOf(ANNA).id, {
    start: Date.parse('2026-10-26T08:00:00Z'),
    end: Date.parse('2026-10-26T09:00:00Z'),
    showAs: 'OOF',
  })
  const ask = (end: string) =>
    giulia.ask<{ events: [string, string][] }[]>({
      do: 'free_busy',
      who: [ANNA],
      start: '2026-10-23T22:00:00Z',
      end,
    })
  expect((await ask('2026-10-27T23:00:00Z'))[0]!.events).toEqual([
    ['2026-10-24T10:00:00', 'Busy'],
    ['2026-10-26T09:00:00', 'OOF'],
  ])
  await expect(ask('2026-12-20T22:00:00Z')).rejects.toThrow('ErrorTimeIntervalTooBig')
})

test('a stream tells what happens while it is open', async () => {
  const { heard } = await giulia.listen<string[]>({ do: 'stream' })
  const wait = setInterval(
    () => practice.store.putEvent(practice.store.calendarOf(GIULIA).id, { start: 0, end: HOUR }),
    300,
  )
  expect(await heard).toEqual(expect.arrayContaining(['CreatedEvent']))
  clearInterval(wait)
})

test('a pulled subscription keeps what happened until it is asked', async () => {
  const { heard, nudge } = await giulia.listen<string[]>({ do: 'pull' })
  const made = practice.store.putEvent(practice.store.calendarOf(GIULIA).id, { start: 0, end: HOUR })
  practice.store.deleteEvent(made.id)
  nudge()
  expect(await heard).toEqual(['CreatedEvent', 'DeletedEvent'])
})

test('a letter goes out and a copy stays; names are found; zones are listed', async () => {
  await giulia.ask({ do: 'send', subject: 'Ciao', body: 'Hello', to: [ANNA] })
  expect(mails()).toEqual([{ kind: 'message', to: [ANNA], subject: 'Ciao', inSentItems: true }])
  expect(await giulia.ask({ do: 'resolve', name: 'Anna' })).toEqual([ANNA])
  await expect(giulia.ask({ do: 'resolve', name: 'Nobody' })).rejects.toThrow('ErrorNameResolutionNoResults')
  expect(await giulia.ask<number>({ do: 'zones' })).toBeGreaterThan(100)
})

test('private and tentative events keep their marks, odd prefixes and no gzip change nothing', async () => {
  practice.store.prefixes = 'odd'
  practice.store.gzip = false
  await create({ sensitivity: 'Private', legacy_free_busy_status: 'Tentative' })
  expect(await view()).toMatchObject([{ sensitivity: 'Private', legacy_free_busy_status: 'Tentative' }])
})
