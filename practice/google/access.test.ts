import { afterEach, beforeEach, expect, test } from 'vitest'
import { AUTH, GIULIA, hour, MARCO, refused, startJudge, type Judge } from './judge.ts'

let judge: Judge
beforeEach(async () => void (judge = await startJudge()))
afterEach(() => judge.stop())

const primary = { calendarId: 'primary' }
const window = { timeMin: '2026-12-01T00:00:00Z', timeMax: '2026-12-31T00:00:00Z' }

test('each method asks for a scope of its own: calendar.events is not enough for freeBusy', async () => {
  const events = judge.as(`${AUTH}calendar.events`)
  expect((await events.events.list(primary)).status).toBe(200)
  const free = { requestBody: { ...window, items: [{ id: 'primary' }] } }
  expect(await refused(events.freebusy.query(free))).toMatchObject({
    status: 403,
    reason: 'insufficientPermissions',
  })
  expect(await refused(events.calendarList.list())).toMatchObject({
    status: 403,
    reason: 'insufficientPermissions',
  })
  const other = judge.as(
    `openid ${AUTH}calendar.events.freebusy ${AUTH}calendar.calendarlist.readonly`,
    MARCO,
  )
  expect((await other.freebusy.query(free)).status).toBe(200)
  expect((await other.calendarList.list()).status).toBe(200)
  expect(await refused(other.events.insert({ ...primary, requestBody: hour('2026-12-01') }))).toMatchObject({
    status: 403,
    reason: 'insufficientPermissions',
  })
})

test('without a token 401, with a wrong one 401, each with Google’s words', async () => {
  const read = async (headers: Record<string, string>) => {
    const answer = await fetch(`${judge.google.url}/calendar/v3/users/me/calendarList`, { headers })
    return [
      answer.status,
      ((await answer.json()) as { error: { errors: { reason: string }[] } }).error.errors[0]!.reason,
    ]
  }
  expect(await read({})).toEqual([401, 'required'])
  expect(await read({ authorization: 'Bearer nonsense' })).toEqual([401, 'authError'])
})

test('the list of calendars: roles, the primary one, conferences, pages, its own sync token', async () => {
  const { store } = judge.google
  const work = store.addCalendar(GIULIA, { summary: 'Work', color: '#123456', conference: [] })
  const shared = store.addCalendar(MARCO, { summary: 'Marco’s' })
  store.share(shared.id, GIULIA, 'reader')
  const all = (await judge.api.calendarList.list()).data
  expect(
    all.items!.map((entry) => [
      entry.id,
      entry.accessRole,
      entry.primary ?? false,
      entry.conferenceProperties!.allowedConferenceSolutionTypes,
    ]),
  ).toEqual([
    [GIULIA, 'owner', true, ['hangoutsMeet']],
    [work.id, 'owner', false, []],
    [shared.id, 'reader', false, ['hangoutsMeet']],
  ])
  expect((await judge.api.calendarList.list({ minAccessRole: 'writer' })).data.items).toHaveLength(2)
  const first = (await judge.api.calendarList.list({ maxResults: 2 })).data
  expect([first.items!.length, first.nextSyncToken]).toEqual([2, undefined])
  expect(
    (await judge.api.calendarList.list({ maxResults: 2, pageToken: first.nextPageToken! })).data.items,
  ).toHaveLength(1)
  store.removeCalendar(shared.id, GIULIA)
  store.hideCalendar(work.id, GIULIA)
  const changed = (await judge.api.calendarList.list({ syncToken: all.nextSyncToken! })).data
  expect(changed.items!.map((entry) => [entry.id, entry.deleted ?? false, entry.hidden ?? false])).toEqual([
    [work.id, false, true],
    [shared.id, true, false],
  ])
  expect((await judge.api.calendarList.list()).data.items).toHaveLength(1)
  expect(
    await refused(judge.api.calendarList.list({ syncToken: all.nextSyncToken!, minAccessRole: 'owner' })),
  ).toMatchObject({ status: 400, location: 'minAccessRole' })
  store.forgetSyncTokens()
  expect(await refused(judge.api.calendarList.list({ syncToken: all.nextSyncToken! }))).toMatchObject({
    status: 410,
    reason: 'fullSyncRequired',
  })
  expect((await judge.api.calendarList.get({ calendarId: 'primary' })).data.id).toBe(GIULIA)
  const others = (await judge.as(`${AUTH}calendar.readonly`, MARCO).calendarList.list()).data.nextSyncToken!
  expect(await refused(judge.api.calendarList.list({ syncToken: others }))).toMatchObject({ status: 400 })
})

test('free/busy merges, leaves out what blocks nothing, and says which calendars it does not know', async () => {
  const { store } = judge.google
  const put = (id: string, from: string, to: string, more: object = {}) =>
    store.putEvent(GIULIA, { id, ...hour('2026-12-01', from, to), ...more })
  put('first1', '10:00', '11:00')
  put('second', '10:30', '12:00')
  put('free11', '13:00', '14:00', { transparency: 'transparent' })
  put('noway1', '15:00', '16:00', { attendees: [{ email: GIULIA, responseStatus: 'declined' }] })
  put('maybe1', '17:00', '18:00', { attendees: [{ email: GIULIA, responseStatus: 'tentative' }] })
  store.putEvent(GIULIA, { id: 'allday', start: { date: '2026-12-03' }, end: { date: '2026-12-04' } })
  const { data } = await judge.api.freebusy.query({
    requestBody: {
      timeMin: '2026-12-01T00:00:00Z',
      timeMax: '2026-12-10T00:00:00Z',
      timeZone: 'Europe/Rome',
      items: [{ id: GIULIA }, { id: MARCO }],
    },
  })
  expect(data.calendars![GIULIA]!.busy).toEqual([
    { start: '2026-12-01T10:00:00+01:00', end: '2026-12-01T12:00:00+01:00' },
    { start: '2026-12-01T17:00:00+01:00', end: '2026-12-01T18:00:00+01:00' },
    { start: '2026-12-03T00:00:00+01:00', end: '2026-12-04T00:00:00+01:00' },
  ])
  expect(data.calendars![MARCO]).toEqual({ busy: [], errors: [{ domain: 'global', reason: 'notFound' }] })
  const query = (requestBody: object) => refused(judge.api.freebusy.query({ requestBody }))
  expect(
    await query({ timeMin: '2026-12-01T00:00:00Z', timeMax: '2027-06-01T00:00:00Z', items: [] }),
  ).toMatchObject({ status: 400, reason: 'timeRangeTooLong' })
  expect(
    await query({ timeMin: '2026-12-01T00:00:00Z', timeMax: '2026-12-01T00:00:00Z', items: [] }),
  ).toMatchObject({ status: 400, reason: 'timeRangeEmpty' })
  expect(await query({ timeMax: '2026-12-01T00:00:00Z' })).toMatchObject({ status: 400, reason: 'required' })
})

test('whoever may see busy times only sees no titles', async () => {
  judge.google.store.putEvent(GIULIA, { id: 'secret1', summary: 'Surgery', ...hour('2026-12-01') })
  const [event] = (await judge.as(`${AUTH}calendar.events.freebusy`).events.list({ ...primary, ...window }))
    .data.items!
  expect([event!.summary, event!.start!.dateTime, event!.visibility]).toEqual([
    undefined,
    '2026-12-01T10:00:00+01:00',
    'private',
  ])
})

test('C02 faults answer with Google’s reasons, cut lines and limit people', async () => {
  const { faults, store } = judge.google
  for (const reason of ['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'forbidden']) {
    faults.next({ match: { method: 'GET' }, reason })
    expect(await refused(judge.api.events.list(primary))).toMatchObject({ status: 403, reason })
  }
  faults.next({ reason: 'rateLimitExceeded', status: 429, headers: { 'retry-after': '7' } })
  expect(await refused(judge.api.events.list(primary))).toMatchObject({ status: 429 })
  faults.next({ match: { feature: 'calendar.events.insert' }, cut: 'before' })
  await expect(
    judge.api.events.insert({ ...primary, requestBody: { id: 'abcde1', ...hour('2026-12-01') } }),
  ).rejects.toThrow()
  expect(store.events(GIULIA)).toHaveLength(0)
  faults.next({ match: { feature: 'calendar.events.insert' }, cut: 'after' })
  await expect(
    judge.api.events.insert({ ...primary, requestBody: { id: 'abcde1', ...hour('2026-12-01') } }),
  ).rejects.toThrow()
  expect(store.events(GIULIA)).toHaveLength(1)
  faults.next({ status: 200, body: '<html>Sign in to the hotel</html>' })
  expect((await judge.api.events.list(primary)).data).toBe('<html>Sign in to the hotel</html>')
  faults.limitUsers(2, { reason: 'rateLimitExceeded' })
  await judge.api.events.list(primary)
  await judge.api.events.list(primary)
  expect(await refused(judge.api.events.list(primary))).toMatchObject({
    status: 403,
    reason: 'rateLimitExceeded',
  })
  expect((await judge.as(`${AUTH}calendar`, MARCO).events.list(primary)).status).toBe(200)
  store.pass(60_000)
  expect((await judge.api.events.list(primary)).status).toBe(200)
})

test('the log names what Google’s documents name', async () => {
  await judge.api.events.list({ ...primary, singleEvents: true })
  expect(judge.google.requests.at(-1)).toMatchObject({
    method: 'GET',
    feature: 'calendar.events.list',
    user: GIULIA,
    query: { singleEvents: 'true' },
  })
})
