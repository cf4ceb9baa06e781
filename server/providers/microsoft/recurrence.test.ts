import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { instances } from '#core/icalendar/recur.ts'
import { parseRule } from '#core/icalendar/rule.ts'
import { DAY } from '#core/time/model.ts'
import { dateText, dayNumber, weekdayOf } from '#core/time/wall.ts'
import { recurrenceOf, ruleOf } from './recurrence.ts'
import type { Recurrence } from './recurrence.ts'

const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const range = {
  type: 'noEnd',
  startDate: '2027-03-01',
  recurrenceTimeZone: 'W. Europe Standard Time',
} as const
const start = { date: '2027-03-01', zone: 'Europe/Berlin' } // a Monday

const interval = fc.integer({ min: 1, max: 4 })
const days = fc.uniqueArray(fc.constantFrom(...WEEK), { minLength: 1, maxLength: 4 })
const index = fc.constantFrom('first', 'second', 'third', 'fourth', 'last')
const month = fc.integer({ min: 1, max: 12 })
const dayOfMonth = fc.integer({ min: 1, max: 31 })
const pattern = fc.oneof(
  fc.record({ type: fc.constant('daily'), interval }),
  fc.record({
    type: fc.constant('weekly'),
    interval,
    daysOfWeek: days,
    firstDayOfWeek: fc.constantFrom('monday', 'sunday'),
  }),
  fc.record({ type: fc.constant('absoluteMonthly'), interval, dayOfMonth }),
  fc.record({ type: fc.constant('relativeMonthly'), interval, daysOfWeek: days, index }),
  fc.record({ type: fc.constant('absoluteYearly'), interval, month, dayOfMonth }),
  fc.record({ type: fc.constant('relativeYearly'), interval, month, daysOfWeek: days, index }),
) as fc.Arbitrary<Recurrence['pattern']>

/** Day by day, by the words of Graph's documentation. */
function named(it: Recurrence['pattern'], first: number, count: number): string[] {
  const found: string[] = []
  const [year0, month0] = parts(first)
  const weekStart = WEEK.indexOf(it.firstDayOfWeek ?? 'sunday')
  const weekOf = (day: number) => Math.floor((day + 3 - weekStart) / 7)
  for (let day = first; found.length < count && day < first + 366 * 50; day++) {
    const [year, inYear, date] = parts(day)
    const length = new Date(Date.UTC(year, inYear, 0)).getUTCDate()
    const sinceMonths = (year - year0) * 12 + inYear - month0
    const isDay = (it.daysOfWeek ?? WEEK).includes(WEEK[weekdayOf(day)]!)
    const inMonth = Array.from({ length }, (_, i) => day - date + 1 + i).filter((each) =>
      (it.daysOfWeek ?? []).includes(WEEK[weekdayOf(each)]!),
    )
    const chosen = inMonth.at(
      it.index === 'last' ? -1 : ['first', 'second', 'third', 'fourth'].indexOf(it.index ?? 'first'),
    )
    const fits = {
      daily: (day - first) % it.interval === 0,
      weekly: isDay && (weekOf(day) - weekOf(first)) % it.interval === 0,
      absoluteMonthly: date === Math.min(it.dayOfMonth!, length) && sinceMonths % it.interval === 0,
      relativeMonthly: chosen === day && sinceMonths % it.interval === 0,
      absoluteYearly:
        inYear === it.month &&
        date === Math.min(it.dayOfMonth!, length) &&
        (year - year0) % it.interval === 0,
      relativeYearly: inYear === it.month && chosen === day && (year - year0) % it.interval === 0,
    }[it.type]
    if (fits) found.push(dateText(day))
  }
  return found
}
const parts = (day: number) => dateText(day).split('-').map(Number) as [number, number, number]

function expanded(rule: string, first: number, count: number): string[] {
  const found = instances(
    parseRule(rule)!,
    first * DAY,
    first * DAY,
    (first + 366 * 60) * DAY,
    Infinity,
    { left: 2_000_000 },
    count,
  )
  return (found ?? []).slice(0, count).map((wall) => dateText(wall / DAY))
}

test('a pattern names the same days as the rule made of it, month ends and all', () => {
  fc.assert(
    fc.property(pattern, fc.integer({ min: 0, max: 800 }), (it, offset) => {
      const first = dayNumber('2027-01-01') + offset
      const rule = ruleOf({ pattern: it, range }, 'Europe/Berlin')
      expect(rule).not.toBe(null)
      expect(expanded(rule!, first, 12)).toEqual(named(it, first, 12))
    }),
    { numRuns: 100 },
  )
}, 60_000)

test('a pattern, made a rule and a pattern again, names the same days', () => {
  fc.assert(
    fc.property(pattern, fc.integer({ min: 0, max: 800 }), (it, offset) => {
      const [date] = named(it, dayNumber('2027-01-01') + offset, 1)
      const back = recurrenceOf(ruleOf({ pattern: it, range }, 'Europe/Berlin')!, {
        date: date!,
        zone: 'Europe/Berlin',
      })
      expect(back).not.toBe(null)
      const first = dayNumber(date!)
      expect(named(back!.pattern, first, 12)).toEqual(named(it, first, 12))
    }),
    { numRuns: 100 },
  )
}, 60_000)

test.each([
  ['noEnd', {}, ''],
  ['numbered', { numberOfOccurrences: 5 }, ';COUNT=5'],
  ['endDate', { endDate: '2027-10-31' }, ';UNTIL=20271031T225959Z'],
])('a range with %s comes and goes as it was', (type, more, end) => {
  const whole = { pattern: { type: 'daily', interval: 1 }, range: { ...range, type, ...more } }
  expect(ruleOf(whole, 'Europe/Berlin')).toBe(`FREQ=DAILY${end}`)
  expect(recurrenceOf(`FREQ=DAILY${end}`, start)).toEqual(whole)
})

test.each([
  ['FREQ=WEEKLY', { type: 'weekly', interval: 1, daysOfWeek: ['monday'], firstDayOfWeek: 'monday' }],
  [
    'FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR',
    { type: 'weekly', interval: 1, daysOfWeek: WEEK.slice(0, 5), firstDayOfWeek: 'monday' },
  ],
  [
    'FREQ=MONTHLY;BYDAY=1MO',
    { type: 'relativeMonthly', interval: 1, daysOfWeek: ['monday'], index: 'first' },
  ],
  ['FREQ=YEARLY', { type: 'absoluteYearly', interval: 1, month: 3, dayOfMonth: 1 }],
  ['FREQ=MONTHLY', { type: 'absoluteMonthly', interval: 1, dayOfMonth: 1 }],
])('%s maps as people mean it', (rule, expected) => {
  expect(recurrenceOf(rule, start)?.pattern).toEqual(expected)
})

test.each([
  ['FREQ=HOURLY', '2027-03-01'],
  ['FREQ=DAILY;BYHOUR=9,15', '2027-03-01'],
  ['FREQ=DAILY;INTERVAL=2;BYDAY=MO,WE', '2027-03-01'],
  ['FREQ=WEEKLY;BYDAY=TU', '2027-03-01'], // begins on a day that is none of its own
  ['FREQ=WEEKLY;BYMONTH=3', '2027-03-01'],
  ['FREQ=MONTHLY;BYMONTHDAY=31', '2027-03-31'], // leaves short months out
  ['FREQ=MONTHLY;BYMONTHDAY=1,15', '2027-03-01'],
  ['FREQ=MONTHLY;BYDAY=5MO', '2027-03-29'],
  ['FREQ=MONTHLY;BYDAY=1MO,3MO', '2027-03-01'],
  ['FREQ=MONTHLY;BYDAY=-2MO', '2027-03-22'],
  ['FREQ=YEARLY;BYMONTH=3,9', '2027-03-01'],
  ['FREQ=YEARLY;BYWEEKNO=9;BYDAY=MO', '2027-03-01'],
  ['FREQ=YEARLY;BYYEARDAY=60', '2027-03-01'],
  ['FREQ=YEARLY;BYDAY=9MO', '2027-03-01'],
  ['FREQ=DAILY;COUNT=3;UNTIL=20270401T000000Z', '2027-03-01'],
  ['FREQ=DAILY;UNTIL=20270201T000000Z', '2027-03-01'],
  ['no rule', '2027-03-01'],
])('%s is refused rather than bent', (rule, date) => {
  expect(recurrenceOf(rule, { date, zone: 'Europe/Berlin' })).toBe(null)
})

test.each([
  [null],
  [{}],
  [{ pattern: { type: 'hourly', interval: 1 }, range }],
  [{ pattern: { type: 'weekly', interval: 1 }, range }],
  [{ pattern: { type: 'weekly', interval: 1, daysOfWeek: ['noday'] }, range }],
  [{ pattern: { type: 'absoluteMonthly', interval: 1, dayOfMonth: 32 }, range }],
  [{ pattern: { type: 'daily', interval: 0 }, range }],
  [{ pattern: { type: 'daily', interval: 1 }, range: { ...range, type: 'endDate', endDate: '2027-02-30' } }],
  [{ pattern: { type: 'daily', interval: 1 }, range: { ...range, type: 'sometimes' } }],
  [{ pattern: { type: 'relativeMonthly', interval: 1, daysOfWeek: ['monday'], index: 'fifth' }, range }],
])('what is no recurrence of Graph’s makes no rule: %j', (recurrence) => {
  expect(ruleOf(recurrence, 'Europe/Berlin')).toBe(null)
})
