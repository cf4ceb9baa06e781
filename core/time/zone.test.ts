import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR } from './model.ts'
import { readIntl, readTemporal, transitionsOf } from './transitions.ts'
import {
  dateOf,
  dateText,
  dayNumber,
  instantToWall,
  parseDate,
  parseInstant,
  startOfDay,
  wallToInstants,
  weekdayOf,
} from './wall.ts'
import { offsetAt, zone } from './zone.ts'

const ODD = [
  'Europe/Rome',
  'Europe/London',
  'Europe/Dublin',
  'Europe/Kyiv',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Antarctica/Troll',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Caracas',
  'America/St_Johns',
  'America/Havana',
  'America/Nuuk',
  'America/Argentina/Buenos_Aires',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Tehran',
  'Asia/Gaza',
  'Asia/Pyongyang',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Pacific/Auckland',
  'UTC',
  'Etc/GMT+5',
]
const FROM = Date.UTC(1972, 0, 1)
const TO = Date.UTC(2045, 0, 1)

const native = (zone: string, instant: number) =>
  Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone)

/** Instants near a change of the clocks half of the time, anywhere else otherwise. */
const moment = fc.oneof(
  fc.tuple(fc.constantFrom(...ODD), fc.integer({ min: FROM, max: TO })),
  fc
    .tuple(fc.constantFrom(...ODD), fc.nat(400), fc.integer({ min: -3 * HOUR, max: 3 * HOUR }))
    .map(([zone, nth, by]): [string, number] => {
      const changes = Array.from(transitionsOf(zone).at).filter((at) => at > FROM && at < TO)
      return [zone, (changes[nth % Math.max(1, changes.length)] ?? FROM) + by]
    }),
)

describe('the one door for zone names', () => {
  test.each([
    ['Europe/Rome', 'Europe/Rome'],
    ['EuRoPe/BeRlIn', 'Europe/Berlin'],
    ['Europe/Kyiv', 'Europe/Kyiv'],
    ['Europe/Kiev', 'Europe/Kyiv'],
    ['europe/kiev', 'Europe/Kyiv'],
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['America/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['US/Pacific', 'America/Los_Angeles'],
    ['US/Pacific-New', 'America/Los_Angeles'],
    ['UTC', 'UTC'],
    ['Etc/UTC', 'UTC'],
    ['GMT', 'UTC'],
    ['Etc/GMT+5', 'Etc/GMT+5'],
  ])('D13 %s is stored as %s', (name, stored) => expect(zone(name)).toBe(stored))

  test.each([
    '',
    ' ',
    'GMT+5',
    '+02:00',
    '-05',
    'Z',
    'UTC+1',
    '../../etc/passwd',
    'Europe/../Europe/Rome',
    '/Europe/Rome',
    'Europe/Atlantis',
    'Etc/GMT+15',
    'SystemV/EST5',
    'Factory',
    'localtime',
    'Europe/Rome\0',
    'Europe/Rome\n',
    ' Europe/Rome',
    'Europe/Kİev',
    '__proto__',
    'constructor',
    'toString',
    'x'.repeat(10_240),
    'Europe/'.repeat(1500),
  ])('D13 a name that is no zone is refused: %j', (name) => expect(zone(name)).toBeNull())

  test('D13 every name the engine lists is accepted, stays itself when read again, and tells the same time', () => {
    for (const name of Intl.supportedValuesOf('timeZone')) {
      const stored = zone(name)!
      expect(stored, name).not.toBeNull()
      expect(zone(stored)).toBe(stored)
      for (const at of [Date.UTC(2026, 0, 15), Date.UTC(2026, 6, 15)])
        expect(offsetAt(stored, at)).toBe(native(name, at).offsetNanoseconds / 1e6)
    }
  })
})

describe('the table of changes', () => {
  test('D05 it tells the offset that Temporal tells, in 26 zones', () => {
    fc.assert(
      fc.property(moment, ([zone, instant]) => {
        expect(offsetAt(zone, instant)).toBe(native(zone, instant).offsetNanoseconds / 1e6)
        expect(dateOf(zone, instant)).toBe(native(zone, instant).toPlainDate().toString())
      }),
      { numRuns: 4000 },
    )
  })

  test('D02 D03 a wall time has the instants that Temporal gives it: none, one or two', () => {
    fc.assert(
      fc.property(moment, ([zone, instant]) => {
        const wall = instantToWall(zone, instant)
        for (const near of [wall, wall - HOUR, wall + HOUR, Math.floor(wall / DAY) * DAY]) {
          const plain = Temporal.Instant.fromEpochMilliseconds(near)
            .toZonedDateTimeISO('UTC')
            .toPlainDateTime()
          const both = (['earlier', 'later'] as const)
            .map((disambiguation) => plain.toZonedDateTime(zone, { disambiguation }))
            .filter((found) => found.toPlainDateTime().equals(plain))
            .map((found) => found.epochMilliseconds)
          expect(wallToInstants(zone, near)).toEqual([...new Set(both)])
        }
      }),
      { numRuns: 4000 },
    )
  })

  test('D05 a day begins when Temporal says so, also where midnight is skipped', () => {
    fc.assert(
      fc.property(moment, ([zone, instant]) => {
        const day = native(zone, instant).toPlainDate()
        expect(startOfDay(zone, day.toString())).toBe(day.toZonedDateTime(zone).epochMilliseconds)
      }),
      { numRuns: 4000 },
    )
    expect(startOfDay('America/Sao_Paulo', '2018-11-04')).toBe(Date.parse('2018-11-04T01:00-02:00'))
    expect(startOfDay('Pacific/Apia', '2011-12-30')).toBe(Date.parse('2011-12-31T00:00+14:00'))
  })

  test('a browser without Temporal reads the same table from Intl', () => {
    for (const zone of ODD) {
      const [from, to] = [Date.UTC(2005, 0, 1), Date.UTC(2032, 0, 1)]
      const asked = readIntl(zone, from, to)
      const told = readTemporal(zone)
      const inside = Array.from(told.at.keys()).filter((i) => told.at[i]! > from && told.at[i]! < to)
      expect(Array.from(asked.at).slice(1), zone).toEqual(inside.map((i) => told.at[i]))
      expect(Array.from(asked.offset).slice(1), zone).toEqual(inside.map((i) => told.offset[i]))
      expect(asked.offset[0], zone).toBe(offsetAt(zone, from))
    }
  })

  test('a name that never passed the door throws', () =>
    expect(() => offsetAt('Europe/Atlantis', 0)).toThrow(RangeError))
})

describe('dates and instants as text', () => {
  test('a date and its number are one thing, from year 1 to 9999', () => {
    const text = (day: number) => Temporal.PlainDate.from('1970-01-01').add({ days: day })
    fc.assert(
      fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), (day) => {
        expect(dateText(day)).toBe(text(day).toString())
        expect(dayNumber(dateText(day))).toBe(day)
        expect(weekdayOf(day)).toBe(text(day).dayOfWeek - 1)
      }),
      { numRuns: 4000 },
    )
  })

  test.each(['2026-02-28', '2024-02-29', '0001-01-01', '9999-12-31'])('D15 %s is a date', (text) =>
    expect(parseDate(text)).toBe(text),
  )
  test.each([
    '2026-02-30',
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '2026-01-00',
    '0000-01-01',
    '12026-01-01',
    '+012026-01-01',
    '2026-1-1',
    '20260101',
    '',
    '2026-01-01T00:00:00Z',
    '２０２６-01-01',
  ])('D15 %j is no date', (text) => expect(parseDate(text)).toBeNull())

  test.each([
    ['2026-03-29T10:00:00Z', Date.UTC(2026, 2, 29, 10)],
    ['2026-03-29T10:00:00+02:00', Date.UTC(2026, 2, 29, 8)],
    ['2026-03-29t10:00:00.5-03:30', Date.UTC(2026, 2, 29, 13, 30, 0, 500)],
    ['2026-03-29T10:00:00.123456789z', Date.UTC(2026, 2, 29, 10, 0, 0, 123)],
    ['1969-12-31T23:59:59Z', -1000],
    ['0001-01-01T00:00:00Z', -62_135_596_800_000],
    ['9999-12-31T23:59:59Z', Date.UTC(9999, 11, 31, 23, 59, 59)],
  ])('D17 %s is an instant', (text, instant) => expect(parseInstant(text)).toBe(instant))
  test.each([
    '2026-03-29T10:00:00',
    '2026-03-29T10:00Z',
    '2026-03-29 10:00:00Z',
    '2026-02-30T10:00:00Z',
    '2026-13-01T10:00:00Z',
    '2016-12-31T23:59:60Z',
    '2026-03-29T24:00:00Z',
    '2026-03-29T25:61:00Z',
    '2026-03-29T10:00:00+24:00',
    '2026-03-29T10:00:00+02:60',
    '2026-03-29T10:00:00+0200',
    '12026-03-29T10:00:00Z',
    '+012026-03-29T10:00:00Z',
    '20260329T100000Z',
    '2026-03-29T10:00:00[Europe/Rome]',
    '',
    '1774778400000',
    `2026-03-29T10:00:00.${'0'.repeat(10_000)}Z`,
  ])('D14 D15 D17 %j is no instant', (text) => expect(parseInstant(text)).toBeNull())

  test('every instant that the engine writes is read back', () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date(-62_135_596_800_000),
          max: new Date(253_402_300_799_999),
          noInvalidDate: true,
        }),
        (date) => {
          expect(parseInstant(date.toISOString())).toBe(date.getTime())
        },
      ),
    )
  })
})
