import { DAY, type Instant, type Span } from '#core/time/model.ts'
import { readZone } from './clock.ts'
import type { Event } from './model.ts'

export type Weekday = 'sunday' | 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday'
/** learn.microsoft.com/graph/api/resources/patternedrecurrence */
export type Recurrence = {
  pattern: {
    type: 'daily' | 'weekly' | 'absoluteMonthly' | 'relativeMonthly' | 'absoluteYearly' | 'relativeYearly'
    interval: number
    daysOfWeek?: Weekday[] | undefined
    dayOfMonth?: number | undefined
    month?: number | undefined
    index?: 'first' | 'second' | 'third' | 'fourth' | 'last' | undefined
    firstDayOfWeek?: Weekday | undefined
  }
  range: {
    type: 'endDate' | 'noEnd' | 'numbered'
    startDate: string
    endDate?: string | undefined
    numberOfOccurrences?: number | undefined
    recurrenceTimeZone?: string | undefined
  }
}
export type Occurrence = {
  /** The date in the series it stands for, and when it would have been. */
  date: string
  original: Instant
  span: Span
  subject: string
  changed: boolean
  changeKey: string
}

const WEEK: Weekday[] = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const INDEX = ['first', 'second', 'third', 'fourth']
const PERIODS = 20_000

const weekday = (day: Temporal.PlainDate): Weekday => WEEK[day.dayOfWeek % 7]!

/** What a pattern lacks for its type, or null: the properties each type needs. */
export function missing({ pattern, range }: Recurrence): string | null {
  if (pattern.interval < 1) return 'interval'
  if (/^(weekly|relative)/.test(pattern.type) && !pattern.daysOfWeek?.length) return 'daysOfWeek'
  if (pattern.type.startsWith('absolute') && !pattern.dayOfMonth) return 'dayOfMonth'
  if (pattern.type.endsWith('Yearly') && !pattern.month) return 'month'
  if (range.type === 'endDate' && !range.endDate) return 'endDate'
  if (range.type === 'numbered' && !range.numberOfOccurrences) return 'numberOfOccurrences'
  return null
}

/** The days of one period of the pattern, in order. */
function daysIn({ pattern, range }: Recurrence, period: number): Temporal.PlainDate[] {
  const start = Temporal.PlainDate.from(range.startDate)
  const step = period * pattern.interval
  if (pattern.type === 'daily') return [start.add({ days: step })]
  if (pattern.type === 'weekly') {
    const first = WEEK.indexOf(pattern.firstDayOfWeek ?? 'sunday')
    const monday = start.subtract({ days: ((start.dayOfWeek % 7) - first + 7) % 7 }).add({ weeks: step })
    return [0, 1, 2, 3, 4, 5, 6]
      .map((days) => monday.add({ days }))
      .filter((day) => pattern.daysOfWeek!.includes(weekday(day)))
  }
  const month = pattern.type.endsWith('Monthly')
    ? start.with({ day: 1 }).add({ months: step })
    : start.with({ day: 1 }).add({ years: step }).with({ month: pattern.month! })
  // In a month too short for the day it falls on the last: `with` keeps within the month.
  if (pattern.type.startsWith('absolute')) return [month.with({ day: pattern.dayOfMonth! })]
  const days = Array.from({ length: month.daysInMonth }, (_, day) => month.with({ day: day + 1 })).filter(
    (day) => pattern.daysOfWeek!.includes(weekday(day)),
  )
  const day = days.at(pattern.index === 'last' ? -1 : INDEX.indexOf(pattern.index ?? 'first'))
  return day ? [day] : []
}

function* datesOf(recurrence: Recurrence, before: Temporal.PlainDate): Generator<Temporal.PlainDate> {
  const { range } = recurrence
  let left = range.type === 'numbered' ? range.numberOfOccurrences! : Infinity
  for (let period = 0; period < PERIODS; period++)
    for (const day of daysIn(recurrence, period)) {
      if (Temporal.PlainDate.compare(day, Temporal.PlainDate.from(range.startDate)) < 0) continue
      if (
        left-- <= 0 ||
        (range.type === 'endDate' && day.toString() > range.endDate!) ||
        Temporal.PlainDate.compare(day, before) > 0
      )
        return
      yield day
    }
}

/** The occurrences of a series that touch the window, changed ones at their new time. */
export function occurrencesOf(event: Event, window: Span): Occurrence[] {
  if (!event.recurrence) return []
  const zone = event.isAllDay
    ? 'UTC'
    : (readZone(event.recurrence.range.recurrenceTimeZone ?? event.zones.start) ?? 'UTC')
  const time = Temporal.Instant.fromEpochMilliseconds(event.span.start).toZonedDateTimeISO(zone).toPlainTime()
  const length = event.span.end - event.span.start
  const originally = (day: Temporal.PlainDate) =>
    day.toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds
  const last = Temporal.Instant.fromEpochMilliseconds(window.end + 2 * DAY)
    .toZonedDateTimeISO('UTC')
    .toPlainDate()
  const found: Occurrence[] = []
  for (const day of datesOf(event.recurrence, last)) {
    const [date, original] = [day.toString(), originally(day)]
    if (event.exceptions[date]) continue
    const span = { start: original, end: original + length }
    if (touches(span, window))
      found.push({ date, original, span, subject: event.subject, changed: false, changeKey: event.changeKey })
  }
  for (const [date, exception] of Object.entries(event.exceptions)) {
    if (exception.kind === 'removed' || !touches(exception.span, window)) continue
    const { span, subject, changeKey } = exception
    found.push({
      date,
      original: originally(Temporal.PlainDate.from(date)),
      span,
      subject,
      changed: true,
      changeKey,
    })
  }
  return found.sort((a, b) => a.span.start - b.span.start)
}

// A point in time at the very start of the window is in it.
export const touches = (span: Span, window: Span): boolean =>
  span.start < window.end &&
  (span.end > window.start || (span.start === span.end && span.start === window.start))
