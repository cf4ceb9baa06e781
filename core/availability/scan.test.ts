import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { scanSlots } from '#bench/slots-reference.ts'
import { packBusy } from '#core/time/busy.ts'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import type { Span } from '#core/time/model.ts'
import type { Assignment, HostTime, Question, Schedule, WallSpan } from './model.ts'
import { explain } from './reasons.ts'
import { findSlots, freeHosts, isSlot } from './slots.ts'

/** Twenty zones, each at a moment when its clocks do something odd. */
const MOMENTS: [string, string][] = [
  ['Europe/Rome', '2026-03-29T01:00Z'],
  ['Europe/London', '2026-10-25T01:00Z'],
  ['Europe/Dublin', '2026-10-25T01:00Z'],
  ['Europe/Kyiv', '2026-03-29T01:00Z'],
  ['Atlantic/Azores', '2026-10-25T01:00Z'],
  ['Africa/Casablanca', '2026-02-15T02:00Z'],
  ['Africa/Cairo', '2026-04-23T22:00Z'],
  ['Antarctica/Troll', '2026-03-29T01:00Z'],
  ['America/New_York', '2026-11-01T06:00Z'],
  ['America/St_Johns', '2026-03-08T05:30Z'],
  ['America/Havana', '2026-11-01T05:00Z'],
  ['America/Nuuk', '2026-10-25T01:00Z'],
  ['America/Santiago', '2026-04-05T03:00Z'],
  ['America/Sao_Paulo', '2018-11-04T03:00Z'],
  ['Asia/Beirut', '2026-03-28T22:00Z'],
  ['Asia/Kathmandu', '2026-06-01T00:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
  ['Pacific/Apia', '2011-12-30T10:00Z'],
  ['Pacific/Auckland', '2026-09-26T14:00Z'],
  ['Pacific/Chatham', '2026-04-04T14:00Z'],
]

const minuteOfDay = fc.oneof(
  fc.integer({ min: 0, max: 95 }).map((n) => n * 15),
  fc.integer({ min: 0, max: 1439 }),
)
const wallSpan = fc
  .tuple(
    minuteOfDay,
    fc.oneof(
      fc.integer({ min: 1, max: 96 }).map((n) => n * 15),
      fc.integer({ min: -5, max: 1440 }),
    ),
  )
  .map(([from, length]): WallSpan => ({ from, to: Math.min(2880, from + length) }))
const dayHours = fc.oneof(
  { weight: 4, arbitrary: fc.array(wallSpan, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant<WallSpan[]>([{ from: 0, to: 1440 }]) },
  {
    weight: 1,
    arbitrary: fc.constant<WallSpan[]>([
      { from: 0, to: 120 },
      { from: 1320, to: 1440 },
    ]),
  },
)
const weekly = fc.oneof(
  fc.array(dayHours, { minLength: 7, maxLength: 7 }),
  dayHours.map((spans) => Array.from({ length: 7 }, () => spans)),
)

/** Times count from `around`, the odd moment. */
const near = (around: number) =>
  fc.integer({ min: -2 * 96, max: 3 * 96 }).map((n) => around + n * 15 * MINUTE)
const dateNear = (around: number) =>
  fc.integer({ min: -3, max: 4 }).map((n) => new Date(around + n * DAY).toISOString().slice(0, 10))

function host(zone: string, around: number): fc.Arbitrary<{ host: HostTime; busy: Span[] }> {
  const schedule: fc.Arbitrary<Schedule> = fc.record({
    zone: fc.constant(zone),
    weekly,
    overrides: fc.array(fc.record({ date: dateNear(around), spans: dayHours }), { maxLength: 2 }),
  })
  const busy = fc.array(
    fc
      .tuple(near(around), fc.integer({ min: 0, max: 20 }))
      .map(([start, length]): Span => ({ start, end: start + length * 10 * MINUTE })),
    { maxLength: 8 },
  )
  const own = fc.array(
    fc
      .record({
        start: near(around),
        minutes: fc.constantFrom(0, 30, 30, 45, 120),
        before: fc.constantFrom(0, 10, 60),
        after: fc.constantFrom(0, 15, 45),
        taken: fc.integer({ min: 1, max: 3 }),
        capacity: fc.constantFrom(1, 3),
        sameType: fc.boolean(),
      })
      .map(({ minutes, ...own }) => ({ ...own, end: own.start + minutes * MINUTE })),
    { maxLength: 6 },
  )
  return fc
    .record({ schedule, busy, own })
    .map(({ schedule, busy, own }) => ({ host: { hostId: '', schedule, busy: packBusy(busy), own }, busy }))
}

const horizon = (around: number) =>
  fc.oneof(
    fc.record({ kind: fc.constant('rolling' as const), days: fc.integer({ min: 0, max: 6 }) }),
    fc
      .tuple(dateNear(around), dateNear(around))
      .map(([a, b]) => ({ kind: 'range' as const, from: a < b ? a : b, to: a < b ? b : a })),
  )

const cap = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 }) },
)

function question(assignments: Assignment[]): fc.Arbitrary<{ question: Question; busy: Span[][] }> {
  return fc.constantFrom(...MOMENTS).chain(([zone, text]) => {
    const around = Math.round(Temporal.Instant.from(text).epochMilliseconds / (15 * MINUTE)) * 15 * MINUTE
    const [other] = MOMENTS[(MOMENTS.findIndex(([name]) => name === zone) * 7 + 3) % MOMENTS.length]!
    return fc
      .record({
        hosts: fc.tuple(host(zone, around), host(other, around)),
        assignment: fc.constantFrom(...assignments),
        duration: fc.constantFrom(15, 30, 45, 90, 600),
        increment: fc.constantFrom(5, 15, 30, 45, 50, 60),
        before: fc.constantFrom(0, 10, 30),
        after: fc.constantFrom(0, 15, 45),
        limits: fc.record({
          notice: fc.constantFrom(0, 4 * HOUR, DAY),
          horizon: horizon(around),
          perDay: cap,
          perWeek: cap,
        }),
        capacity: fc.constantFrom(1, 3),
        from: fc.integer({ min: -1500, max: 700 }),
        length: fc.integer({ min: 0, max: 2200 }),
        ago: fc.integer({ min: -600, max: 2000 }),
      })
      .map(
        ({ hosts, assignment, duration, increment, before, after, limits, capacity, from, length, ago }) => ({
          busy: hosts.map(({ busy }) => busy),
          question: {
            offer: { durations: [duration], increment, before, after, limits, capacity },
            duration,
            assignment,
            hosts: hosts.map(({ host }, i) => ({ ...host, hostId: `host ${i}` })),
            window: { start: around + from * MINUTE, end: around + (from + length) * MINUTE },
            now: around + (from - ago) * MINUTE,
          },
        }),
      )
  })
}

const RUNS = { numRuns: 400 }
const PATIENCE = 60_000

test(
  'D05 the slots are those that a look at every minute on the zone’s own clock finds, in 20 zones',
  () => {
    let seen = 0
    fc.assert(
      fc.property(question(['solo', 'round-robin', 'collective']), ({ question, busy }) => {
        const slots = Array.from(findSlots(question))
        seen += slots.length
        expect(slots).toEqual(scanSlots(question, busy))
      }),
      { numRuns: 120 },
    )
    expect(seen).toBeGreaterThan(500)
  },
  PATIENCE,
)

test(
  'A20 the recheck of one start agrees with the list, and the reasons with both',
  () => {
    fc.assert(
      fc.property(
        question(['solo', 'round-robin', 'collective']),
        fc.array(fc.nat(2200), { maxLength: 5 }),
        ({ question }, offsets) => {
          const slots = new Set(findSlots(question))
          const { start, end } = question.window
          const asked = [
            ...[...slots].slice(0, 20),
            ...offsets.map((by) => start + by * MINUTE).filter((at) => at < end),
          ]
          for (const at of asked) {
            expect(isSlot(question, at)).toBe(slots.has(at))
            const reasons = explain(question, at)
            const unhindered = question.hosts
              .filter(({ hostId }) => !reasons.some((reason) => reason.hostId === hostId))
              .map(({ hostId }) => hostId)
            const offered =
              question.assignment === 'round-robin' ? unhindered.length > 0 : reasons.length === 0
            expect(offered).toBe(slots.has(at))
            if (question.assignment === 'round-robin') expect(freeHosts(question, at)).toEqual(unhindered)
          }
        },
      ),
      RUNS,
    )
  },
  PATIENCE,
)

test(
  'any window of a question answers with its part of the whole',
  () => {
    fc.assert(
      fc.property(
        question(['solo', 'round-robin', 'collective']),
        fc.nat(2200),
        fc.nat(2200),
        ({ question }, from, length) => {
          const window = {
            start: question.window.start + from * MINUTE,
            end: Math.min(question.window.end, question.window.start + (from + length) * MINUTE),
          }
          const part = Array.from(findSlots(question)).filter(
            (start) => start >= window.start && start < window.end,
          )
          expect(Array.from(findSlots({ ...question, window }))).toEqual(part)
        },
      ),
      RUNS,
    )
  },
  PATIENCE,
)
