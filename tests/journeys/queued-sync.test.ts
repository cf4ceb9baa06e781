import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOUR } from '#core/time/model.ts'
import { readHostCalendars } from '#server/calendars/busy.ts'
import { tasks } from '#server/calendars/jobs.ts'
import { routes } from '#server/calendars/routes.ts'
import { syncCalendar } from '#server/calendars/sync.ts'
import type { Connection } from '#server/calendars/model.ts'
import { caldav } from '#server/providers/caldav/caldav.ts'
import { tasks as mail } from '#server/mail/jobs.ts'
import { anOwner } from '#tests/connected.ts'
import { startFaultProxy, type FaultProxy } from '#tests/counterparts/fault-proxy.ts'
import { startRadicale, type CalendarServer } from '#tests/counterparts/radicale.ts'
import { aWorkspace, freshDatabase } from '#tests/database.ts'
import { aHouse, signedInAs } from '#tests/house.ts'

let radicale: CalendarServer
let way: FaultProxy
beforeAll(async () => {
  radicale = await startRadicale()
  way = await startFaultProxy(radicale.url)
})
afterAll(async () => {
  await way.stop()
  await radicale.stop()
})

/** Waits for the worker, which looks for jobs every second. */
async function until(what: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await what()) return
    await sleep(100)
  }
  throw new Error('the worker did not get there')
}

async function setting() {
  const world = await freshDatabase(
    { RITROVO_EGRESS_ALLOW: `localhost:${way.port}` },
    { providers: { caldav }, tasks: [...mail, ...tasks], work: true },
  )
  const { deps } = world
  const who = await aWorkspace(deps)
  const browser = await signedInAs(deps, aHouse(deps, routes), who)
  const answer = await browser.post<Connection>('/connections/caldav', {
    address: way.url,
    user: radicale.user,
    password: radicale.password,
    consent: { textVersion: 'test', locale: 'en' },
  })
  expect(answer.status).toBe(201)
  const known = async () =>
    (await deps.db.inWorkspace(who.workspaceId, (tx) => readHostCalendars(tx, [who.userId]))).get(who.userId)!
  await until(async () => (await known()).usable === 'yes')
  return { ...world, ...who, browser, known, calendarId: answer.body.calendars[0]!.id }
}

const pulls = () => way.requests.filter(({ body }) => body.includes('sync-collection')).length

test('S-007 connecting is all a person has to do: the worker reads the calendar and the page can be booked', async () => {
  const s = await setting()
  expect(await s.known()).toMatchObject({
    usable: 'yes',
    reason: null,
    destination: { calendarId: s.calendarId },
  })
  // What a person changes is read by the new rule without anybody asking for it.
  await s.browser.patch(`/calendars/${s.calendarId}`, { blocksTentative: false })
  expect(await s.known()).toMatchObject({ usable: 'no', reason: 'never-synced' })
  await until(async () => (await s.known()).usable === 'yes')
})

test('B09 a hundred knocks are at most two pulls, and what they knocked for is seen', async () => {
  const s = await setting()
  const start = Math.ceil(Date.now() / HOUR) * HOUR + 24 * HOUR
  await anOwner(radicale, 'work').put('knock', start, start + HOUR)
  const before = pulls()
  const payload = { workspaceId: s.workspaceId, calendarId: s.calendarId }
  await Promise.all(Array.from({ length: 100 }, () => s.deps.jobs.enqueue(null, syncCalendar, payload)))
  await until(async () => [...(await s.known()).busy.starts].includes(start))
  await sleep(2500)
  expect(pulls() - before).toBeLessThanOrEqual(2)
})
