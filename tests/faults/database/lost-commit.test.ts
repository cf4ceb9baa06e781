import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { HOUR, MINUTE } from '#core/time/model.ts'
import { book } from '#server/bookings/book.ts'
import { effectsOf } from '#server/bookings/effects.ts'
import { openDatabase } from '#server/platform/database.ts'
import type { Deps } from '#server/platform/deps.ts'
import { ask } from '#tests/connected.ts'
import { startCutLine, type CutLine } from '#tests/counterparts/cut-line.ts'
import { aBookableHost, someone, soon } from '#tests/host.ts'

let host: Awaited<ReturnType<typeof aBookableHost>>
let line: CutLine
let deps: Deps
beforeAll(async () => {
  host = await aBookableHost()
  line = await startCutLine(inject('cluster').host)
  const { database } = host.address as { database: string }
  deps = { ...host.deps, db: openDatabase({ connectionString: `postgres://postgres@127.0.0.1:${line.port}/${database}` }, { max: 4 }) }
})
afterAll(async () => {
  await deps.db.end()
  await line.stop()
  await host.stop()
})

test('E06 whatever happens to a COMMIT, the visitor hears the truth and is booked once', { timeout: 120_000 }, async () => {
  const rounds = 60
  const begun: Promise<void>[] = []
  for (let n = 0; n < rounds; n++) {
    const wish = { start: soon() + n * 30 * MINUTE, duration: 30, visitor: someone(n), hold: null, key: n % 3 === 0 ? null : `key-${n}` }
    line.cutNext('insert_booking', n % 2 === 0 ? 'before' : 'after')
    const outcome = await book(deps, host.page, wish)
    expect(outcome.kind).toBe('booked')
    if (outcome.kind === 'booked') begun.push(effectsOf(outcome.bookingId))
  }
  await Promise.all(begun)
  expect(line.cuts).toEqual({ before: rounds / 2, after: rounds / 2 })
  const rows = await ask<{ n: number; starts: number; taken: number }>(host.deps, host.owner.workspaceId, `select count(*)::int as n, count(distinct starts_at)::int as starts, (select count(*) from occupancy)::int as taken from bookings`)
  expect(rows).toEqual([{ n: rounds, starts: rounds, taken: rounds }])
})

test('E06 a COMMIT lost for somebody else’s time is answered with that time taken, not with a fault', async () => {
  const start = soon(30 * 24) + HOUR
  const first = await book(host.deps, host.page, { start, duration: 30, visitor: someone('first'), hold: null, key: null })
  expect(first.kind).toBe('booked')
  const { before } = line.cuts
  line.cutNext('find_key', 'before')
  const second = await book(deps, host.page, { start, duration: 30, visitor: someone('second'), hold: null, key: null })
  expect(second.kind).toBe('slot-taken')
  expect(line.cuts.before).toBe(before + 1)
})
