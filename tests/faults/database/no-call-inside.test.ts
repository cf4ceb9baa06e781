import { afterAll, beforeAll, expect, test } from 'vitest'
import { MINUTE } from '#core/time/model.ts'
import { book } from '#server/bookings/book.ts'
import { effectsOf } from '#server/bookings/effects.ts'
import { caldav } from '#server/providers/caldav/caldav.ts'
import type { CalendarProvider } from '#server/providers/provider.ts'
import { aBookableHost, someone, soon } from '#tests/host.ts'

let host: Awaited<ReturnType<typeof aBookableHost>>
beforeAll(async () => {
  host = await aBookableHost()
})
afterAll(() => host.stop())

test('E10 while a calendar is asked, written and read back, no transaction is open', async () => {
  const { database } = host.address as { database: string }
  const open: number[] = []
  const watched = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => async (...args: A): Promise<R> => {
    const { rows } = await host.deps.db.pool.query<{ n: number }>(`select count(*)::int as n from pg_stat_activity where datname = $1 and xact_start is not null and pid <> pg_backend_pid()`, [database])
    open.push(rows[0]!.n)
    return call(...args)
  }
  const provider: CalendarProvider = { ...caldav, freshBusy: watched(caldav.freshBusy!), createEvent: watched(caldav.createEvent), readEvent: watched(caldav.readEvent) }
  const deps = { ...host.deps, providers: { caldav: provider } }
  for (let n = 0; n < 5; n++) {
    const outcome = await book(deps, host.page, { start: soon() + n * 30 * MINUTE, duration: 30, visitor: someone(n), hold: null, key: null })
    if (outcome.kind !== 'booked') throw new Error(`not booked: ${outcome.kind}`)
    await effectsOf(outcome.bookingId)
  }
  expect(open).toEqual(Array(15).fill(0))
})

test('E10 a call that is begun inside a transaction is refused, not made', async () => {
  const before = host.server.requests.length
  const calling = host.deps.db.inWorkspace(host.owner.workspaceId, () => host.deps.egress.fetch(host.server.url))
  await expect(calling).rejects.toThrow('inside a transaction')
  expect(host.server.requests.length).toBe(before)
})
