import { expect, test } from 'vitest'
import { fromBytes } from '#core/time/busy.ts'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { Change, Page, RemoteEvent } from '#server/providers/provider.ts'
import { aConnection, ask } from '#tests/connected.ts'
import { aWorkspace, freshDatabase } from '#tests/database.ts'
import { windowFrom } from './model.ts'
import { savePage } from './save-page.ts'
import { claimCalendar, rewind, saveWritten, type Claim } from './store.ts'

const t = Date.UTC(2026, 10, 25, 9)

const event = (n: number, more: Partial<RemoteEvent> = {}): Change => ({
  kind: 'upsert',
  event: {
    remoteId: `/c/${n}.ics`,
    etag: `"${n}"`,
    uid: `uid-${n}`,
    occurrences: [{ start: t + n * HOUR, end: t + n * HOUR + 30 * MINUTE, kind: 'busy', allDay: false }],
    title: `Event ${n}`,
    private: false,
    attendees: [`p${n}@example.org`],
    trouble: null,
    sequence: 0,
    ...more,
  },
})
const events = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => event(from + i))
const removal = (n: number): Change => ({ kind: 'remove', remoteId: `/c/${n}.ics` })
const page = (changes: Change[], cursor: string, more = false): Page => ({ changes, cursor, more })

async function setting() {
  let now = Date.UTC(2026, 10, 24, 12)
  const { deps } = await freshDatabase({}, { now: () => now })
  const who = await aWorkspace(deps)
  const { calendarId } = await aConnection(deps, who)
  const { workspaceId, userId } = who
  const claim = async (): Promise<Claim> => {
    now += MINUTE * 2
    return (await deps.db.inWorkspace(workspaceId, (tx) =>
      claimCalendar(tx, workspaceId, calendarId, now, now + MINUTE),
    ))!
  }
  const fullRead = async (): Promise<Claim> => {
    const mine = await claim()
    const window = windowFrom(now)
    const generation = await deps.db.inWorkspace(workspaceId, (tx) =>
      rewind(tx, mine, { window, expired: false, doubt: null, now }),
    )
    return {
      ...mine,
      cursor: null,
      generation: generation!,
      refilling: true,
      windowStart: window.start,
      windowEnd: window.end,
    }
  }
  const row = async () =>
    (
      await ask<{
        cursor: string
        packed_busy: Buffer
        synced_at: number | null
        quarantined_at: number | null
        trouble: string | null
        refilling: boolean
        wait_until: number | null
      }>(deps, workspaceId, 'select * from calendars where calendar_id = $1', [calendarId])
    )[0]!
  const stored = async () =>
    (
      await ask<{ remote_id: string }>(
        deps,
        workspaceId,
        'select remote_id from calendar_events order by first_start',
      )
    ).map(({ remote_id }) => remote_id)
  const busy = async () => [...fromBytes((await row()).packed_busy).starts].slice(0, -1)
  const version = async () =>
    (
      await ask<{ version: number }>(
        deps,
        workspaceId,
        'select version from host_versions where user_id = $1',
        [userId],
      )
    )[0]!.version
  return {
    deps,
    workspaceId,
    userId,
    calendarId,
    claim,
    fullRead,
    row,
    stored,
    busy,
    version,
    wait: (ms: number) => (now += ms),
    now: () => now,
  }
}

async function statements(deps: Deps, work: () => Promise<unknown>): Promise<number> {
  const before = deps.db.counts().statements
  await work()
  return deps.db.counts().statements - before
}

test('a page costs at most three statements whatever its size, and busy time, cursor and version move with its rows', async () => {
  const s = await setting()
  const first = await s.fullRead()
  const before = await s.version()
  expect(
    await statements(s.deps, () => savePage(s.deps, first, page(events(0, 500), 'c1', true), { removed: 0 })),
  ).toBeLessThanOrEqual(3)
  expect(
    await statements(s.deps, () => savePage(s.deps, first, page(events(500, 600), 'c2'), { removed: 0 })),
  ).toBeLessThanOrEqual(3)
  expect(await s.stored()).toHaveLength(600)
  expect(await s.busy()).toHaveLength(600)
  expect(await s.row()).toMatchObject({ cursor: 'c2', refilling: false, trouble: null, synced_at: s.now() })
  expect(await s.version()).toBeGreaterThan(before)
})

test('a look that finds nothing new writes no event and does not retire a cached answer', async () => {
  const s = await setting()
  await savePage(s.deps, await s.fullRead(), page(events(0, 50), 'c1'), { removed: 0 })
  const version = await s.version()
  const versions = async () =>
    ask<{ x: string }>(
      s.deps,
      s.workspaceId,
      'select xmin::text || ctid::text as x from calendar_events order by remote_id',
    )
  const rows = await versions()

  const quiet = await s.claim()
  expect(await statements(s.deps, () => savePage(s.deps, quiet, page([], 'c1'), { removed: 0 }))).toBe(1)
  // A server may name an event again although nothing about it changed.
  await savePage(s.deps, await s.claim(), page(events(0, 10), 'c1'), { removed: 0 })
  expect(await versions()).toEqual(rows)
  expect(await s.version()).toBe(version)
  expect((await s.row()).synced_at).toBe(s.now())
})

test('B07 the cursor never moves without its rows, nor they without it', async () => {
  const s = await setting()
  await savePage(s.deps, await s.fullRead(), page(events(0, 3), 'c1'), { removed: 0 })
  const claim = await s.claim()
  // PostgreSQL refuses the row: with it goes the cursor, the busy time and the version.
  const version = await s.version()
  await expect(
    savePage(
      s.deps,
      claim,
      page(
        [event(7), event(8, { occurrences: [{ start: t, end: NaN, kind: 'busy', allDay: false }] })],
        'c2',
      ),
      { removed: 0 },
    ),
  ).rejects.toThrow()
  expect(await s.stored()).toHaveLength(3)
  expect((await s.row()).cursor).toBe('c1')
  expect(await s.version()).toBe(version)
})

test('B26 a reader that slept through its lease can write nothing any more', async () => {
  const s = await setting()
  const zombie = await s.fullRead()
  const heir = await s.claim()
  expect(
    await savePage(
      s.deps,
      { ...heir, refilling: true, windowStart: zombie.windowStart, windowEnd: zombie.windowEnd },
      page(events(0, 2), 'new'),
      { removed: 0 },
    ),
  ).toEqual({ kind: 'saved', changed: true })
  const version = await s.version()
  expect(await savePage(s.deps, zombie, page(events(5, 9), 'old'), { removed: 0 })).toEqual({ kind: 'lost' })
  expect(await savePage(s.deps, zombie, page([], 'old'), { removed: 0 })).toEqual({ kind: 'lost' })
  expect(
    await s.deps.db.inWorkspace(s.workspaceId, (tx) =>
      rewind(tx, zombie, { window: windowFrom(t), expired: true, doubt: null, now: t }),
    ),
  ).toBeNull()
  expect(await s.stored()).toEqual(['/c/0.ics', '/c/1.ics'])
  expect((await s.row()).cursor).toBe('new')
  expect(await s.version()).toBe(version)
})

test('a second reader waits until the first is done or its lease has run out', async () => {
  const s = await setting()
  const { workspaceId, calendarId, deps } = s
  const take = (now: number) =>
    deps.db.inWorkspace(workspaceId, (tx) => claimCalendar(tx, workspaceId, calendarId, now, now + MINUTE))
  const first = await take(t)
  expect(await take(t + MINUTE - 1)).toBeNull()
  const second = await take(t + MINUTE)
  expect(second!.fence).toBe(first!.fence + 1)
})

test('B01 B04 a full re-read keeps every old event until it has passed them, then drops what it did not meet', async () => {
  const s = await setting()
  await savePage(s.deps, await s.fullRead(), page(events(0, 10), 'c1'), { removed: 0 })
  const again = await s.fullRead()
  expect(await s.busy()).toHaveLength(10)
  await savePage(s.deps, again, page([...events(0, 4), event(20)], 'c2', true), { removed: 0 })
  expect(await s.stored()).toHaveLength(11)
  // What is new counts at once; what was not met yet still does.
  expect(await s.busy()).toHaveLength(11)
  await savePage(s.deps, again, page(events(4, 8), 'c3'), { removed: 0 })
  expect(await s.stored()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 20].map((n) => `/c/${n}.ics`))
  expect(await s.busy()).toHaveLength(9)
})

test('B08 a full read that suddenly finds nothing is not obeyed until a second one, ten minutes later, agrees', async () => {
  const s = await setting()
  await savePage(s.deps, await s.fullRead(), page(events(0, 40), 'c1'), { removed: 0 })
  const synced = (await s.row()).synced_at

  await savePage(s.deps, await s.fullRead(), page([], 'c2'), { removed: 0 })
  expect(await s.busy()).toHaveLength(40)
  expect(await s.row()).toMatchObject({
    synced_at: synced,
    quarantined_at: s.now(),
    trouble: 'bad-answer',
    wait_until: s.now() + 10 * MINUTE,
  })
  const waiting = await s.deps.db.inWorkspace(s.workspaceId, (tx) =>
    claimCalendar(tx, s.workspaceId, s.calendarId, s.now() + 5 * MINUTE, s.now() + 6 * MINUTE),
  )
  expect(waiting).toBeNull()

  s.wait(10 * MINUTE)
  await savePage(s.deps, await s.fullRead(), page([event(3)], 'c3'), { removed: 0 })
  expect(await s.stored()).toEqual(['/c/3.ics'])
  expect(await s.row()).toMatchObject({
    synced_at: s.now(),
    quarantined_at: null,
    trouble: null,
    wait_until: null,
  })
})

test('B08 when the second full read finds the events again, nothing was ever lost', async () => {
  const s = await setting()
  await savePage(s.deps, await s.fullRead(), page(events(0, 40), 'c1'), { removed: 0 })
  await savePage(s.deps, await s.fullRead(), page([], 'c2'), { removed: 0 })
  s.wait(10 * MINUTE)
  await savePage(s.deps, await s.fullRead(), page(events(0, 40), 'c3'), { removed: 0 })
  expect(await s.stored()).toHaveLength(40)
  expect(await s.row()).toMatchObject({ quarantined_at: null, trouble: null, synced_at: s.now() })
})

test('B08 many removals at once, even over several pages, are not obeyed either: a full read decides later', async () => {
  const s = await setting()
  await savePage(s.deps, await s.fullRead(), page(events(0, 60), 'c1'), { removed: 0 })
  const claim = await s.claim()
  const read = { removed: 0 }
  expect(
    await savePage(
      s.deps,
      claim,
      page(
        Array.from({ length: 15 }, (_, n) => removal(n)),
        'c2',
        true,
      ),
      read,
    ),
  ).toEqual({ kind: 'saved', changed: true })
  expect(
    await savePage(
      s.deps,
      claim,
      page(
        Array.from({ length: 15 }, (_, n) => removal(15 + n)),
        'c3',
      ),
      read,
    ),
  ).toEqual({ kind: 'quarantined' })
  expect(await s.busy()).toHaveLength(45)
  expect(await s.row()).toMatchObject({
    cursor: null,
    refilling: true,
    quarantined_at: s.now(),
    wait_until: s.now() + 10 * MINUTE,
  })
})

test('a handful of removals is obeyed at once', async () => {
  const s = await setting()
  await savePage(s.deps, await s.fullRead(), page(events(0, 25), 'c1'), { removed: 0 })
  const claim = await s.claim()
  await savePage(
    s.deps,
    claim,
    page(
      Array.from({ length: 20 }, (_, n) => removal(n)),
      'c2',
    ),
    { removed: 0 },
  )
  expect(await s.stored()).toHaveLength(5)
  expect(await s.busy()).toHaveLength(5)
})

test('events that are over do not count as vanished when the window moves on', async () => {
  const s = await setting()
  await savePage(s.deps, await s.fullRead(), page(events(0, 40), 'c1'), { removed: 0 })
  s.wait(5 * DAY)
  await savePage(s.deps, await s.fullRead(), page([event(2000)], 'c2'), { removed: 0 })
  expect(await s.stored()).toEqual(['/c/2000.ics'])
})

test('B17 our own event where we wrote it is not counted twice; moved by its owner, it is', async () => {
  const s = await setting()
  const span = { start: t + 5 * HOUR, end: t + 5 * HOUR + 30 * MINUTE }
  await s.deps.db.inWorkspace(s.workspaceId, (tx) =>
    saveWritten(tx, s.workspaceId, s.calendarId, 'uid-5', '/c/5.ics', span, s.now()),
  )
  await savePage(s.deps, await s.fullRead(), page([event(5), event(6)], 'c1'), { removed: 0 })
  expect(await s.stored()).toHaveLength(2)
  expect(await s.busy()).toEqual([t + 6 * HOUR])
  const moved = event(5, {
    etag: '"moved"',
    occurrences: [{ start: t + 9 * HOUR, end: t + 9 * HOUR + 30 * MINUTE, kind: 'busy', allDay: false }],
  })
  await savePage(s.deps, await s.claim(), page([moved], 'c2'), { removed: 0 })
  expect(await s.busy()).toEqual([t + 6 * HOUR, t + 9 * HOUR])
})

test('B24 an event that could not be read stays as busy time, counted, and the cursor goes on', async () => {
  const s = await setting()
  const poison = event(3, {
    trouble: 'bad-rule',
    occurrences: [{ start: t, end: t + 24 * HOUR, kind: 'unknown', allDay: false }],
  })
  await savePage(
    s.deps,
    await s.fullRead(),
    page([...events(30, 40), poison, event(50, { title: 'a\u0000b\ud800' })], 'c1'),
    { removed: 0 },
  )
  expect(await s.busy()).toHaveLength(12)
  expect(
    await ask(
      s.deps,
      s.workspaceId,
      'select remote_id, trouble from calendar_events where trouble is not null',
    ),
  ).toEqual([{ remote_id: '/c/3.ics', trouble: 'bad-rule' }])
  expect((await s.row()).cursor).toBe('c1')
})
