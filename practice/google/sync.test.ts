import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY } from '#core/time/model.ts'
import { GIULIA, hour, refused, startJudge, type Judge } from './judge.ts'

let judge: Judge
beforeEach(async () => void (judge = await startJudge()))
afterEach(() => judge.stop())

const primary = { calendarId: 'primary', singleEvents: true }
const window = { timeMin: '2026-12-01T00:00:00Z', timeMax: '2027-01-01T00:00:00Z' }
const put = (id: string, date: string, more: object = {}) =>
  judge.google.store.putEvent(GIULIA, { id, summary: id, ...hour(date), ...more })
const list = async (more: object) => (await judge.api.events.list({ ...primary, ...more })).data
const told = (items: { id?: string | null; status?: string | null }[]) =>
  items.map((event) => `${event.status} ${event.id}`)

test('B06 pages follow each other, and only the last has a sync token', async () => {
  for (let i = 1; i <= 7; i++) put(`event${i}`, `2026-12-0${i}`)
  const first = await list({ ...window, maxResults: 3 })
  expect([first.items!.length, first.nextSyncToken]).toEqual([3, undefined])
  put('event8', '2026-12-08')
  const second = await list({ ...window, maxResults: 3, pageToken: first.nextPageToken! })
  const third = await list({ ...window, maxResults: 3, pageToken: second.nextPageToken! })
  expect([second.items!.length, third.items!.length, third.nextPageToken]).toEqual([3, 1, undefined])
  expect(told((await list({ syncToken: third.nextSyncToken! })).items!)).toEqual(['confirmed event8'])
  expect(
    await refused(list({ ...window, timeMax: '2027-02-01T00:00:00Z', pageToken: first.nextPageToken! })),
  ).toMatchObject({ status: 400, reason: 'invalid', location: 'pageToken' })
  expect(await refused(list({ ...window, pageToken: 'nonsense' }))).toMatchObject({
    status: 400,
    location: 'pageToken',
  })
})

test('a page holds 250 events unless asked, and 2500 at the most', async () => {
  for (let i = 0; i < 2600; i++) put(`many${i.toString(32).padStart(5, '0')}`, '2026-12-01')
  expect((await list(window)).items).toHaveLength(250)
  expect((await list({ ...window, maxResults: 9999 })).items).toHaveLength(2500)
})

test('a page may be empty although more follow', async () => {
  judge.google.store.behaviour.emptyPages = true
  put('event1', '2026-12-01')
  const first = await list(window)
  expect([first.items, typeof first.nextPageToken]).toEqual([[], 'string'])
  expect(told((await list({ ...window, pageToken: first.nextPageToken! })).items!)).toEqual([
    'confirmed event1',
  ])
})

test('an incremental answer tells what is new, changed, gone and moved out, once', async () => {
  for (const id of ['gone11', 'left11', 'same11']) put(id, '2026-12-02')
  const { nextSyncToken } = await list(window)
  put('fresh1', '2026-12-03')
  put('beyond', '2027-06-01')
  judge.google.store.deleteEvent(GIULIA, 'gone11')
  judge.google.store.moveEvent(GIULIA, 'left11', Date.parse('2027-06-01T10:00:00Z'))
  const changes = await list({ syncToken: nextSyncToken! })
  expect(told(changes.items!).sort()).toEqual(['cancelled gone11', 'confirmed fresh1', 'confirmed left11'])
  expect(changes.items!.find((event) => event.id === 'gone11')).toEqual({
    kind: 'calendar#event',
    id: 'gone11',
    status: 'cancelled',
    etag: expect.any(String) as string,
  })
  expect(changes.items!.find((event) => event.id === 'left11')!.start!.dateTime).toBe(
    '2027-06-01T12:00:00+02:00',
  )
  expect((await list({ syncToken: changes.nextSyncToken! })).items).toEqual([])
  expect(told((await list({ syncToken: nextSyncToken! })).items!)).toHaveLength(3)
  judge.google.store.behaviour.strays = true
  expect(told((await list({ syncToken: nextSyncToken! })).items!)).toContain('confirmed beyond')
})

test('what may not stand beside a sync token is 400', async () => {
  const { nextSyncToken } = await list(window)
  const with400 = async (more: object) =>
    refused(judge.api.events.list({ ...primary, syncToken: nextSyncToken!, ...more }))
  for (const [name, value] of Object.entries({
    iCalUID: 'x',
    orderBy: 'updated',
    privateExtendedProperty: ['a=b'],
    q: 'x',
    sharedExtendedProperty: ['a=b'],
    timeMin: window.timeMin,
    timeMax: window.timeMax,
    updatedMin: window.timeMin,
    showDeleted: false,
  }))
    expect(await with400({ [name]: value })).toMatchObject({ status: 400, reason: 'invalid', location: name })
  expect(await with400({ singleEvents: undefined })).toMatchObject({ status: 400, location: 'singleEvents' })
  expect((await list({ syncToken: nextSyncToken!, showDeleted: true })).items).toEqual([])
  expect(await refused(judge.api.events.list({ ...primary, syncToken: 'nonsense' }))).toMatchObject({
    status: 400,
    reason: 'invalid',
    location: 'syncToken',
  })
})

test('B01 a sync token that grew too old is 410 fullSyncRequired, and B02 for as long as wanted', async () => {
  put('event1', '2026-12-01')
  const { nextSyncToken } = await list(window)
  judge.google.store.forgetSyncTokens(GIULIA)
  expect(await refused(list({ syncToken: nextSyncToken! }))).toMatchObject({
    status: 410,
    reason: 'fullSyncRequired',
    location: 'syncToken',
  })
  const fresh = await list(window)
  expect((await list({ syncToken: fresh.nextSyncToken! })).items).toEqual([])
  judge.google.faults.next({
    match: { feature: 'calendar.events.list' },
    reason: 'fullSyncRequired',
    times: Infinity,
  })
  for (let i = 0; i < 3; i++)
    expect((await refused(list({ syncToken: fresh.nextSyncToken! }))).status).toBe(410)
})

test('the window bounds starts and ends; searches and orders have no sync token', async () => {
  put('before', '2026-11-30')
  put('inside', '2026-12-05', { description: 'blue notebook' })
  put('free11', '2026-12-06', { status: 'tentative', transparency: 'transparent' })
  put('after1', '2027-01-02')
  expect(told((await list(window)).items!)).toEqual(['confirmed inside', 'tentative free11'])
  expect(told((await list({ ...window, q: 'notebook' })).items!)).toEqual(['confirmed inside'])
  expect((await list({ orderBy: 'startTime' })).items!.map((event) => event.id)).toEqual([
    'before',
    'inside',
    'free11',
    'after1',
  ])
  expect((await list({ orderBy: 'startTime' })).nextSyncToken).toBeUndefined()
  expect(await refused(list({ timeMin: window.timeMax, timeMax: window.timeMin }))).toMatchObject({
    status: 400,
    reason: 'timeRangeEmpty',
  })
  expect(await refused(judge.api.events.list({ calendarId: 'primary', orderBy: 'startTime' }))).toMatchObject(
    { status: 400, location: 'orderBy' },
  )
  expect(await refused(list({ timeMin: '2026-12-01' }))).toMatchObject({
    status: 400,
    reason: 'invalidParameter',
    location: 'timeMin',
  })
})

test('deleted events come when asked for, or with updatedMin, which may not be too long ago', async () => {
  put('gone11', '2026-12-02')
  judge.google.store.deleteEvent(GIULIA, 'gone11')
  expect((await list(window)).items).toEqual([])
  expect(told((await list({ ...window, showDeleted: true })).items!)).toEqual(['cancelled gone11'])
  const since = new Date(judge.google.store.now() - DAY).toISOString()
  expect(told((await list({ updatedMin: since })).items!)).toEqual(['cancelled gone11'])
  expect(await refused(list({ updatedMin: '2020-01-01T00:00:00Z' }))).toMatchObject({
    status: 410,
    reason: 'updatedMinTooLongAgo',
  })
})

test('half an answer may be asked for', async () => {
  put('event1', '2026-12-02')
  expect(await list({ ...window, fields: 'items(id,start/dateTime),nextSyncToken' })).toEqual({
    items: [{ id: 'event1', start: { dateTime: '2026-12-02T10:00:00+01:00' } }],
    nextSyncToken: expect.any(String) as string,
  })
  expect(await refused(list({ ...window, fields: 'items(' }))).toMatchObject({
    status: 400,
    location: 'fields',
  })
})
