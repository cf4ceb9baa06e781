import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { MINUTE } from '#core/time/model.ts'
import { daysOf, instantOf } from './days.ts'

const ZONES = [
  'Europe/Rome',
  'America/New_York',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'Pacific/Apia',
  'UTC',
]

test('no slots, no days', () => expect(daysOf(new Float64Array(0), 'Europe/Rome')).toEqual([]))

test('every slot stands under the date and the minute its viewer’s clock shows, and is found again from them', () => {
  const start = fc.oneof(
    fc.integer({ min: Date.UTC(2011, 11, 28) / MINUTE, max: Date.UTC(2012, 0, 2) / MINUTE }),
    fc.integer({ min: Date.UTC(2018, 1, 1) / MINUTE, max: Date.UTC(2018, 11, 1) / MINUTE }),
    fc.integer({ min: Date.UTC(2026, 9, 24) / MINUTE, max: Date.UTC(2026, 9, 27) / MINUTE }),
  )
  fc.assert(
    fc.property(fc.uniqueArray(start, { maxLength: 60 }), fc.constantFrom(...ZONES), (minutes, zone) => {
      const slots = Float64Array.from(minutes, (minute) => minute * MINUTE).sort()
      const days = daysOf(slots, zone)
      const flat = days.flatMap(({ date, runs }) =>
        runs.flatMap(({ offset, minutes }) => minutes.map((minute) => ({ date, offset, minute }))),
      )
      expect(flat.map(({ date, offset, minute }) => instantOf(date, offset, minute))).toEqual(
        Array.from(slots),
      )
      expect(flat).toEqual(
        Array.from(slots, (slot) => {
          const shown = Temporal.Instant.fromEpochMilliseconds(slot).toZonedDateTimeISO(zone)
          return {
            date: shown.toPlainDate().toString(),
            offset: shown.offsetNanoseconds / 6e10,
            minute: shown.hour * 60 + shown.minute,
          }
        }),
      )
      expect(new Set(days.map(({ date }) => date)).size).toBe(days.length)
    }),
    { numRuns: 500 },
  )
})
