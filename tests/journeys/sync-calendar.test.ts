import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, type Instant } from '#core/time/model.ts'
import { readHostCalendars } from '#server/calendars/busy.ts'
import { checkFresh } from '#server/calendars/fresh.ts'
import { pollCalendars } from '#server/calendars/poll.ts'
import { routes } from '#server/calendars/routes.ts'
import { syncCalendar } from '#server/calendars/sync.ts'
import { saveRefusal } from '#server/calendars/trouble.ts'
import { publishEvent, withdrawEvent } from '#server/calendars/write-event.ts'
import { openConnection } from '#server/connections/session.ts'
import { caldav } from '#server/providers/caldav/caldav.ts'
import type { EventDraft } from '#server/providers/provider.ts'
import { aConnection, anOwner, ask, remoteCalendar, vcalendar, vevent } from '#tests/connected.ts'
import { startFaultProxy, type Fault, type FaultProxy, type When } from '#tests/counterparts/fault-proxy.ts'
import { startRadicale, type CalendarServer } from '#tests/counterparts/radicale.ts'
import { aWorkspace, freshDatabase } from '#tests/database.ts'
import { aHouse, signedInAs } from '#tests/house.ts'

// One server for all; each test has calendars of its own.
let radicale: CalendarServer
let way: FaultProxy
const NAMES = Array.from({ length: 24 }, (_, n) => `c${n}`)
const free = [...NAMES]
beforeAll(async () => {
  radicale = await startRadicale({ calendars: NAMES })
  way = await startFaultProxy(radicale.url)
})
afterAll(async () => {
  await way.stop()
  await radicale.stop()
})
afterEach(() => way.clear())

async function setting(count = 1) {
  // The clock of our side; the server's events are laid around it.
  let now: Instant = Math.ceil(Date.now() / HOUR) * HOUR
  const { deps } = await freshDatabase(
    { RITROVO_EGRESS_ALLOW: `localhost:${way.port}` },
    { providers: { caldav }, now: () => now },
  )
  const who = await aWorkspace(deps)
  const { workspaceId, userId } = who
  const names = free.splice(0, count)
  const { connectionId, calendarIds } = await aConnection(deps, who, {
    address: `${way.url}${radicale.user}/`,
    user: radicale.user,
    password: radicale.password,
    calendars: names.map((name) => remoteCalendar(`/${radicale.user}/${name}/`, { name })),
  })
  const paths = names.map((name) => `/${radicale.user}/${name}/`)
  const ids = names.map((name) => calendarIds.get(`/${radicale.user}/${name}/`)!)
  const calendarId = ids[0]!
  const sync = async () => {
    for (const id of ids) await syncCalendar.run(deps, { workspaceId, calendarId: id })
  }
  const known = async () =>
    (await deps.db.inWorkspace(workspaceId, (tx) => readHostCalendars(tx, [userId], now))).get(userId)!
  const busy = async () => [...(await known()).busy.starts].slice(0, -1)
  const calendar = async () =>
    (
      await ask<{
        synced_at: number | null
        trouble: string | null
        failures: number
        wait_until: number | null
        generation: number
        cursor: string
      }>(deps, workspaceId, 'select * from calendars where calendar_id = $1', [calendarId])
    )[0]!
  const publish = (
    uid: string,
    start: Instant,
    { remoteId = null, sequence = 0 }: { remoteId?: string | null; sequence?: number } = {},
  ) => publishEvent(deps, { workspaceId, calendarId, draft: draft(uid, start, sequence), remoteId })
  const withdraw = (uid: string, remoteId: string | null) =>
    withdrawEvent(deps, { workspaceId, calendarId, uid, remoteId })
  const connection = async () =>
    (
      await ask<{ state: string; reason: string | null }>(
        deps,
        workspaceId,
        'select state, reason from connections',
      )
    )[0]!
  const letters = () =>
    ask<{ kind: string; subject: string }>(
      deps,
      workspaceId,
      'select kind, subject from letters order by created_at, kind',
    )
  return {
    deps,
    ...who,
    connectionId,
    calendarId,
    paths,
    sync,
    known,
    busy,
    calendar,
    connection,
    letters,
    publish,
    withdraw,
    owner: anOwner(radicale, names[0]!),
    owners: names.map((name) => anOwner(radicale, name)),
    now: () => now,
    wait: (ms: number) => (now += ms),
  }
}
// A report that goes on from a token, not one from the start.
const WITH_TOKEN: When = { body: /sync-token>http/ }
const NO_SUCH_TOKEN: Fault = {
  kind: 'answer',
  status: 403,
  headers: { 'content-type': 'application/xml' },
  body: '<error xmlns="DAV:"><valid-sync-token/></error>',
}

const draft = (uid: string, start: Instant, sequence: number): EventDraft => ({
  uid,
  sequence,
  span: { start, end: start + HOUR },
  zone: 'Europe/Rome',
  title: 'First meeting',
  description: '',
  location: '',
  url: null,
  organizer: { name: 'Giulia', email: 'giulia@example.test' },
  attendees: [{ name: 'Bea', email: 'bea@example.test' }],
})
const count = (text: string, what: RegExp) => [...text.matchAll(what)].length

test('B11 with no push at all a change is seen by the next poll, and a poll asks only for what is due', async () => {
  const s = await setting()
  const wanted: string[] = []
  // What follows from a change is asked for as well, by another name.
  s.deps.jobs.enqueue = async (_tx, task, payload) => void (task.name === 'calendars.sync' && wanted.push(task.key!(payload)))
  await pollCalendars.run(s.deps, {})
  expect(wanted).toEqual([s.calendarId])
  await s.sync()
  await s.owner.put('new', s.now() + 5 * HOUR, s.now() + 6 * HOUR)

  s.wait(MINUTE)
  await pollCalendars.run(s.deps, {})
  expect(wanted).toHaveLength(1)
  s.wait(s.deps.config.syncMinutes * MINUTE)
  await pollCalendars.run(s.deps, {})
  expect(wanted).toHaveLength(2)
  await s.sync()
  expect(await s.busy()).toEqual([s.now() + 5 * HOUR - MINUTE - s.deps.config.syncMinutes * MINUTE])
})

test('a sync that finds nothing new asks the server once and writes no event', async () => {
  const s = await setting()
  await s.owner.putAll(
    Array.from({ length: 30 }, (_, n) => vevent(`e${n}`, s.now() + n * HOUR, s.now() + n * HOUR + MINUTE)),
  )
  await s.sync()
  const rows = () =>
    ask(s.deps, s.workspaceId, 'select xmin::text || ctid::text as x from calendar_events order by remote_id')
  const before = await rows()
  const { version } = await s.known()
  way.requests.length = 0
  const statements = s.deps.db.counts().statements
  s.wait(2 * MINUTE)
  await s.sync()
  expect(way.requests.map(({ method }) => method)).toEqual(['REPORT'])
  expect(s.deps.db.counts().statements - statements).toBeLessThanOrEqual(4)
  expect(await rows()).toEqual(before)
  expect((await s.known()).version).toBe(version)
  expect((await s.calendar()).synced_at).toBe(s.now())
})

test('a change costs what changed: one event moved is one row written', async () => {
  const s = await setting()
  await s.owner.putAll(
    Array.from({ length: 30 }, (_, n) => vevent(`e${n}`, s.now() + n * HOUR, s.now() + n * HOUR + MINUTE)),
  )
  await s.sync()
  const rows = async () =>
    new Map(
      (
        await ask<{ uid: string; x: string }>(
          s.deps,
          s.workspaceId,
          'select uid, xmin::text as x from calendar_events',
        )
      ).map(({ uid, x }) => [uid, x]),
    )
  const before = await rows()
  // Radicale named the objects when they came together.
  const [moved] = await ask<{ path: string }>(
    s.deps,
    s.workspaceId,
    `select remote_id as path from calendar_events where uid = 'e7'`,
  )
  await s.owner.putText(
    moved!.path
      .split('/')
      .at(-1)!
      .replace(/\.ics$/, ''),
    vcalendar(vevent('e7', s.now() + 100 * HOUR, s.now() + 101 * HOUR)),
  )
  await s.sync()
  const after = await rows()
  expect([...after].filter(([uid, x]) => before.get(uid) !== x).map(([uid]) => uid)).toEqual(['e7'])
  expect(await s.busy()).toContain(s.now() + 100 * HOUR)
})

test('B01 an expired cursor is a full re-read: what was deleted meanwhile goes, what stood stays, nothing is empty on the way', async () => {
  const s = await setting()
  for (const n of [1, 2, 3]) await s.owner.put(`e${n}`, s.now() + n * HOUR, s.now() + n * HOUR + MINUTE)
  await s.sync()
  await s.owner.remove('e2')
  await s.owner.put('e4', s.now() + 4 * HOUR, s.now() + 4 * HOUR + MINUTE)
  way.inject(WITH_TOKEN, NO_SUCH_TOKEN)
  await s.sync()
  expect(await s.busy()).toEqual([1, 3, 4].map((n) => s.now() + n * HOUR))
  expect(await s.calendar()).toMatchObject({ trouble: null, generation: 2, synced_at: s.now() })
})

test('B02 a server that forgets every cursor is read in full at most every half hour, and its owner sees why', async () => {
  const s = await setting()
  await s.sync()
  way.inject(WITH_TOKEN, NO_SUCH_TOKEN, Infinity)
  for (let minutes = 0; minutes < 60; minutes += 2) {
    s.wait(2 * MINUTE)
    await s.sync()
  }
  expect((await s.calendar()).generation).toBeLessThanOrEqual(4)
  expect((await s.calendar()).trouble).toBe('bad-answer')
})

test('B08 a server that answers with an empty list is not obeyed: its events stay busy, and the page stops booking, until it is sure', async () => {
  const s = await setting()
  await s.owner.putAll(
    Array.from({ length: 40 }, (_, n) =>
      vevent(`e${n}`, s.now() + n * HOUR + DAY, s.now() + n * HOUR + DAY + MINUTE),
    ),
  )
  await s.sync()
  const busy = await s.busy()
  expect(busy).toHaveLength(40)
  const empty =
    '<multistatus xmlns="DAV:"><sync-token>http://radicale.org/ns/sync/0</sync-token></multistatus>'
  way.inject(WITH_TOKEN, NO_SUCH_TOKEN)
  way.inject(
    { body: /sync-collection/ },
    { kind: 'answer', status: 207, headers: { 'content-type': 'application/xml' }, body: empty },
  )
  s.wait(2 * MINUTE)
  await s.sync()
  expect(await s.busy()).toEqual(busy)
  expect(await s.known()).toMatchObject({ usable: 'no', reason: 'stale' })
  expect((await s.calendar()).trouble).toBe('bad-answer')

  way.requests.length = 0
  s.wait(9 * MINUTE)
  await s.sync()
  expect(way.requests).toEqual([])
  s.wait(MINUTE)
  await s.sync()
  expect(await s.busy()).toEqual(busy)
  expect(await s.known()).toMatchObject({ usable: 'yes' })
})

test('B23 once a day the window moves on, so that what was too far away comes into sight', async () => {
  const s = await setting()
  await s.owner.put('far', s.now() + 400 * DAY + 12 * HOUR, s.now() + 400 * DAY + 13 * HOUR)
  await s.sync()
  expect(await s.busy()).toEqual([])
  // Behind the window all is busy, so nobody could have booked over it meanwhile.
  expect([...(await s.known()).busy.starts]).toEqual([s.now() + 400 * DAY])
  s.wait(DAY)
  await s.sync()
  expect(await s.busy()).toEqual([s.now() + 399 * DAY + 12 * HOUR])
})

test('B24 one unreadable event stands as busy and is counted; the other ninety-nine are read and the cursor goes on', async () => {
  const s = await setting()
  const start = s.now() + DAY
  await s.owner.putAll(
    Array.from({ length: 99 }, (_, n) => vevent(`e${n}`, start + n * HOUR, start + n * HOUR + MINUTE)),
  )
  await s.owner.putText(
    'zone',
    vcalendar(
      [
        'BEGIN:VEVENT',
        'UID:zone',
        'DTSTAMP:20260101T000000Z',
        `DTSTART;TZID=Nowhere/At All:20270301T100000`,
        'DTEND;TZID=Nowhere/At All:20270301T110000',
        'SUMMARY:somewhere',
        'END:VEVENT',
      ].join('\r\n'),
    ),
  )
  await s.sync()
  const list = await ask<{ n: number; troubled: number }>(
    s.deps,
    s.workspaceId,
    'select count(*) as n, count(*) filter (where trouble is not null) as troubled from calendar_events',
  )
  expect(list).toEqual([{ n: 100, troubled: 1 }])
  expect(await s.calendar()).toMatchObject({ trouble: null, synced_at: s.now() })
  const zone = Date.UTC(2027, 2, 1, 10)
  const { starts, ends } = (await s.known()).busy
  expect([...starts].some((from, i) => from <= zone && ends[i]! >= zone + HOUR)).toBe(true)
})

test('B32 what is declined, cancelled or transparent is free; tentative and unanswered follow their owner’s choice', async () => {
  const s = await setting()
  const at = (n: number) => s.now() + n * HOUR
  const put = (n: number, name: string, lines: string[]) => s.owner.put(name, at(n), at(n) + MINUTE, lines)
  await put(1, 'busy', [])
  await put(2, 'transparent', ['TRANSP:TRANSPARENT'])
  await put(3, 'cancelled', ['STATUS:CANCELLED'])
  await put(4, 'tentative', ['STATUS:TENTATIVE'])
  await put(5, 'outlook-free', ['X-MICROSOFT-CDO-BUSYSTATUS:FREE'])
  await put(6, 'outlook-oof', ['X-MICROSOFT-CDO-BUSYSTATUS:OOF'])
  await s.sync()
  expect(await s.busy()).toEqual([at(1), at(4), at(6)])

  const browser = await signedInAs(s.deps, aHouse(s.deps, routes), s)
  await browser.patch(`/calendars/${s.calendarId}`, { blocksTentative: false })
  expect(await s.known()).toMatchObject({ usable: 'no', reason: 'never-synced' })
  await s.sync()
  expect(await s.busy()).toEqual([at(1), at(6)])
})

test('B29 while nothing can be read the copy only grows older: seen in its age, said in words, and told once by letter', async () => {
  const s = await setting()
  await s.owner.put('old', s.now() + 30 * HOUR, s.now() + 31 * HOUR)
  await s.sync()
  const synced = s.now()
  way.inject({}, { kind: 'reset' }, Infinity)
  for (let minutes = 0; minutes < 120; minutes += 6) {
    s.wait(6 * MINUTE)
    await s.sync()
    const { usable } = await s.known()
    expect(usable).toBe(minutes + 6 < 30 ? 'yes' : 'no')
  }
  expect(await s.calendar()).toMatchObject({ synced_at: synced, trouble: 'connect' })
  expect(await s.known()).toMatchObject({ usable: 'no', reason: 'stale', oldestSync: synced })
  expect(await s.busy()).toHaveLength(1)
  expect(await s.connection()).toEqual({ state: 'connected', reason: null })
  expect(await s.letters()).toEqual([
    { kind: 'connection-stale', subject: `${radicale.user}@localhost cannot be read` },
  ])

  way.clear()
  s.wait(6 * MINUTE)
  await s.sync()
  expect(await s.known()).toMatchObject({ usable: 'yes' })
  expect(await s.calendar()).toMatchObject({ trouble: null, failures: 0, synced_at: s.now() })
})

test('C01 a server that asks us to wait is not asked again before that', async () => {
  const s = await setting()
  await s.sync()
  way.inject({}, { kind: 'answer', status: 429, headers: { 'retry-after': '600' } }, Infinity)
  s.wait(2 * MINUTE)
  await s.sync()
  const { wait_until: until, trouble } = await s.calendar()
  expect(trouble).toBe('slow-down')
  expect(until! - s.now()).toBeGreaterThanOrEqual(10 * MINUTE)
  expect(until! - s.now()).toBeLessThanOrEqual(12 * MINUTE)
  way.clear()
  way.requests.length = 0
  s.wait(9 * MINUTE)
  await s.sync()
  expect(way.requests).toEqual([])
  s.wait(4 * MINUTE)
  await s.sync()
  expect(await s.calendar()).toMatchObject({ trouble: null, synced_at: s.now() })
})

test('C15 a refused password breaks the connection once, tells its owner why, and stops asking; the new one repairs it all', async () => {
  const s = await setting()
  await s.owner.put('kept', s.now() + 30 * HOUR, s.now() + 31 * HOUR)
  await s.sync()
  const { version } = await s.known()
  way.inject({}, { kind: 'answer', status: 401 }, Infinity)
  s.wait(2 * MINUTE)
  await s.sync()
  expect(await s.connection()).toEqual({ state: 'broken', reason: 'wrong-password' })
  expect(await s.known()).toMatchObject({ usable: 'no', reason: 'broken', version: expect.toSatisfy((now: number) => now > version) as number })
  expect(await s.letters()).toEqual([
    { kind: 'connection-broken', subject: `${radicale.user}@localhost has signed us out` },
  ])
  s.wait(2 * MINUTE)
  await s.sync()
  expect(await s.letters()).toHaveLength(1)

  const browser = await signedInAs(s.deps, aHouse(s.deps, routes), s)
  expect(await browser.post(`/connections/${s.connectionId}/retry`, {})).toMatchObject({
    status: 422,
    body: { code: 'wrong-password' },
  })
  way.clear()
  expect(
    await browser.post(`/connections/${s.connectionId}/retry`, { password: 'still wrong' }),
  ).toMatchObject({ status: 422, body: { code: 'wrong-password' } })
  const [before] = await ask<{ calendar_id: string }>(
    s.deps,
    s.workspaceId,
    'select calendar_id, checked, destination from calendars where checked',
  )
  const repaired = await browser.post(`/connections/${s.connectionId}/retry`, { password: radicale.password })
  expect(repaired).toMatchObject({ status: 200, body: { state: 'connected', reason: null } })
  expect(
    await ask(s.deps, s.workspaceId, 'select calendar_id, checked, destination from calendars where checked'),
  ).toEqual([before])
  await s.sync()
  expect(await s.known()).toMatchObject({ usable: 'yes' })
  expect(await s.busy()).toHaveLength(1)
})

test('C15 a worker still holding yesterday’s password cannot break what its owner has just repaired', async () => {
  const s = await setting()
  const slow = await openConnection(s.deps, s.workspaceId, s.connectionId)
  const browser = await signedInAs(s.deps, aHouse(s.deps, routes), s)
  expect(
    await browser.post(`/connections/${s.connectionId}/retry`, { password: radicale.password }),
  ).toMatchObject({ status: 200 })
  await saveRefusal(s.deps, s.workspaceId, s.connectionId, slow)
  expect(await s.connection()).toEqual({ state: 'connected', reason: null })
  expect(await s.letters()).toEqual([])
  await saveRefusal(
    s.deps,
    s.workspaceId,
    s.connectionId,
    await openConnection(s.deps, s.workspaceId, s.connectionId),
  )
  expect(await s.connection()).toEqual({ state: 'broken', reason: 'wrong-password' })
})

test('A24 an event that came after our copy was made is seen when the provider is asked itself', async () => {
  const s = await setting(2)
  await s.sync()
  const start = s.now() + 50 * HOUR
  await s.owners[1]!.put('late', start, start + HOUR)
  expect(await s.busy()).toEqual([])
  const fresh = await checkFresh(s.deps, s.workspaceId, [s.userId], {
    start: start - HOUR,
    end: start + 2 * HOUR,
  })
  expect(fresh).toEqual({ kind: 'clear', busy: new Map([[s.userId, [{ start, end: start + HOUR }]]]) })
  expect(
    await checkFresh(s.deps, s.workspaceId, [s.userId], { start: start + 5 * DAY, end: start + 6 * DAY }),
  ).toEqual({ kind: 'clear', busy: new Map([[s.userId, []]]) })
})

test('A24 our own event is not held against its own booking; moved by its owner, it is', async () => {
  const s = await setting()
  const start = s.now() + 50 * HOUR
  const window = { start: start - DAY, end: start + DAY }
  expect(await s.publish('ours@ritrovo', start)).toMatchObject({ kind: 'standing' })
  expect(await checkFresh(s.deps, s.workspaceId, [s.userId], window)).toEqual({
    kind: 'clear',
    busy: new Map([[s.userId, []]]),
  })
  await ask(
    s.deps,
    s.workspaceId,
    `update written_events set starts_at = starts_at + interval '1 hour', ends_at = ends_at + interval '1 hour'`,
  )
  expect(await checkFresh(s.deps, s.workspaceId, [s.userId], window)).toEqual({
    kind: 'clear',
    busy: new Map([[s.userId, [{ start, end: start + HOUR }]]]),
  })
})

test('A25 a calendar that cannot be read at booking time is never taken for free, whatever is wrong with it', async () => {
  const s = await setting(2)
  await s.sync()
  const start = s.now() + 50 * HOUR
  const asked = () => checkFresh(s.deps, s.workspaceId, [s.userId], { start, end: start + HOUR })
  const meets = async (fault: Fault, when: When = {}) => {
    way.clear()
    way.inject(when, fault, Infinity)
    return asked()
  }
  // One of the two is enough.
  expect(await meets({ kind: 'answer', status: 503 }, { path: new RegExp(`^${s.paths[1]}`) })).toEqual({
    kind: 'unreadable',
    reason: 'server-error',
  })
  expect(await meets({ kind: 'reset' })).toEqual({ kind: 'unreadable', reason: 'connect' })
  expect(
    await meets({
      kind: 'answer',
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<html>welcome to this hotel',
    }),
  ).toEqual({ kind: 'unreadable', reason: 'not-caldav' })
  const begun = performance.now()
  expect(await meets({ kind: 'hang' })).toEqual({ kind: 'unreadable', reason: 'timeout' })
  expect(performance.now() - begun).toBeLessThan(6000)
  expect(await meets({ kind: 'answer', status: 401 })).toEqual({
    kind: 'unreadable',
    reason: 'wrong-password',
  })
  expect(await s.connection()).toEqual({ state: 'broken', reason: 'wrong-password' })
  way.clear()
  expect(await asked()).toEqual({ kind: 'unreadable', reason: 'wrong-password' })
})

test('B17 our own write comes back in a sync and is counted once; withdrawn, its time is free at once', async () => {
  const s = await setting()
  const start = s.now() + 50 * HOUR
  const made = await s.publish('ours@ritrovo', start)
  expect(made).toMatchObject({ kind: 'standing' })
  await s.sync()
  expect(await ask(s.deps, s.workspaceId, 'select uid from calendar_events')).toEqual([
    { uid: 'ours@ritrovo' },
  ])
  expect(await s.busy()).toEqual([])

  if (made.kind !== 'standing') throw new Error(made.kind)
  const { remoteId } = made
  const later = start + 3 * HOUR
  expect(await s.publish('ours@ritrovo', later, { remoteId, sequence: 1 })).toMatchObject({
    kind: 'standing',
    remoteId,
  })
  expect(await s.busy()).toEqual([])
  await s.sync()
  expect(await s.busy()).toEqual([])
  expect(count(await s.owner.read(), /BEGIN:VEVENT/g)).toBe(1)

  // Its owner drags it: now the calendar speaks for that time.
  await s.owner.putText(
    remoteId
      .split('/')
      .at(-1)!
      .replace(/\.ics$/, ''),
    vcalendar(vevent('ours@ritrovo', later + HOUR, later + 2 * HOUR)),
  )
  await s.sync()
  expect(await s.busy()).toEqual([later + HOUR])

  const { version } = await s.known()
  expect(await s.withdraw('ours@ritrovo', remoteId)).toEqual({ kind: 'gone' })
  expect(await s.busy()).toEqual([])
  expect((await s.known()).version).toBeGreaterThan(version)
  expect(await s.owner.read()).not.toContain('BEGIN:VEVENT')
})

test('C06 C23 a reply lost after the event was written makes no second one: the retry finds the first', async () => {
  const s = await setting()
  const start = s.now() + 50 * HOUR
  const publish = () => s.publish('once@ritrovo', start)
  way.inject({ method: 'PUT' }, { kind: 'lose-reply' })
  expect(await publish()).toMatchObject({ kind: 'standing' })

  // And when not even the reading back gets through, the next try of the queue does.
  way.inject({ method: 'PUT' }, { kind: 'lose-reply' })
  way.inject({ method: 'GET' }, { kind: 'reset' }, Infinity)
  await expect(s.publish('twice@ritrovo', start)).rejects.toThrow()
  way.clear()
  expect(await s.publish('twice@ritrovo', start)).toMatchObject({ kind: 'standing' })
  expect(await publish()).toMatchObject({ kind: 'standing' })
  expect(count(await s.owner.read(), /BEGIN:VEVENT/g)).toBe(2)
})

test('C25 withdrawing an event that is already gone is success', async () => {
  const s = await setting()
  const made = await s.publish('gone@ritrovo', s.now() + 50 * HOUR)
  if (made.kind !== 'standing') throw new Error(made.kind)
  const { remoteId } = made
  const withdraw = (id: string | null) => s.withdraw('gone@ritrovo', id)
  expect([await withdraw(remoteId), await withdraw(remoteId), await withdraw(null)]).toEqual([
    { kind: 'gone' },
    { kind: 'gone' },
    { kind: 'gone' },
  ])
  expect(await ask(s.deps, s.workspaceId, 'select 1 from written_events')).toEqual([])
})

test('a write that the server will not take is a refusal with its reason, not a retry for ever', async () => {
  const s = await setting()
  const publish = (remoteId: string | null = null) =>
    s.publish('no@ritrovo', s.now() + 50 * HOUR, { remoteId })
  way.inject({ method: 'PUT' }, { kind: 'answer', status: 403 }, Infinity)
  expect(await publish()).toEqual({ kind: 'refused', reason: 'forbidden' })
  way.clear()
  way.inject({ method: 'PUT' }, { kind: 'answer', status: 503 }, Infinity)
  await expect(publish()).rejects.toMatchObject({ name: 'Unreachable' })
  way.clear()
  expect(await publish(`/${radicale.user}/nowhere/none.ics`)).toEqual({
    kind: 'refused',
    reason: 'not-found',
  })
  await ask(s.deps, s.workspaceId, 'update calendars set writable = false')
  expect(await publish()).toEqual({ kind: 'refused', reason: 'write-refused' })
})

test('checking the connection reads a week, writes an event and takes it away again', async () => {
  const s = await setting()
  await s.owner.put('a', s.now() + HOUR, s.now() + 2 * HOUR)
  await s.owner.put('b', s.now() + 30 * DAY, s.now() + 30 * DAY + HOUR)
  const browser = await signedInAs(s.deps, aHouse(s.deps, routes), s)
  const check = async () =>
    (await browser.post<{ steps: unknown[] }>(`/connections/${s.connectionId}/check`)).body.steps
  expect(await check()).toMatchObject([
    { step: 'read', ok: true, detail: { events: 1 } },
    { step: 'write', ok: true },
    { step: 'live', ok: true, detail: { minutes: s.deps.config.syncMinutes } },
  ])
  expect(count(await s.owner.read(), /BEGIN:VEVENT/g)).toBe(2)
  way.inject({ method: 'PUT' }, { kind: 'answer', status: 403 }, Infinity)
  expect(await check()).toMatchObject([
    { step: 'read', ok: true },
    { step: 'write', ok: false, reason: 'forbidden' },
    { step: 'live', ok: true },
  ])
})
