import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, inject, test } from 'vitest'
import { HOUR, MINUTE, type Instant } from '#core/time/model.ts'
import { cancel } from '#server/bookings/cancel.ts'
import { follow } from '#server/bookings/follow.ts'
import { reschedule } from '#server/bookings/reschedule.ts'
import { settle } from '#server/bookings/settle-change.ts'
import { followers } from '#server/calendars/changed.ts'
import { syncCalendar } from '#server/calendars/sync.ts'
import { rememberContact } from '#server/contacts/remember.ts'
import { findPart, readMessage } from '#server/mail/read-message.ts'
import { match } from '#server/meetings/match.ts'
import type { Deps } from '#server/platform/deps.ts'
import { caldav } from '#server/providers/caldav/caldav.ts'
import type { CalendarProvider } from '#server/providers/provider.ts'
import { soon } from '#tests/host.ts'
import { aTwoWayHost, type Row } from '#tests/two-way.ts'
import type { Order } from '../follow-child.ts'

type World = Awaited<ReturnType<typeof aTwoWayHost>>
const [changed] = followers(follow, match) as unknown as { run(deps: Deps, payload: object): Promise<void> }[]

async function killedAt(h: World, failpoint: string): Promise<NodeJS.Signals | null> {
  const order: Order = { address: h.address, folder: h.folder, allow: `localhost:${h.server.port}`, workspaceId: h.workspaceId, calendarId: h.calendarId }
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'follow-child.ts'), JSON.stringify(order)], { env: { ...process.env, NODE_ENV: 'test', RITROVO_FAILPOINT: `${failpoint}=kill9@1`, RITROVO_LEASE_SECONDS: '1' }, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  expect(signal, said).toBe('SIGKILL')
  return signal
}

const invitations = async (h: World, id: string) => (await h.letters(id)).filter(({ kind, revision }) => kind === 'invite' && revision === 2)

test.each(['follow_confirmed', 'follow_applied', 'before_provider', 'after_provider', 'before_mark_done', 'meetings_told'])('B21 killed at %s after its owner moved an event: the booking has moved once, and its visitor is told once', { timeout: 60_000 }, async (point) => {
  let now = Date.now()
  const h = await aTwoWayHost({ now: () => now })
  const before = await h.booked()
  const { contactId } = await h.deps.db.inWorkspace(h.workspaceId, (tx) => rememberContact(tx, { workspaceId: h.workspaceId, ownerId: null, name: 'Ada', email: 'ada@example.test', locale: null, zone: null, source: 'person' }))
  await h.sync()
  const start = before.starts_at + 3 * HOUR
  h.theirs.move(before.uid, start, start + 30 * MINUTE)
  h.theirs.add('lunch', start + 5 * HOUR, start + 6 * HOUR, ['CREATED:20990101T000000Z', 'ATTENDEE:mailto:ada@example.test'])
  await syncCalendar.run(h.deps, { workspaceId: h.workspaceId, calendarId: h.calendarId })
  await killedAt(h, point)
  now += 2 * MINUTE
  // Nobody has to notice anything again: what was not followed to its end is found by the look that comes every minute.
  const left = await h.ask('select 1 from calendars where changed_at > coalesce(followed_at, now() - interval \'9 days\')')
  if (point.startsWith('follow') || point === 'meetings_told') expect(left).toHaveLength(1)
  await changed!.run(h.deps, { workspaceId: h.workspaceId, calendarId: h.calendarId })
  await h.atRest()
  await h.sync()
  expect(await h.row(before.booking_id)).toMatchObject({ starts_at: start, revision: 2, state: 'confirmed', calendar_state: 'standing' })
  expect(await invitations(h, before.booking_id)).toHaveLength(1)
  expect((await h.timeline(before.contact_id)).filter(({ kind }) => kind === 'moved')).toHaveLength(1)
  expect((await h.timeline(contactId)).map(({ kind }) => kind)).toEqual(['meeting'])
  expect(h.theirs.span(before.uid)).toEqual({ start, end: start + 30 * MINUTE })
})

test('B09 five hundred notices of one change, twenty at a time: one move, one letter, one event', { timeout: 60_000 }, async () => {
  const h = await aTwoWayHost()
  const before = await h.booked()
  await h.sync()
  const start = before.starts_at + 3 * HOUR
  h.theirs.move(before.uid, start, start + 30 * MINUTE)
  await syncCalendar.run(h.deps, { workspaceId: h.workspaceId, calendarId: h.calendarId })
  let left = 500
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      while (left-- > 0) await changed!.run(h.deps, { workspaceId: h.workspaceId, calendarId: h.calendarId })
    }),
  )
  await h.atRest()
  await h.sync()
  expect(await h.row(before.booking_id)).toMatchObject({ starts_at: start, revision: 2, sequence: 1 })
  expect(await invitations(h, before.booking_id)).toHaveLength(1)
  expect((await h.changes()).map(({ state }) => state)).toEqual(['followed'])
})

test('B21 its owner drags an event while a visitor moves it and another cancels theirs: whoever is last holds, and calendar and booking agree', { timeout: 60_000 }, async () => {
  const h = await aTwoWayHost()
  for (let round = 0; round < 6; round++) {
    const before = await h.booked(soon(60 + round * 12))
    await h.sync()
    h.theirs.move(before.uid, before.starts_at + 3 * HOUR, before.ends_at + 3 * HOUR)
    await syncCalendar.run(h.deps, { workspaceId: h.workspaceId, calendarId: h.calendarId })
    await Promise.all([
      changed!.run(h.deps, { workspaceId: h.workspaceId, calendarId: h.calendarId }),
      round % 2 ? cancel(h.deps, h.workspaceId, before.booking_id, 'visitor', '') : reschedule(h.deps, h.workspaceId, before.booking_id, { start: before.starts_at + 5 * HOUR, duration: null, by: 'visitor' }),
    ])
    for (let n = 0; n < 3; n++) await h.sync()
    const after = await h.row(before.booking_id)
    expect(h.theirs.span(before.uid)).toEqual(after.state === 'confirmed' ? { start: after.starts_at, end: after.ends_at } : null)
  }
})

/** A process that dies at its nth step and does nothing more until somebody starts it again. */
function mortal(deps: Deps) {
  let steps = Infinity
  const step = () => {
    if (--steps < 0) throw new Error('dead')
  }
  const provider: CalendarProvider = { ...caldav }
  for (const name of ['createEvent', 'updateEvent', 'deleteEvent', 'readEvent', 'pull'] as const) {
    const verb = caldav[name] as (...args: unknown[]) => Promise<unknown>
    Object.assign(provider, {
      [name]: async (...args: unknown[]) => {
        step()
        const answer = await verb(...args)
        step() // the answer came, and nobody was there to hear it
        return answer
      },
    })
  }
  const { db } = deps
  deps.providers = { caldav: provider }
  deps.db = {
    ...db,
    inWorkspace: async (id, work) => {
      step()
      const done = await db.inWorkspace(id, work)
      step()
      return done
    },
  }
  return { dieIn: (n: number) => (steps = n), revive: () => (steps = Infinity) }
}

const nth = fc.nat(5)
const step = fc.oneof(
  fc.record({ do: fc.constant('book' as const), hour: fc.nat(20) }),
  fc.record({ do: fc.constant('owner-moves' as const), which: nth, hour: fc.nat(20) }),
  fc.record({ do: fc.constant('owner-deletes' as const), which: nth }),
  fc.record({ do: fc.constant('owner-renames' as const), which: nth }),
  fc.record({ do: fc.constant('visitor-declines' as const), which: nth }),
  fc.record({ do: fc.constant('visitor-moves' as const), which: nth, hour: fc.nat(20) }),
  fc.record({ do: fc.constant('visitor-cancels' as const), which: nth }),
  fc.record({ do: fc.constant('sync' as const) }),
  fc.record({ do: fc.constant('sync' as const) }),
  fc.record({ do: fc.constant('killed-sync' as const), after: fc.nat(30) }),
  fc.record({ do: fc.constant('killed-move' as const), which: nth, hour: fc.nat(20), after: fc.nat(25) }),
)

const RUNS = Number(process.env['RITROVO_RUNS'] ?? (inject('cluster').host.includes('pg18') ? 12 : 3))

test('I2 I4 whatever owner, visitors and kills do in whatever order: in the end calendar and bookings agree, one event each, nobody told twice', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), fc.constantFrom('ask', 'cancel'), async (steps, declined) => {
      let now = Date.now()
      const begin = soon(72, now)
      const h = await aTwoWayHost({ now: () => now })
      const life = mortal(h.deps)
      await h.policy({ declined })
      const at = (hour: number): Instant => begin + hour * HOUR
      const known: Row[] = []
      const quietly = (work: Promise<unknown>) => work.catch((error: Error) => {
        if (error.message !== 'dead') throw error
      })
      const killed = async (after: number, work: () => Promise<unknown>) => {
        life.dieIn(after)
        await quietly(work())
        life.revive()
        now += 2 * MINUTE // leases run out
      }
      for (const one of steps) {
        const row = 'which' in one ? known[one.which % Math.max(1, known.length)] : undefined
        now += 1000
        switch (one.do) {
          case 'book':
            await quietly(h.booked(at(one.hour)).then((booked) => known.push(booked)).catch((error: Error) => {
              if (error.message !== 'slot-taken' && error.message !== 'requested') throw error
            }))
            break
          case 'owner-moves':
            if (row && h.theirs.find(row.uid)) h.theirs.move(row.uid, at(one.hour), at(one.hour) + 30 * MINUTE)
            break
          case 'owner-deletes':
            if (row) h.theirs.remove(row.uid)
            break
          case 'owner-renames':
            if (row && h.theirs.find(row.uid)) h.theirs.rename(row.uid, 'My own words')
            break
          case 'visitor-declines':
            if (row && h.theirs.find(row.uid)) h.theirs.decline(row.uid, (await h.ask<{ email: string }>('select email from bookings where booking_id = $1', [row.booking_id]))[0]!.email)
            break
          case 'visitor-moves':
            if (row) await reschedule(h.deps, h.workspaceId, row.booking_id, { start: at(one.hour), duration: null, by: 'visitor' })
            await h.atRest()
            break
          case 'visitor-cancels':
            if (row) await cancel(h.deps, h.workspaceId, row.booking_id, 'visitor', '')
            await h.atRest()
            break
          case 'sync':
            await h.sync()
            break
          case 'killed-sync':
            await killed(one.after, () => h.sync())
            break
          case 'killed-move':
            if (row) await killed(one.after, async () => {
              await reschedule(h.deps, h.workspaceId, row.booking_id, { start: at(one.hour), duration: null, by: 'host' })
              await h.atRest()
            })
            break
        }
      }
      // Faults are over; a few looks later, with the host's word on what was asked, all is one story.
      for (let n = 0; n < 5; n++) {
        now += 12 * MINUTE
        await h.sync()
        for (const change of await h.ask<{ change_id: string; kind: string }>(`select change_id, kind from calendar_changes where state = 'open' and kind <> 'declined'`)) await settle(h.deps, h.workspaceId, change.change_id, 'keep')
        await h.atRest()
      }
      await agrees(h)
      await h.stop()
    }),
    { numRuns: RUNS, ...(process.env['RITROVO_SEED'] ? { seed: Number(process.env['RITROVO_SEED']) } : {}) },
  )
})

async function agrees(h: World): Promise<void> {
  const bookings = await h.ask<Row>('select * from bookings order by uid')
  const confirmed = bookings.filter(({ state }) => state === 'confirmed')
  expect(h.theirs.objects().map(({ uid }) => uid).sort()).toEqual(confirmed.map(({ uid }) => uid))
  expect(confirmed.map(({ uid }) => h.theirs.span(uid))).toEqual(confirmed.map((row) => ({ start: row.starts_at, end: row.ends_at })))
  expect(confirmed.map((row) => row.calendar_state)).toEqual(confirmed.map(() => 'standing'))
  const occupied = await h.ask<{ start: number }>(`select lower(during) as start from occupancy where state = 'confirmed' order by 1`)
  expect(occupied.map(({ start }) => start)).toEqual(confirmed.map((row) => row.starts_at).sort((a, b) => a - b))
  const letters = await h.ask<{ booking_id: string; revision: number; kind: string; recipient: string; source: Buffer }>(
    `select e.booking_id, e.revision, e.kind, l.recipient, l.source from letters l join effects e using (effect_id) where e.kind in ('invite', 'uninvite') order by e.booking_id, e.revision`,
  )
  const keys = letters.map(({ booking_id: id, revision, kind, recipient }) => `${id} ${revision} ${kind} ${recipient}`)
  expect(new Set(keys).size).toBe(keys.length)
  for (const mine of Map.groupBy(letters, (letter) => letter.booking_id).values()) {
    const sequences = mine.map(({ source }) => Number(/^SEQUENCE:(\d+)/m.exec(findPart(readMessage(source), 'text/calendar')!.body.toString())![1]))
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b))
  }
}
