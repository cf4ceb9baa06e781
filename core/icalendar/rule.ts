import { DAY } from '#core/time/model.ts'
import type { Wall } from '#core/time/wall.ts'
import { parseWritten } from './moment.ts'

export const FREQUENCIES = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY', 'SECONDLY'] as const
export type Frequency = (typeof FREQUENCIES)[number]

/** A recurrence rule (RFC 5545 §3.3.10). A list that is not given is null; weekdays count from Monday as 0. */
export type Rule = {
  frequency: Frequency
  interval: number
  count: number | null
  /** The last moment that may still be an instance, in the series' own clock unless `utc`. */
  until: { wall: Wall; utc: boolean } | null
  months: number[] | null
  monthDays: number[] | null
  yearDays: number[] | null
  weeks: number[] | null
  /** `nth` 0 means every such weekday. */
  weekdays: { day: number; nth: number }[] | null
  hours: number[] | null
  minutes: number[] | null
  seconds: number[] | null
  positions: number[] | null
  weekStart: number
}

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

/**
 * Null when any part of it is not understood or not allowed: then nobody knows when the series is, and whoever reads it
 * must keep its days busy. An UNTIL that cannot be read is therefore no rule either.
 */
export function parseRule(text: string): Rule | null {
  const rule: Rule = {
    frequency: 'DAILY',
    interval: 1,
    count: null,
    until: null,
    months: null,
    monthDays: null,
    yearDays: null,
    weeks: null,
    weekdays: null,
    hours: null,
    minutes: null,
    seconds: null,
    positions: null,
    weekStart: 0,
  }
  let named = false
  for (const part of text.trim().toUpperCase().split(';')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = part.slice(0, equals).trim()
    if (name === 'FREQ') named = true
    if (equals < 0 || !readPart(rule, name, part.slice(equals + 1).trim())) return null
  }
  return named && allowed(rule) ? rule : null
}

function readPart(rule: Rule, name: string, value: string): boolean {
  switch (name) {
    case 'FREQ':
      rule.frequency = value as Frequency
      return (FREQUENCIES as readonly string[]).includes(value)
    case 'INTERVAL':
      rule.interval = whole(value)
      return rule.interval >= 1
    case 'COUNT':
      rule.count = whole(value)
      return rule.count >= 1
    case 'UNTIL':
      return (rule.until = until(value)) !== null
    case 'WKST':
      rule.weekStart = WEEKDAYS.indexOf(value)
      return rule.weekStart >= 0
    case 'BYDAY':
      return (rule.weekdays = weekdays(value)) !== null
    case 'BYMONTH':
      return (rule.months = list(value, 1, 12)) !== null
    case 'BYMONTHDAY':
      return (rule.monthDays = list(value, 1, 31, true)) !== null
    case 'BYYEARDAY':
      return (rule.yearDays = list(value, 1, 366, true)) !== null
    case 'BYWEEKNO':
      return (rule.weeks = list(value, 1, 53, true)) !== null
    case 'BYHOUR':
      return (rule.hours = list(value, 0, 23)) !== null
    case 'BYMINUTE':
      return (rule.minutes = list(value, 0, 59)) !== null
    case 'BYSECOND':
      return (rule.seconds = list(value, 0, 60)?.map((second) => Math.min(second, 59)) ?? null) !== null
    case 'BYSETPOS':
      return (rule.positions = list(value, 1, 366, true)) !== null
    case 'RSCALE': // RFC 7529: other calendars are not expanded
      return value === 'GREGORIAN'
    case 'SKIP':
      return value === 'OMIT'
    default:
      return name.startsWith('X-')
  }
}

/** The combinations that RFC 5545 rules out; what a program meant by them differs from program to program. */
function allowed(rule: Rule): boolean {
  const { frequency } = rule
  if (rule.weeks && frequency !== 'YEARLY') return false
  if (rule.yearDays && (frequency === 'MONTHLY' || frequency === 'WEEKLY' || frequency === 'DAILY'))
    return false
  if (rule.monthDays && frequency === 'WEEKLY') return false
  const ordinal = rule.weekdays?.some(({ nth }) => nth !== 0) ?? false
  return !ordinal || frequency === 'MONTHLY' || (frequency === 'YEARLY' && rule.weeks === null)
}

/** UNTIL is inclusive. A bare date on a timed series is not allowed, but common: the whole day still belongs to it. */
function until(value: string): Rule['until'] {
  const written = parseWritten(value)
  return written && { wall: written.date ? written.wall + DAY - 1 : written.wall, utc: written.utc }
}

const whole = (value: string): number => (/^\d{1,15}$/.test(value) ? Number(value) : NaN)

function list(value: string, least: number, most: number, negative = false): number[] | null {
  const numbers: number[] = []
  for (const item of value.split(',')) {
    const number = /^\s*[+-]?\d{1,3}\s*$/.test(item) ? Number(item) : NaN
    if (!(number >= least && number <= most) && !(negative && -number >= least && -number <= most))
      return null
    if (!numbers.includes(number)) numbers.push(number)
  }
  return numbers.sort((a, b) => a - b)
}

function weekdays(value: string): Rule['weekdays'] {
  const days: { day: number; nth: number }[] = []
  for (const item of value.split(',')) {
    const name = item.trim()
    const day = WEEKDAYS.indexOf(name.slice(-2))
    const ordinal = name.slice(0, -2)
    const nth = ordinal === '' ? 0 : /^[+-]?\d{1,2}$/.test(ordinal) ? Number(ordinal) : NaN
    if (day < 0 || !(Math.abs(nth) <= 53) || (ordinal !== '' && nth === 0)) return null
    days.push({ day, nth })
  }
  return days
}
