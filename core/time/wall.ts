import { DAY, HOUR, MINUTE } from './model.ts'
import type { Instant, Zone } from './model.ts'
import { transitionAt, transitionsOf } from './transitions.ts'
import { offsetAt } from './zone.ts'

/** What a clock shows, date and time, written as the instant at which a clock in UTC shows the same. */
export type Wall = number

/** A date as the number of days since 1970-01-01. */
export type DayNumber = number

/**
 * When the zone's clocks show this: once, never (they jump over it: `[]`) or twice (they fall back), earliest
 * first.
 */
export function wallToInstants(zone: Zone, wall: Wall): Instant[] {
  const table = transitionsOf(zone)
  const found: Instant[] = []
  // No clock is more than a day from UTC, so these are all the offsets that can show it.
  const last = transitionAt(table, wall + DAY)
  for (let i = transitionAt(table, wall - DAY); i <= last; i++) {
    const instant = wall - table.offset[i]!
    if (instant >= table.at[i]! && (i + 1 === table.at.length || instant < table.at[i + 1]!))
      found.push(instant)
  }
  return found
}

export const instantToWall = (zone: Zone, instant: Instant): Wall => instant + offsetAt(zone, instant)

/**
 * The first instant of that date; of a date the zone left out (Apia, 2011-12-30), the first instant after it.
 */
export const startOfDay = (zone: Zone, date: string): Instant => startOfDayNumber(zone, dayNumber(date))

export function startOfDayNumber(zone: Zone, day: DayNumber): Instant {
  const midnight = day * DAY
  const table = transitionsOf(zone)
  const last = transitionAt(table, midnight + DAY)
  for (let i = transitionAt(table, midnight - DAY); i < last; i++) {
    const instant = midnight - table.offset[i]!
    const until = table.at[i + 1]!
    if (instant < until) return instant
    // The clocks jump over midnight: the day begins where they land.
    if (until + table.offset[i + 1]! > midnight) return until
  }
  return midnight - table.offset[last]!
}

export const dayOf = (zone: Zone, instant: Instant): DayNumber =>
  Math.floor(instantToWall(zone, instant) / DAY)

/** The date that the zone's calendar shows, `YYYY-MM-DD`. */
export const dateOf = (zone: Zone, instant: Instant): string => dateText(dayOf(zone, instant))

/** 0 is Monday. */
export const weekdayOf = (day: DayNumber): number => (((day + 3) % 7) + 7) % 7

/** Of a date that `parseDate` accepts. */
export const dayNumber = (date: string): DayNumber =>
  daysBefore(digits(date, 0, 4), digits(date, 5, 7)) + digits(date, 8, 10) - 1

function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) value = value * 10 + text.charCodeAt(i) - 48
  return value
}

// Both ways by arithmetic, with the year counted from 1 March so that the leap day is its last: a Date per
// day would take a third of the time of a whole answer.
function daysBefore(year: number, month: number): DayNumber {
  const turned = month > 2 ? year : year - 1
  const months = (month + 9) % 12
  return (
    365 * turned +
    Math.floor(turned / 4) -
    Math.floor(turned / 100) +
    Math.floor(turned / 400) +
    Math.floor((153 * months + 2) / 5) -
    719_468
  )
}

export function dateText(day: DayNumber): string {
  const days = day + 719_468
  const cycle = Math.floor(days / 146_097) // 400 years
  const inCycle = days - cycle * 146_097
  const yearInCycle = Math.floor(
    (inCycle - Math.floor(inCycle / 1460) + Math.floor(inCycle / 36_524) - Math.floor(inCycle / 146_096)) /
      365,
  )
  const inYear = inCycle - (365 * yearInCycle + Math.floor(yearInCycle / 4) - Math.floor(yearInCycle / 100))
  const months = Math.floor((5 * inYear + 2) / 153)
  const date = inYear - Math.floor((153 * months + 2) / 5) + 1
  const month = months < 10 ? months + 3 : months - 9
  const year = yearInCycle + cycle * 400 + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${month < 10 ? '0' : ''}${month}-${date < 10 ? '0' : ''}${date}`
}

/** The text itself if it is a real date written `YYYY-MM-DD`, else null. */
export function parseDate(text: string): string | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text.startsWith('0000')) return null
  return dateText(dayNumber(text)) === text ? text : null // 2026-02-30 comes back as 2026-03-02
}

const RFC_3339 = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/i

/**
 * An instant written as RFC 3339 asks, with its offset. Null for everything else: bare local times,
 * impossible dates, years of five digits, 24:00, and the leap second, which no clock of ours can show (D14).
 */
export function parseInstant(text: string): Instant | null {
  if (text.length > 40) return null
  const [, date, hour, minute, second, fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] =
    RFC_3339.exec(text) ?? []
  if (date === undefined || parseDate(date) === null) return null
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return null
  const time =
    Number(hour) * HOUR +
    Number(minute) * MINUTE +
    Number(second) * 1000 +
    Number(fraction.padEnd(3, '0').slice(0, 3))
  const offset = Number(offsetHours) * HOUR + Number(offsetMinutes) * MINUTE
  return dayNumber(date) * DAY + time - (sign === '-' ? -offset : offset)
}
