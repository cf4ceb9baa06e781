import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import { weekdayOf } from '#core/time/wall.ts'
import type { DayNumber, Wall } from '#core/time/wall.ts'
import { dayOfDate, daysIn, isLeap } from './moment.ts'
import type { Rule } from './rule.ts'

/** What an expansion may still cost; every period looked at and every candidate made takes from it (D21). */
export type Fuel = { left: number }

/** All of it is spent in well under 50 ms here; an honest series of forty years needs a twentieth. */
export const FULL_TANK = 200_000
export const MOST_INSTANCES = 10_000

const FOREVER = 100 * 366 * DAY
const PROBE = 40_000

/**
 * What `rule` names from `from` (inclusive) to `to`, sorted; null when that is more than the fuel or 10 000. All on the
 * wall clock: a weekly nine o'clock stays nine o'clock over every change of the clocks (D28). DTSTART is here only if
 * the rule names it.
 */
export function instances(
  rule: Rule,
  start: Wall,
  from: Wall,
  to: Wall,
  until: Wall,
  fuel: Fuel,
  most = MOST_INSTANCES,
): Wall[] | null {
  const found: Wall[] = []
  const times = rule.frequency in STEP ? [] : timesOfDay(rule, start)
  const last = Math.min(until, rule.count === null ? Infinity : (lastByCount(rule, start, times) ?? Infinity))
  let remaining = rule.count !== null && lastByCount(rule, start, times) === null ? rule.count : Infinity
  const begin = remaining === Infinity ? Math.max(start, from) : start

  const take = (wall: Wall): boolean => {
    if (wall < start) return true
    if (wall > last || wall >= to || remaining-- === 0) return false
    return wall < from || found.push(wall) < most
  }
  const finished =
    rule.frequency in STEP
      ? bySteps(rule, start, begin, Math.min(to, last + 1), fuel, take)
      : byDays(rule, start, begin, Math.min(to, last + 1), times, fuel, take)
  return finished && found.length < MOST_INSTANCES ? found : null
}

/** Whether the rule names any moment at all: 30 February never comes, and who wrote it meant something else (D21). */
export function everMatches(rule: Rule, start: Wall): boolean {
  const found = instances(
    { ...rule, count: null },
    start,
    start,
    start + FOREVER,
    Infinity,
    { left: PROBE },
    1,
  )
  return found !== null && found.length > 0
}

/** Of candidates in their order; false when no more are wanted. */
type Take = (candidate: Wall) => boolean

const STEP: Partial<Record<string, number>> = { HOURLY: HOUR, MINUTELY: MINUTE, SECONDLY: 1000 }

/** Years, months, weeks, days: each period gives its days, each day its times. False when the fuel ran out. */
function byDays(
  rule: Rule,
  start: Wall,
  begin: Wall,
  to: Wall,
  times: number[],
  fuel: Fuel,
  take: Take,
): boolean {
  const startDay = Math.floor(start / DAY)
  const filter = dayFilter(rule, startDay)
  const first = periodOf(rule, startDay)
  const skipped = Math.max(0, Math.floor((periodOf(rule, Math.floor(begin / DAY)) - first) / rule.interval))
  for (let period = first + skipped * rule.interval; ; period += rule.interval) {
    if (firstDay(rule, period) * DAY >= to) return true
    const days = daysOf(rule, filter, period, fuel)
    fuel.left -= 1 + days.length * times.length
    if (fuel.left < 0) return false
    if (rule.positions) {
      if (
        !chosen(
          days.flatMap((day) => times.map((time) => day * DAY + time)),
          rule.positions,
        ).every(take)
      )
        return true
    } else for (const day of days) for (const time of times) if (!take(day * DAY + time)) return true
  }
}

/** Hours, minutes, seconds: steps of one length; a day or an hour that cannot match is jumped over whole. */
function bySteps(rule: Rule, start: Wall, begin: Wall, to: Wall, fuel: Fuel, take: Take): boolean {
  const unit = STEP[rule.frequency]!
  const step = unit * rule.interval
  const filter = dayFilter(rule, Math.floor(start / DAY))
  const minutes = rule.frequency === 'HOURLY' ? (rule.minutes ?? [Math.floor(start / MINUTE) % 60]) : null
  const seconds = rule.frequency !== 'SECONDLY' ? (rule.seconds ?? [Math.floor(start / 1000) % 60]) : null
  const floor = minutes ? HOUR : seconds ? MINUTE : 1000
  for (let k = Math.max(0, Math.floor((begin - start) / step)); ;) {
    const wall = start + k * step
    if (Math.floor(wall / floor) * floor >= to) return true
    if (--fuel.left < 0) return false
    const next = nextPossible(rule, filter, wall)
    if (next > wall) {
      k = Math.max(k + 1, Math.ceil((next - start) / step))
      continue
    }
    const base = Math.floor(wall / floor) * floor
    const inHour = minutes ? minutes.map((minute) => base + minute * MINUTE) : [base]
    const candidates = seconds ? inHour.flatMap((at) => seconds.map((second) => at + second * 1000)) : inHour
    fuel.left -= candidates.length
    if (!(rule.positions ? chosen(candidates, rule.positions) : candidates).every(take)) return true
    k++
  }
}

/** `wall` itself when its day, hour, minute and second may be in the rule; else the start of the next that may. */
function nextPossible(rule: Rule, filter: DayFilter, wall: Wall): Wall {
  const day = Math.floor(wall / DAY)
  if (!matchesDay(filter, day)) return (day + 1) * DAY
  const inDay = wall - day * DAY
  if (rule.hours && !rule.hours.includes(Math.floor(inDay / HOUR)))
    return Math.floor(wall / HOUR) * HOUR + HOUR
  if (rule.frequency === 'HOURLY') return wall
  if (rule.minutes && !rule.minutes.includes(Math.floor(inDay / MINUTE) % 60))
    return Math.floor(wall / MINUTE) * MINUTE + MINUTE
  if (rule.frequency === 'MINUTELY') return wall
  return rule.seconds && !rule.seconds.includes(Math.floor(inDay / 1000) % 60) ? wall + 1000 : wall
}

function timesOfDay(rule: Rule, start: Wall): number[] {
  const time = start - Math.floor(start / DAY) * DAY
  if (!rule.hours && !rule.minutes && !rule.seconds) return [time]
  const hours = rule.hours ?? [Math.floor(time / HOUR)]
  const minutes = rule.minutes ?? [Math.floor(time / MINUTE) % 60]
  const seconds = rule.seconds ?? [Math.floor(time / 1000) % 60]
  // A day of that many instances is over the limit in any window; how many more there are no longer matters.
  if (hours.length * minutes.length * seconds.length >= MOST_INSTANCES)
    return Array.from({ length: MOST_INSTANCES }, () => time)
  return hours.flatMap((hour) =>
    minutes.flatMap((minute) => seconds.map((second) => hour * HOUR + minute * MINUTE + second * 1000)),
  )
}

/** Where every period yields the same number, the last instance is arithmetic (D22); null where it must be counted. */
function lastByCount(rule: Rule, start: Wall, times: number[]): Wall | null {
  if (rule.positions || rule.months || rule.monthDays || rule.yearDays) return null
  const left = rule.count! - 1
  const unit = STEP[rule.frequency]
  if (unit !== undefined)
    return rule.weekdays || rule.hours || rule.minutes || rule.seconds
      ? null
      : start + left * unit * rule.interval
  if (rule.frequency !== 'WEEKLY' && (rule.frequency !== 'DAILY' || rule.weekdays)) return null
  const startDay = Math.floor(start / DAY)
  const length = rule.frequency === 'WEEKLY' ? 7 : 1
  const base = firstDay(rule, periodOf(rule, startDay))
  const days = daysOf(rule, dayFilter(rule, startDay), periodOf(rule, startDay), { left: Infinity })
  const pattern = days.flatMap((day) => times.map((time) => (day - base) * DAY + time))
  const before = pattern.filter((offset) => base * DAY + offset < start).length
  const index = before + left
  return (
    (base + Math.floor(index / pattern.length) * length * rule.interval) * DAY +
    pattern[index % pattern.length]!
  )
}

function chosen(candidates: Wall[], positions: number[]): Wall[] {
  const indexes = positions.map((position) => (position > 0 ? position - 1 : candidates.length + position))
  return [...new Set(indexes)].sort((a, b) => a - b).flatMap((index) => candidates[index] ?? [])
}

/** Periods are numbered: years and months by the calendar, weeks from the one around 1970-01-01, days from it. */
function periodOf(rule: Rule, day: DayNumber): number {
  switch (rule.frequency) {
    case 'YEARLY':
      return new Date(day * DAY).getUTCFullYear()
    case 'MONTHLY':
      return new Date(day * DAY).getUTCFullYear() * 12 + new Date(day * DAY).getUTCMonth()
    case 'WEEKLY':
      return Math.floor((day + 3 - rule.weekStart) / 7) // 1970-01-01 was a Thursday
    default:
      return day
  }
}

function firstDay(rule: Rule, period: number): DayNumber {
  switch (rule.frequency) {
    case 'YEARLY':
      return dayOfDate(period, 1, 1)
    case 'MONTHLY':
      return dayOfDate(Math.floor(period / 12), (period % 12) + 1, 1)
    case 'WEEKLY':
      return period * 7 - 3 + rule.weekStart
    default:
      return period
  }
}

/** A rule's lists with what it takes from DTSTART, so that each day is one question. */
type DayFilter = Pick<Rule, 'months' | 'monthDays' | 'yearDays' | 'weeks' | 'weekStart'> & {
  /** Bit n set: weekday n passes. */
  weekdays: number | null
  nths: { day: number; nth: number }[] | null
  nthInYear: boolean
}

function dayFilter(rule: Rule, startDay: DayNumber): DayFilter {
  const date = new Date(startDay * DAY)
  let { months, monthDays } = rule
  let weekdays = rule.weekdays?.some(({ nth }) => nth === 0)
    ? rule.weekdays.reduce((mask, { day, nth }) => (nth === 0 ? mask | (1 << day) : mask), 0)
    : null
  const nths = rule.weekdays?.filter(({ nth }) => nth !== 0) ?? []
  const { frequency } = rule
  if (frequency === 'WEEKLY' && !rule.weekdays) weekdays = 1 << weekdayOf(startDay)
  if ((frequency === 'MONTHLY' || frequency === 'YEARLY') && !rule.weekdays && !monthDays && !rule.yearDays) {
    if (rule.weeks) weekdays = 1 << weekdayOf(startDay)
    else monthDays = [date.getUTCDate()]
    if (frequency === 'YEARLY' && !rule.weeks) months ??= [date.getUTCMonth() + 1]
  }
  return {
    months,
    monthDays,
    yearDays: rule.yearDays,
    weeks: rule.weeks,
    weekStart: rule.weekStart,
    weekdays,
    nths: nths.length > 0 ? nths : null,
    nthInYear: frequency === 'YEARLY' && rule.months === null,
  }
}

function daysOf(rule: Rule, filter: DayFilter, period: number, fuel: Fuel): DayNumber[] {
  switch (rule.frequency) {
    case 'YEARLY': {
      const months = filter.months ?? ALL_MONTHS
      return months.length === 1
        ? daysOfMonth(filter, period, months[0]!, fuel)
        : months.flatMap((month) => daysOfMonth(filter, period, month, fuel))
    }
    case 'MONTHLY': {
      const month = (period % 12) + 1
      return filter.months && !filter.months.includes(month)
        ? []
        : daysOfMonth(filter, Math.floor(period / 12), month, fuel)
    }
    case 'WEEKLY': {
      const first = firstDay(rule, period)
      const days: DayNumber[] = []
      const mask = filter.weekdays!
      for (let i = 0; i < 7; i++)
        if (mask & (1 << ((rule.weekStart + i) % 7)) && (!filter.months || matchesDay(filter, first + i)))
          days.push(first + i)
      return days
    }
    default:
      return matchesDay(filter, period) ? [period] : []
  }
}

const ALL_MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]

function daysOfMonth(filter: DayFilter, year: number, month: number, fuel: Fuel): DayNumber[] {
  const length = daysIn(year, month)
  const before = dayOfDate(year, month, 1) - 1
  const days: DayNumber[] = []
  fuel.left -= length
  for (let date = 1; date <= length; date++)
    if (matches(filter, before + date, year, date, length)) days.push(before + date)
  return days
}

function matchesDay(filter: DayFilter, day: DayNumber): boolean {
  if (filter.weekdays !== null && !(filter.weekdays & (1 << weekdayOf(day)))) return false
  if (!filter.months && !filter.monthDays && !filter.yearDays) return true
  const date = new Date(day * DAY)
  const year = date.getUTCFullYear()
  const month = date.getUTCMonth() + 1
  return (
    (!filter.months || filter.months.includes(month)) &&
    matches(filter, day, year, date.getUTCDate(), daysIn(year, month))
  )
}

function matches(filter: DayFilter, day: DayNumber, year: number, date: number, length: number): boolean {
  const { monthDays, yearDays, weeks, weekdays, nths } = filter
  if (monthDays && !monthDays.includes(date) && !monthDays.includes(date - length - 1)) return false
  if (weekdays !== null || nths) {
    const weekday = weekdayOf(day)
    const plain = weekdays !== null && (weekdays & (1 << weekday)) !== 0
    if (
      !plain &&
      !nths?.some((each) => each.day === weekday && isNth(filter, each.nth, day, year, date, length))
    )
      return false
  }
  if (yearDays) {
    const inYear = day - dayOfDate(year, 1, 1) + 1
    if (!yearDays.includes(inYear) && !yearDays.includes(inYear - (isLeap(year) ? 367 : 366))) return false
  }
  return !weeks || matchesWeek(weeks, filter.weekStart, day, year)
}

function isNth(
  filter: DayFilter,
  nth: number,
  day: DayNumber,
  year: number,
  date: number,
  length: number,
): boolean {
  const position = filter.nthInYear ? day - dayOfDate(year, 1, 1) + 1 : date
  const size = filter.nthInYear ? (isLeap(year) ? 366 : 365) : length
  return nth > 0 ? Math.ceil(position / 7) === nth : Math.ceil((size - position + 1) / 7) === -nth
}

/** Weeks as ISO 8601 counts them, but from WKST: the first is the first with four days in the year. */
function matchesWeek(weeks: number[], weekStart: number, day: DayNumber, year: number): boolean {
  const first = firstWeek(year, weekStart)
  const owner = day < first ? year - 1 : day >= firstWeek(year + 1, weekStart) ? year + 1 : year
  const begin = firstWeek(owner, weekStart)
  const number = Math.floor((day - begin) / 7) + 1
  const count = (firstWeek(owner + 1, weekStart) - begin) / 7
  return weeks.includes(number) || weeks.includes(number - count - 1)
}

function firstWeek(year: number, weekStart: number): DayNumber {
  const newYear = dayOfDate(year, 1, 1)
  const into = (weekdayOf(newYear) - weekStart + 7) % 7
  return into <= 3 ? newYear - into : newYear + 7 - into
}
