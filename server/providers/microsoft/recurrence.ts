import { parseRule } from '#core/icalendar/rule.ts'
import type { Rule } from '#core/icalendar/rule.ts'
import { DAY } from '#core/time/model.ts'
import type { Zone } from '#core/time/model.ts'
import { dateOf, dateText, dayNumber, parseDate, startOfDayNumber, weekdayOf } from '#core/time/wall.ts'
import { windowsNameOf } from '#core/time/windows-zones.ts'
import { isRaw } from './ask.ts'
import { word } from './kind.ts'

export type Recurrence = {
  pattern: {
    type: 'daily' | 'weekly' | 'absoluteMonthly' | 'relativeMonthly' | 'absoluteYearly' | 'relativeYearly'
    interval: number
    month?: number
    dayOfMonth?: number
    daysOfWeek?: string[]
    firstDayOfWeek?: string
    index?: string
  }
  range: {
    type: 'noEnd' | 'endDate' | 'numbered'
    startDate: string
    recurrenceTimeZone: string
    endDate?: string
    numberOfOccurrences?: number
  }
}

/** The first day of a series on its own clock. */
export type Start = { date: string; zone: Zone }

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const SHORT = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const INDEXES: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3, fourth: 4, last: -1 }
// Every month has these: of a day beyond them Exchange takes the month's last (EWS: AbsoluteMonthlyRecurrence).
const SURE_DAYS = 28

/**
 * A recurrence of Graph's as a rule of iCalendar's (RFC 5545 §3.3.10), in the zone its days are meant in; null when
 * it is not one we understand.
 */
export function ruleOf(recurrence: unknown, zone: Zone): string | null {
  if (!isRaw(recurrence) || !isRaw(recurrence['pattern'])) return null
  const { pattern } = recurrence
  const interval = whole(pattern['interval'], 1, 999)
  const days = daysIn(pattern['daysOfWeek'])
  const place = INDEXES[word(pattern['index'] ?? 'first')] ?? null
  const month = whole(pattern['month'], 1, 12)
  const dayOfMonth = whole(pattern['dayOfMonth'], 1, 31)
  const end = endOf(recurrence['range'], zone)
  if (interval === null || end === null) return null
  const rule = (frequency: string, ...parts: (string | null)[]): string | null =>
    parts.includes(null)
      ? null
      : [`FREQ=${frequency}`, ...(interval > 1 ? [`INTERVAL=${interval}`] : []), ...parts, ...end].join(';')
  const inMonth = month === null ? null : `BYMONTH=${month}`
  const first = DAYS.indexOf(word(pattern['firstDayOfWeek'] ?? 'sunday'))
  switch (word(pattern['type'])) {
    case 'daily':
      return rule('DAILY')
    case 'weekly':
      return rule('WEEKLY', byDay(days), first < 0 ? null : `WKST=${SHORT[first]}`)
    case 'absolutemonthly':
      return rule('MONTHLY', byMonthDay(dayOfMonth))
    case 'absoluteyearly':
      return rule('YEARLY', inMonth, byMonthDay(dayOfMonth))
    case 'relativemonthly':
      return rule('MONTHLY', byDay(days), place === null ? null : `BYSETPOS=${place}`)
    case 'relativeyearly':
      return rule('YEARLY', inMonth, byDay(days), place === null ? null : `BYSETPOS=${place}`)
    default:
      return null
  }
}

const whole = (value: unknown, least: number, most: number): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : null

/** In the order of the week; null when there is none or one is no day. */
function daysIn(value: unknown): number[] | null {
  if (!Array.isArray(value) || value.length === 0) return null
  const days = [...new Set(value.map((day) => DAYS.indexOf(word(day))))].sort((a, b) => a - b)
  return days.includes(-1) ? null : days
}

const byDay = (days: number[] | null): string | null =>
  days && `BYDAY=${days.map((day) => SHORT[day]).join(',')}`

function byMonthDay(day: number | null): string | null {
  if (day === null || day <= SURE_DAYS) return day === null ? null : `BYMONTHDAY=${day}`
  return `BYMONTHDAY=${lastDays(day).join(',')};BYSETPOS=-1`
}
const lastDays = (day: number): number[] =>
  Array.from({ length: day - SURE_DAYS + 1 }, (_, i) => SURE_DAYS + i)

function endOf(range: unknown, zone: Zone): string[] | null {
  if (!isRaw(range)) return null
  const { endDate, numberOfOccurrences } = range
  switch (word(range['type'])) {
    case 'noend':
      return []
    case 'numbered': {
      const count = whole(numberOfOccurrences, 1, 999)
      return count === null ? null : [`COUNT=${count}`]
    }
    case 'enddate': {
      const date = typeof endDate === 'string' ? parseDate(endDate) : null
      // The whole of its last day still belongs to it; RFC 5545 wants the end of a series with a zone in UTC.
      return date === null ? null : [`UNTIL=${stamp(startOfDayNumber(zone, dayNumber(date) + 1) - 1000)}`]
    }
    default:
      return null
  }
}

const stamp = (instant: number): string =>
  `${new Date(instant).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`

/** A rule of iCalendar's as Graph can hold it; null when no pattern of Graph's names the same days. */
export function recurrenceOf(text: string, start: Start): Recurrence | null {
  const rule = parseRule(text)
  const pattern = rule && patternOf(rule, dayNumber(start.date))
  const range = rule && rangeOf(rule, start)
  return pattern && range && isFirst(pattern, dayNumber(start.date)) ? { pattern, range } : null
}

function patternOf(rule: Rule, first: number): Recurrence['pattern'] | null {
  const { frequency, interval, months, monthDays, weekdays, positions } = rule
  if (rule.hours || rule.minutes || rule.seconds || rule.yearDays || rule.weeks) return null
  if (frequency === 'DAILY' && !months && !monthDays && !positions)
    return weekdays ? (interval === 1 ? weekly(rule, weekdays) : null) : { type: 'daily', interval }
  if (frequency === 'WEEKLY' && !months && !positions)
    return weekly(rule, weekdays ?? [{ day: weekdayOf(first), nth: 0 }])
  if (frequency !== 'MONTHLY' && frequency !== 'YEARLY') return null
  const yearly = frequency === 'YEARLY'
  if (yearly ? months !== null && months.length !== 1 : months !== null) return null
  if (yearly && months === null && (weekdays || monthDays)) return null
  const date = dateText(first)
  const month = yearly ? { month: months?.[0] ?? Number(date.slice(5, 7)) } : {}
  if (weekdays) {
    const place = monthDays ? null : placeOf(weekdays, positions)
    if (place === null) return null
    const daysOfWeek = [...new Set(weekdays.map(({ day }) => DAYS[day]!))]
    return {
      type: yearly ? 'relativeYearly' : 'relativeMonthly',
      interval,
      ...month,
      daysOfWeek,
      index: place,
    }
  }
  const dayOfMonth = monthDays
    ? dayIn(monthDays, positions)
    : positions
      ? null
      : dayIn([Number(date.slice(8))], null)
  return dayOfMonth === null
    ? null
    : { type: yearly ? 'absoluteYearly' : 'absoluteMonthly', interval, ...month, dayOfMonth }
}

const weekly = (
  { interval, weekStart }: Rule,
  weekdays: NonNullable<Rule['weekdays']>,
): Recurrence['pattern'] | null =>
  weekdays.every(({ nth }) => nth === 0)
    ? {
        type: 'weekly',
        interval,
        daysOfWeek: [...new Set(weekdays.map(({ day }) => DAYS[day]!))],
        firstDayOfWeek: DAYS[weekStart]!,
      }
    : null

/** `2TU`, or the second of several with BYSETPOS; anything else is more than Graph can say. */
function placeOf(weekdays: NonNullable<Rule['weekdays']>, positions: Rule['positions']): string | null {
  const place =
    positions === null && weekdays.length === 1
      ? weekdays[0]!.nth
      : positions?.length === 1 && weekdays.every(({ nth }) => nth === 0)
        ? positions[0]!
        : 0
  return Object.entries(INDEXES).find(([, number]) => number === place)?.[0] ?? null
}

/**
 * A day that every month has, or one that gives way to the last; RFC 5545 leaves a month without a 31st out, which
 * Graph cannot say.
 */
function dayIn(days: number[], positions: Rule['positions']): number | null {
  const [day] = days
  if (positions === null)
    return days.length !== 1 || day! > SURE_DAYS ? null : day === -1 ? 31 : day! > 0 ? day! : null
  const last = days.at(-1)!
  const whole = last > SURE_DAYS && days.join() === lastDays(last).join()
  return positions.join() === '-1' && whole ? last : null
}

function rangeOf(rule: Rule, { date, zone }: Start): Recurrence['range'] | null {
  const base = { startDate: date, recurrenceTimeZone: windowsNameOf(zone) ?? 'UTC' }
  const { count, until } = rule
  if (count !== null) return until === null ? { type: 'numbered', ...base, numberOfOccurrences: count } : null
  if (until === null) return { type: 'noEnd', ...base }
  const endDate = until.utc ? dateOf(zone, until.wall) : dateText(Math.floor(until.wall / DAY))
  return endDate < date ? null : { type: 'endDate', ...base, endDate }
}

/**
 * Graph begins a series with its first day by the pattern; a rule whose start is none of its days would begin
 * another day there.
 */
function isFirst(pattern: Recurrence['pattern'], first: number): boolean {
  const { month, dayOfMonth, daysOfWeek, index } = pattern
  const [year, inYear, day] = dateText(first).split('-').map(Number) as [number, number, number]
  const length = new Date(Date.UTC(year, inYear, 0)).getUTCDate()
  if (month !== undefined && month !== inYear) return false
  if (dayOfMonth !== undefined) return day === Math.min(dayOfMonth, length)
  if (daysOfWeek === undefined) return true
  const matches = (date: number): boolean => daysOfWeek.includes(DAYS[weekdayOf(first - day + date)]!)
  if (index === undefined) return matches(day)
  const all = Array.from({ length }, (_, i) => i + 1).filter(matches)
  return all.at(index === 'last' ? -1 : INDEXES[index]! - 1) === day
}
