import { describe, expect, test } from 'vitest'
import { packBusy, toBytes } from '#core/time/busy.ts'
import { DAY, HOUR, MINUTE, type Span } from '#core/time/model.ts'
import { loadInputs } from '#server/bookings/inputs.ts'
import { slotsOf } from '#server/bookings/slots.ts'
import { at } from '#server/platform/database.ts'
import { aConnection, ask } from '#tests/connected.ts'
import { aWorkspace, freshDatabase } from '#tests/database.ts'
import { aColleague, aHouse, signedInAs } from '#tests/house.ts'
import { beginHost } from './begin-host.ts'
import type { EventTypeChange, Page } from './model.ts'
import { routes } from './routes.ts'

// Monday 23 November 2026, 07:00 in Rome.
const NOW = Date.UTC(2026, 10, 23, 6)
const rome = (day: number, hour: number, minute = 0) => Date.UTC(2026, 10, day, hour - 1, minute)
type Preview = { days: { date: string; starts: number[] }[]; soonest: number[] }
type Explained = { starts: { start: number; reasons: string[] }[] }

async function anOffice() {
  const { deps } = await freshDatabase({}, { now: () => NOW })
  const giulia = await aWorkspace(deps)
  await ask(deps, giulia.workspaceId, 'delete from host_versions')
  await deps.db.inWorkspace(giulia.workspaceId, (tx) => beginHost(tx, giulia))
  const boss = await signedInAs(deps, aHouse(deps, routes), giulia)
  const page = (await boss.get<{ pages: Page[] }>('/pages')).body.pages[0]!
  const change = (eventType: EventTypeChange, version = 1) => boss.patch<Page>(`/pages/${page.id}`, { version, eventType })
  const preview = async (draft: object = {}) => {
    const answer = await boss.post<Preview>(`/pages/${page.id}/preview`, draft)
    expect(answer.status).toBe(200)
    return answer.body
  }
  const explain = async (date: string) => (await boss.get<Explained>(`/pages/${page.id}/explain?date=${date}`)).body.starts
  return { deps, giulia, boss, page, change, preview, explain }
}
type Office = Awaited<ReturnType<typeof anOffice>>

const on = ({ days }: Preview, date: string) => days.find((day) => day.date === date)?.starts ?? []

/** What stands in the host's calendar, as a sync a minute ago would have left it. */
async function busy({ deps, giulia }: Office, spans: Span[], syncedAgo = MINUTE, who: { workspaceId: string; userId: string } = giulia) {
  const { calendarId, connectionId } = await aConnection(deps, who)
  await ask(deps, who.workspaceId, 'update calendars set checked = true, destination = true, synced_at = $2, packed_busy = $3 where calendar_id = $1', [calendarId, at(NOW - syncedAgo), Buffer.from(toBytes(packBusy(spans)))])
  await ask(deps, who.workspaceId, `update connections set state = 'connected' where connection_id = $1`, [connectionId])
  return { calendarId, connectionId }
}

const occupy = ({ deps, giulia, page }: Office, start: number, end: number, more: { eventTypeId?: string; hold?: number } = {}) =>
  ask(deps, giulia.workspaceId, `insert into occupancy (workspace_id, host_id, event_type_id, state, during, hold_hash, hold_client, hold_until) values ($1, $2, $3, $4, tstzrange($5, $6), $7, $8, $9)`, [
    giulia.workspaceId, giulia.userId, more.eventTypeId ?? page.eventType.id, more.hold === undefined ? 'confirmed' : 'held', at(start), at(end),
    more.hold === undefined ? null : Buffer.from('h'), more.hold === undefined ? null : 'c', more.hold === undefined ? null : at(more.hold),
  ])

async function request({ deps, giulia, page }: Office, start: number) {
  const [row] = await ask<{ booking_id: string }>(deps, giulia.workspaceId, `insert into bookings (workspace_id, event_type_id, page_id, state, starts_at, ends_at, host_zone, wall_time, zone_rules, visitor_zone, locale, title, location, name, email, buffer_before, buffer_after, uid, calendar_state, token_hash, sealed_token, token_expires_at)
    values ($1, $2, $3, 'requested', $4, $5, 'Europe/Rome', '', '', 'Europe/Rome', 'it', 'x', '{}', 'Nina', 'nina@example.test', 0, 0, 'u', 'none', 'h', '', $5) returning booking_id`, [giulia.workspaceId, page.eventType.id, page.id, at(start), at(start + 30 * MINUTE)])
  await ask(deps, giulia.workspaceId, 'insert into booking_hosts (workspace_id, booking_id, user_id) values ($1, $2, $3)', [giulia.workspaceId, row!.booking_id, giulia.userId])
}

describe('preview', () => {
  test('the first page shows the usual hours of the coming five weeks, four hours of notice kept', async () => {
    const { preview } = await anOffice()
    const shown = await preview()
    expect(shown.days[0]).toEqual({ date: '2026-11-23', starts: [rome(23, 11), rome(23, 11, 30), rome(23, 12), rome(23, 12, 30), ...[14, 15, 16, 17].flatMap((hour) => [rome(23, hour), rome(23, hour, 30)])] })
    expect(shown.soonest).toEqual([rome(23, 11), rome(23, 11, 30), rome(23, 12)])
    expect(on(shown, '2026-11-28')).toEqual([])
    expect(shown.days.at(-1)!.date <= '2026-12-28').toBe(true)
    expect(shown.days.length).toBe(25)
  })

  test('unsaved settings and hours are shown and not kept', async () => {
    const { preview, boss, page } = await anOffice()
    const saved = await preview()
    const draft = await preview({ eventType: { durations: [120], increment: 60, notice: 0 }, schedule: { zone: 'Europe/Rome', weekly: [[{ from: 480, to: 660 }], [], [], [], [], [], []], overrides: [{ date: '2026-11-30', spans: [] }] } })
    expect(on(draft, '2026-11-23')).toEqual([rome(23, 8), rome(23, 9)])
    expect(draft.days.map(({ date }) => date)).toEqual(['2026-11-23', '2026-12-07', '2026-12-14', '2026-12-21'])
    expect(await preview()).toEqual(saved)
    expect((await boss.get<Page>(`/pages/${page.id}`)).body.eventType.version).toBe(1)
  })

  test('the editor may send the event type whole, and another id in it changes nothing', async () => {
    const office = await anOffice()
    await office.change({ perDay: 1 })
    await occupy(office, rome(24, 9), rome(24, 9, 30))
    const whole = { ...office.page.eventType, title: '', perDay: 1, id: crypto.randomUUID(), version: 7 }
    // The day's one meeting is of this event type: only with its own id is the day full.
    expect(on(await office.preview({ eventType: whole }), '2026-11-24')).toEqual([])
    expect(on(await office.preview({ eventType: whole }), '2026-11-25')).toHaveLength(16)
  })

  test('what stands in the calendar, bookings, living holds and open requests take their time away', async () => {
    const office = await anOffice()
    await busy(office, [{ start: rome(24, 9), end: rome(24, 11) }])
    await occupy(office, rome(24, 11), rome(24, 11, 30))
    await occupy(office, rome(24, 11, 30), rome(24, 12), { hold: NOW + 5 * MINUTE })
    await occupy(office, rome(24, 12), rome(24, 12, 30), { hold: NOW - MINUTE })
    await request(office, rome(24, 12, 30))
    expect(on(await office.preview(), '2026-11-24').filter((start) => start < rome(24, 13))).toEqual([rome(24, 12)])
  })

  test('hours that the page names stand in for the usual ones', async () => {
    const { boss, change, preview } = await anOffice()
    const evening = await boss.post<{ id: string }>('/schedules', { name: 'Sera', zone: 'Europe/Rome', weekly: [[], [{ from: 1200, to: 1260 }], [], [], [], [], []] })
    await change({ scheduleId: evening.body.id })
    expect((await preview()).days[0]).toEqual({ date: '2026-11-24', starts: [rome(24, 20), rome(24, 20, 30)] })
  })

  test('the preview is what visitors see', async () => {
    const office = await anOffice()
    await busy(office, [{ start: rome(24, 9), end: rome(24, 11) }, { start: rome(25, 14, 10), end: rome(25, 15, 5) }])
    await occupy(office, rome(26, 9), rome(26, 9, 30))
    await occupy(office, rome(26, 15), rome(26, 16), { eventTypeId: crypto.randomUUID() })
    const changes: EventTypeChange[] = [{ bufferBefore: 15, bufferAfter: 10, perDay: 3 }, { durations: [50, 25], increment: 20, notice: 0, perDay: null }, { horizon: { kind: 'range', from: '2026-11-25', to: '2026-11-27' } }]
    for (const [index, eventType] of changes.entries()) {
      await office.change(eventType, index + 1)
      const shown = (await office.preview()).days.flatMap(({ starts }) => starts)
      const inputs = (await loadInputs(office.deps.db, { host: office.giulia.slug, page: office.page.slug }))!
      const { slots } = slotsOf(inputs, inputs.type.durations[0]!, { start: NOW, end: NOW + 35 * DAY }, NOW)
      expect(shown).toEqual([...slots])
      expect(shown.length).toBeGreaterThan(0)
    }
  })

  test('hosts of a draft count with their own calendars and hours', async () => {
    const office = await anOffice()
    const luca = await aColleague(office.deps, office.giulia.workspaceId)
    await office.deps.db.inWorkspace(office.giulia.workspaceId, (tx) => beginHost(tx, { ...luca, locale: 'it', zone: 'America/New_York' }))
    await busy(office, [{ start: rome(24, 14), end: rome(24, 16) }], MINUTE, luca)
    const hosts = [{ id: office.giulia.userId, priority: 0 }, { id: luca.userId, priority: 0 }]
    const both = on(await office.preview({ eventType: { assignment: 'collective', hosts } }), '2026-11-24')
    // Nine in New York is three in the afternoon in Rome; then Luca is busy until four.
    expect(both).toEqual([rome(24, 16), rome(24, 16, 30), rome(24, 17), rome(24, 17, 30)])
    const either = on(await office.preview({ eventType: { assignment: 'round-robin', hosts } }), '2026-11-24')
    expect(either.at(0)).toBe(rome(24, 9))
    expect(either.at(-1)).toBe(rome(24, 23, 30))
  })

  test('nothing is written by a preview', async () => {
    const office = await anOffice()
    const rows = () => ask(office.deps, office.giulia.workspaceId, 'select xmin::text from event_types union all select xmin::text from scheduling_pages union all select xmin::text from schedules union all select xmin::text from event_type_hosts union all select xmin::text from host_versions')
    const before = await rows()
    await office.preview({ eventType: { title: 'Draft' } })
    expect(await rows()).toEqual(before)
  })
})

describe('why a day is as it is', () => {
  test('each start tells all that stands in its way', async () => {
    const office = await anOffice()
    await busy(office, [{ start: rome(24, 9), end: rome(24, 10) }])
    await occupy(office, rome(24, 11), rome(24, 11, 30))
    await office.change({ bufferAfter: 15, notice: 28 * 60 })
    const day = await office.explain('2026-11-24')
    const why = (hour: number, minute = 0) => day.find(({ start }) => start === rome(24, hour, minute))?.reasons.toSorted()
    expect(day.map(({ start }) => start)).toHaveLength(16)
    expect(why(9)).toEqual(['busy', 'notice'])
    expect(why(10)).toEqual(['notice'])
    expect(why(10, 30)).toEqual(['buffer', 'notice'])
    expect(why(11)).toEqual(['own-booking'])
    expect(why(12)).toEqual([])
  })

  test('it agrees with the preview: a start without a reason is offered, one with a reason is not', async () => {
    const office = await anOffice()
    await busy(office, [{ start: rome(24, 9, 10), end: rome(24, 10, 40) }, { start: rome(25, 0), end: rome(26, 0) }])
    await occupy(office, rome(27, 16), rome(27, 16, 30))
    await office.change({ perDay: 1, bufferBefore: 10, horizon: { kind: 'rolling', days: 9 } })
    const shown = await office.preview()
    for (let day = 23; day < 23 + 14; day++) {
      const date = new Date(Date.UTC(2026, 10, day)).toISOString().slice(0, 10)
      const free = (await office.explain(date)).filter(({ reasons }) => reasons.length === 0).map(({ start }) => start)
      expect(free, date).toEqual(on(shown, date))
    }
  })

  test('a day off has no starts, a day already past is too soon, one far ahead beyond the horizon', async () => {
    const { explain } = await anOffice()
    expect(await explain('2026-11-28')).toEqual([])
    expect(new Set((await explain('2026-11-20')).flatMap(({ reasons }) => reasons))).toEqual(new Set(['notice']))
    expect(new Set((await explain('2027-11-22')).flatMap(({ reasons }) => reasons))).toEqual(new Set(['horizon']))
  })

  test('a page that closes when a calendar cannot be read says so, one that takes requests does not', async () => {
    const office = await anOffice()
    await busy(office, [], 3 * HOUR)
    expect((await office.explain('2026-11-24')).every(({ reasons }) => reasons.length === 0)).toBe(true)
    await office.change({ whenUnreadable: { kind: 'close' } })
    expect((await office.explain('2026-11-24')).every(({ reasons }) => reasons.includes('calendar'))).toBe(true)
  })

  test('in rotation a start is explained only when nobody could take it', async () => {
    const office = await anOffice()
    const luca = await aColleague(office.deps, office.giulia.workspaceId)
    await office.deps.db.inWorkspace(office.giulia.workspaceId, (tx) => beginHost(tx, { ...luca, locale: 'it', zone: 'Europe/Rome' }))
    await busy(office, [{ start: rome(24, 9), end: rome(24, 11) }])
    await busy(office, [{ start: rome(24, 10), end: rome(24, 12) }], MINUTE, luca)
    await office.change({ assignment: 'round-robin', hosts: [{ id: office.giulia.userId, priority: 0 }, { id: luca.userId, priority: 0 }] })
    const day = await office.explain('2026-11-24')
    expect(day.filter(({ reasons }) => reasons.length > 0)).toEqual([{ start: rome(24, 10), reasons: ['busy'] }, { start: rome(24, 10, 30), reasons: ['busy'] }])
  })
})
