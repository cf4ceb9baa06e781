import type { Client } from '@microsoft/microsoft-graph-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY, HOUR } from '#core/time/model.ts'
import { follow, judge, refused } from './judge.ts'
import { startPracticeMicrosoft, type PracticeMicrosoft } from './server.ts'

type Item = Record<string, unknown> & { id: string; '@removed'?: { reason: string } }
type Page = { value: Item[]; '@odata.nextLink'?: string; '@odata.deltaLink'?: string }
const GIULIA = 'giulia@studio.example'
const START = Date.parse('2026-12-01T00:00:00Z')
const WINDOW = { startDateTime: '2026-12-01T00:00:00Z', endDateTime: '2026-12-31T00:00:00Z' }
const DELTA = '/me/calendarView/delta'
let practice: PracticeMicrosoft
let client: Client
let calendar: string

beforeEach(async () => {
  practice = await startPracticeMicrosoft()
  practice.store.addUser({ email: GIULIA, name: 'Giulia Riva' })
  client = judge(practice, GIULIA)
  calendar = practice.store.calendarOf(GIULIA).id
})
afterEach(() => practice.stop())

const at = (day: number, hour = 9) => ({
  start: START + day * DAY + hour * HOUR,
  end: START + day * DAY + (hour + 1) * HOUR,
})
const put = (subject: string, day: number, more: object = {}) =>
  practice.store.putEvent(calendar, { subject, ...at(day), ...more })
const weekly = (day: number) =>
  put('Weekly', day, {
    zone: 'UTC',
    recurrence: {
      pattern: { type: 'weekly', interval: 1, daysOfWeek: ['wednesday'] },
      range: { type: 'noEnd', startDate: '2026-12-02' },
    },
  })

/** A whole round, page by page, and where the next one begins. */
async function round(
  from: string | null,
  headers: Record<string, string> = {},
  path = DELTA,
): Promise<{ items: Item[]; pages: number; next: string }> {
  let page = (await (from === null ? client.api(path).query(WINDOW) : client.api(follow(practice, from)))
    .headers(headers)
    .get()) as Page
  const items = [...page.value]
  let pages = 1
  for (; page['@odata.nextLink']; pages++)
    items.push(
      ...(page = (await client.api(follow(practice, page['@odata.nextLink'])).headers(headers).get()) as Page)
        .value,
    )
  return { items, pages, next: page['@odata.deltaLink']! }
}

test('a first round brings everything in pages, and a second only what changed', async () => {
  for (let day = 0; day < 5; day++) put(`Event ${day}`, day)
  const first = await round(null, { Prefer: 'odata.maxpagesize=2' })
  expect([first.items.length, first.pages]).toEqual([5, 3])
  expect((await round(first.next)).items).toEqual([])
  const moved = practice.store.moveEvent(first.items[0]!.id, at(20))
  const added = put('New', 7)
  practice.store.deleteEvent(first.items[1]!.id)
  const second = await round(first.next)
  expect(second.items.map(({ id, '@removed': removed }) => [id, removed?.reason ?? null])).toEqual([
    [moved.place, null],
    [added.place, null],
    [first.items[1]!.id, 'deleted'],
  ])
  // The round that was over can be asked for again, and the next goes on from its end.
  expect((await round(first.next)).items).toHaveLength(3)
  expect((await round(second.next)).items).toEqual([])
})

test('a link gives the same page however often it is asked for', async () => {
  for (let day = 0; day < 4; day++) put(`Event ${day}`, day)
  const first = (await client.api(DELTA).query(WINDOW).header('Prefer', 'odata.maxpagesize=2').get()) as Page
  const again = () =>
    client
      .api(follow(practice, first['@odata.nextLink']))
      .header('Prefer', 'odata.maxpagesize=2')
      .get() as Promise<Page>
  const [one] = [await again(), put('Late', 9)]
  expect((await again()).value).toEqual(one.value)
})

test('an occurrence of a series says no more than when it is and whose; the series comes with it', async () => {
  const series = weekly(1)
  const { items } = await round(null)
  expect(items[0]).toMatchObject({ id: series.place, type: 'seriesMaster', subject: 'Weekly' })
  expect(items).toHaveLength(6)
  expect(Object.keys(items[1]!).sort()).toEqual([
    '@odata.etag',
    '@odata.type',
    'end',
    'id',
    'seriesMasterId',
    'start',
    'type',
  ])
  expect(items[1]).toMatchObject({
    type: 'occurrence',
    seriesMasterId: series.place,
    start: { dateTime: '2026-12-02T09:00:00.0000000', timeZone: 'UTC' },
  })
})

test('a changed occurrence is an exception with all its fields, a deleted one is removed', async () => {
  const series = weekly(1)
  const first = await round(null)
  practice.store.changeOccurrence(series.id, '2026-12-09', { span: at(9, 15), subject: 'Moved' })
  practice.store.changeOccurrence(series.id, '2026-12-16', 'removed')
  const { items } = await round(first.next)
  expect(items.find(({ type }) => type === 'exception')).toMatchObject({
    subject: 'Moved',
    seriesMasterId: series.place,
    start: { dateTime: '2026-12-10T15:00:00.0000000', timeZone: 'UTC' },
  })
  expect(items.filter((item) => item['@removed']).map(({ id }) => id)).toEqual([first.items[3]!.id])
})

test('B22 whatever changes outside the window is removed too, seen before or not; a forgetful server leaves out deleted occurrences', async () => {
  const inside = put('Inside', 3)
  const series = weekly(1)
  const first = await round(null)
  practice.store.moveEvent(inside.id, at(90))
  const outside = put('Never seen', 80)
  const short = put('Never seen, and gone', 81)
  practice.store.deleteEvent(short.id)
  practice.store.forgetsDeletedOccurrences = true
  practice.store.changeOccurrence(series.id, '2026-12-16', 'removed')
  const removed = (await round(first.next)).items.filter((item) => item['@removed']).map(({ id }) => id)
  expect(removed.sort()).toEqual([inside.place, outside.place, short.place].sort())
})

test('B19 an event that went to another calendar is gone from here and new there', async () => {
  const team = practice.store.addCalendar(GIULIA, { name: 'Team' })
  const event = put('Travels', 3)
  const lasting = { Prefer: 'IdType="ImmutableId"' }
  const there = `/me/calendars/${team.id}/calendarView/delta`
  const [here, other] = [await round(null, lasting), await round(null, lasting, there)]
  practice.store.moveToCalendar(event.id, team.id)
  expect((await round(here.next, lasting)).items).toEqual([
    { id: event.id, '@removed': { reason: 'deleted' } },
  ])
  expect((await round(other.next, lasting)).items).toMatchObject([{ id: event.id, subject: 'Travels' }])
})

test('links serve both kinds of identifiers', async () => {
  const event = put('Once', 3)
  const first = await round(null)
  expect(first.items[0]!.id).toBe(event.place)
  practice.store.renameEvent(event.id, 'Twice')
  expect((await round(first.next, { Prefer: 'IdType="ImmutableId"' })).items[0]!.id).toBe(event.id)
})

test('the window is in the link, and nothing else may be asked of it', async () => {
  const first = await round(null)
  for (const option of ['$select', '$filter', '$expand', '$orderby', '$search', '$top'])
    expect(
      await refused(
        client
          .api(DELTA)
          .query({ ...WINDOW, [option]: 'subject' })
          .get(),
      ),
    ).toMatchObject({ status: 400 })
  expect(await refused(client.api(follow(practice, first.next)).query(WINDOW).get())).toMatchObject({
    status: 400,
  })
  expect(await refused(client.api(DELTA).get())).toMatchObject({ status: 400, code: 'ErrorInvalidParameter' })
  // A link of one calendar opens no other.
  const team = practice.store.addCalendar(GIULIA, { name: 'Team' })
  expect(
    await refused(
      client
        .api(`/me/calendars/${team.id}/calendarView/delta`)
        .query({ $deltatoken: new URL(first.next).searchParams.get('$deltatoken')! })
        .get(),
    ),
  ).toMatchObject({ status: 410 })
})

test('B03 a state that is not known any more is 410, and what else a server may answer can be set', async () => {
  const first = await round(null)
  practice.store.forgetCursors()
  expect(await refused(client.api(follow(practice, first.next)).get())).toMatchObject({
    status: 410,
    code: 'SyncStateNotFound',
  })
  practice.faults.next({
    match: { feature: 'GET /me/calendarView/delta' },
    status: 410,
    headers: { location: `${practice.url}/v1.0${DELTA}?$deltatoken=latest` },
    body: { error: { code: 'resyncRequired', message: 'Resync required.' } },
  })
  expect(await refused(client.api(DELTA).query(WINDOW).get())).toMatchObject({
    status: 410,
    code: 'resyncRequired',
  })
  expect((await round(null)).items).toEqual([])
})

test('a calendar that knows no deltas refuses them and can still be viewed', async () => {
  const team = practice.store.addCalendar(GIULIA, { name: 'Team', delta: false })
  expect(
    await refused(client.api(`/me/calendars/${team.id}/calendarView/delta`).query(WINDOW).get()),
  ).toMatchObject({ status: 400 })
  expect(await client.api(`/me/calendars/${team.id}/calendarView`).query(WINDOW).get()).toMatchObject({
    value: [],
  })
})

test('series may come after their occurrences', async () => {
  practice.store.mastersLast = true
  weekly(1)
  expect((await round(null)).items.map(({ type }) => type)).toEqual([
    'occurrence',
    'occurrence',
    'occurrence',
    'occurrence',
    'occurrence',
    'seriesMaster',
  ])
})
