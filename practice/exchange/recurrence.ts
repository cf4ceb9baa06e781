import { DAY, type Instant, type Span } from '#core/time/model.ts'
import { readZone } from './clock.ts'
import type { Item } from './model.ts'

export const WEEK = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const
export type Weekday = (typeof WEEK)[number]
/** In relative patterns also any day, a working day, a day of the weekend. */
export type SomeDay = Weekday | 'Day' | 'Weekday' | 'WeekendDay'
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const
export type Month = (typeof MONTHS)[number]
export const INDEXES = ['First', 'Second', 'Third', 'Fourth', 'Last'] as const
export type Index = (typeof INDEXES)[number]

/** learn.microsoft.com/exchange/client-developer/web-service-reference/recurrence-recurrencetype */
export type Pattern =
  | { kind: 'DailyRecurrence'; interval: number }
  | { kind: 'WeeklyRecurrence'; interval: number; days: SomeDay[]; firstDay: Weekday | null }
  | { kind: 'AbsoluteMonthlyRecurrence'; interval: number; dayOfMonth: number }
  | { kind: 'RelativeMonthlyRecurrence'; interval: number; day: SomeDay; index: Index }
  | { kind: 'AbsoluteYearlyRecurrence'; dayOfMonth: number; month: Month }
  | { kind: 'RelativeYearlyRecurrence'; day: SomeDay; index: Index; month: Month }
/** Dates as `YYYY-MM-DD`. */
export type Range =
  | { kind: 'NoEndRecurrence'; start: string }
  | { kind: 'EndDateRecurrence'; start: string; end: string }
  | { kind: 'NumberedRecurrence'; start: string; count: number }
export type Recurrence = { pattern: Pattern; range: Range }
export type Occurrence = {
  /** Its number in the series, from one; deleted ones keep theirs. */
  index: number
  /** The date in the series it stands for, and when it would have been. */
  date: string
  original: Instant
  span: Span
  changed: boolean
  /** The item as it is on that day. */
  item: Item
}

const PERIODS = 20_000
const weekday = (day: Temporal.PlainDate): Weekday => WEEK[day.dayOfWeek % 7]!
function isA(day: Temporal.PlainDate, wanted: SomeDay): boolean {
  const weekend = day.dayOfWeek > 5
  return (
    wanted === 'Day' ||
    (wanted === 'Weekday' ? !weekend : wanted === 'WeekendDay' ? weekend : weekday(day) === wanted)
  )
}

function nth(month: Temporal.PlainDate, wanted: SomeDay, index: Index): Temporal.PlainDate[] {
  const days = Array.from({ length: month.daysInMonth }, (_, at) => month.with({ day: at + 1 })).filter(
    (day) => isA(day, wanted),
  )
  const found = days.at(index === 'Last' ? -1 : INDEXES.indexOf(index))
  return found ? [found] : []
}

/** The days of one period of the pattern, in order. In a month too short for its day it falls on the last. */
function daysIn({ pattern, range }: Recurrence, period: number): Temporal.PlainDate[] {
  const start = Temporal.PlainDate.from(range.start)
  const month = (count: number) => start.with({ day: 1 }).add({ months: count })
  const inYear = (name: Month) =>
    start
      .with({ day: 1 })
      .add({ years: period })
      .with({ month: MONTHS.indexOf(name) + 1 })
  switch (pattern.kind) {
    case 'DailyRecurrence':
      return [start.add({ days: period * pattern.interval })]
    case 'WeeklyRecurrence': {
      const first = WEEK.indexOf(pattern.firstDay ?? 'Sunday')
      const begin = start
        .subtract({ days: ((start.dayOfWeek % 7) - first + 7) % 7 })
        .add({ weeks: period * pattern.interval })
      return [0, 1, 2, 3, 4, 5, 6]
        .map((days) => begin.add({ days }))
        .filter((day) => pattern.days.some((one) => isA(day, one)))
    }
    case 'AbsoluteMonthlyRecurrence':
      return [month(period * pattern.interval).with({ day: pattern.dayOfMonth })]
    case 'RelativeMonthlyRecurrence':
      return nth(month(period * pattern.interval), pattern.day, pattern.index)
    case 'AbsoluteYearlyRecurrence':
      return [inYear(pattern.month).with({ day: pattern.dayOfMonth })]
    case 'RelativeYearlyRecurrence':
      return nth(inYear(pattern.month), pattern.day, pattern.index)
  }
}

function* datesOf(recurrence: Recurrence, before: string): Generator<string> {
  const { range } = recurrence
  let left = range.kind === 'NumberedRecurrence' ? range.count : Infinity
  for (let period = 0; period < PERIODS; period++)
    for (const day of daysIn(recurrence, period)) {
      const date = day.toString()
      if (date < range.start) continue
      if (left-- <= 0 || date > before || (range.kind === 'EndDateRecurrence' && date > range.end)) return
      yield date
    }
}

export const zoneOf = (item: Item): string => readZone(item.zones.start) ?? 'UTC'

/** The occurrences of a series that touch the window, changed ones at their new time; deleted ones are not there. */
export function occurrencesOf(item: Item, window: Span): Occurrence[] {
  if (!item.recurrence) return []
  const zone = zoneOf(item)
  const at = (instant: Instant) => Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone)
  const time = at(item.span.start).toPlainTime()
  // A whole day is as long as that day is: midnight to midnight, also when the clocks change.
  const days = at(item.span.start).toPlainDate().until(at(item.span.end).toPlainDate()).days
  const length = item.span.end - item.span.start
  const last = new Date(Math.min(window.end + 2 * DAY, Date.UTC(2200, 0, 1))).toISOString().slice(0, 10)
  const moved = Object.values(item.exceptions).some((one) => one.kind === 'changed')
  const found: Occurrence[] = []
  let index = 0
  for (const date of datesOf(item.recurrence, moved ? later(item, last) : last)) {
    index++
    const exception = item.exceptions[date]
    if (exception?.kind === 'removed') continue
    const day = Temporal.PlainDate.from(date)
    const original = day.toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds
    const end = item.isAllDay ? day.add({ days }).toZonedDateTime(zone).epochMilliseconds : original + length
    const span = exception?.span ?? { start: original, end }
    if (!touches(span, window)) continue
    const own = exception ? { ...exception.fields, changeKey: exception.changeKey } : {}
    found.push({
      index,
      date,
      original,
      span,
      changed: exception !== undefined,
      item: { ...item, ...own, span },
    })
  }
  return found.sort((a, b) => a.span.start - b.span.start)
}

const later = (item: Item, last: string): string => [last, ...Object.keys(item.exceptions)].sort().at(-1)!

const EVER: Span = { start: -Infinity, end: Date.UTC(2200, 0, 1) }
/** The occurrence at a date of the series, or by its number; null when it is deleted or never was. */
export const occurrenceOn = (item: Item, date: string): Occurrence | null =>
  upTo(item, date).find((one) => one.date === date) ?? null
const upTo = (item: Item, date: string): Occurrence[] =>
  occurrencesOf(item, { start: -Infinity, end: Date.parse(`${date}T00:00:00Z`) + 400 * DAY })
export function occurrenceAt(item: Item, index: number): Occurrence | null {
  const years = item.recurrence?.range.kind === 'NoEndRecurrence' ? item.span.start + 3650 * DAY : EVER.end
  return occurrencesOf(item, { start: -Infinity, end: years }).find((one) => one.index === index) ?? null
}
/** The ends of a series; the last is null when it has none. */
export function endsOf(item: Item): { first: Occurrence | null; last: Occurrence | null } {
  const endless = item.recurrence?.range.kind === 'NoEndRecurrence'
  const all = occurrencesOf(item, { start: -Infinity, end: endless ? item.span.start + 400 * DAY : EVER.end })
  return { first: all[0] ?? null, last: endless ? null : (all.at(-1) ?? null) }
}

// A point in time at the very start of the window is in it.
export const touches = (span: Span, window: Span): boolean =>
  span.start < window.end &&
  (span.end > window.start || (span.start === span.end && span.start === window.start))
