import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import type { Wall } from '#core/time/wall.ts'

/** A DATE or DATE-TIME (RFC 5545 §3.3.4, §3.3.5) as written: what the clock shows, and whether that clock is UTC. */
export type Written = { wall: Wall; date: boolean; utc: boolean }

/** Days since 1970 of any date of the proleptic Gregorian calendar, year 0 included. */
export const dayOfDate = (year: number, month: number, date: number): number =>
  Date.UTC(2000 + (year % 400), month - 1, date) / DAY + (Math.floor(year / 400) - 5) * 146_097

export const daysIn = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31

export const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

/** Null when it is no date that exists: ical.js and Date roll 30 February on to 2 March (M7). */
export const parseWritten = (text: string): Written | null => strict(text) ?? strict(basic(text))

function strict(value: string): Written | null {
  const year = digits(value, 0, 4)
  const month = digits(value, 4, 2)
  const date = digits(value, 6, 2)
  if (!(year >= 0) || !(month >= 1 && month <= 12) || !(date >= 1 && date <= daysIn(year, month))) return null
  const midnight = dayOfDate(year, month, date) * DAY
  if (value.length === 8) return { wall: midnight, date: true, utc: false }
  const hour = digits(value, 9, 2)
  const minute = digits(value, 11, 2)
  const second = digits(value, 13, 2)
  const utc = value.length === 16 && value.charCodeAt(15) === 0x5a
  if (value.length !== (utc ? 16 : 15) || !(hour <= 23 && minute <= 59 && second <= 60)) return null
  // A leap second is the last one our clocks can show (D14).
  return { wall: midnight + hour * HOUR + minute * MINUTE + Math.min(second, 59) * 1000, date: false, utc }
}

const ISO = /^(\d{4})-?(\d\d)-?(\d\d)(?:[Tt ](\d\d):?(\d\d)(?::?(\d\d))?(?:\.\d+)?([Zz]?))?$/

/** What some programs write instead: `2026-07-01T10:00:00Z`, no seconds, blanks around. */
function basic(text: string): string {
  const [, year, month, date, hour, minute, second = '00', utc = ''] = ISO.exec(text.trim()) ?? []
  if (year === undefined) return ''
  return hour === undefined
    ? `${year}${month}${date}`
    : `${year}${month}${date}T${hour}${minute}${second}${utc.toUpperCase()}`
}

/** NaN unless all of them are ASCII digits. */
function digits(text: string, at: number, count: number): number {
  let number = 0
  for (let i = at; i < at + count; i++) {
    const digit = text.charCodeAt(i) - 0x30
    if (!(digit >= 0 && digit <= 9)) return NaN
    number = number * 10 + digit
  }
  return number
}

const NEVER = 8.64e15 // where JavaScript's calendar ends, in either direction

/** The widest stretch a date that does not exist can mean: clamped to its month or rolled on to the next, both days whole. */
export function looseStretch(text: string): { start: Wall; end: Wall } | null {
  const [, sign, year, month, date] =
    /^\s*(?:([+-])(?=\d{6}))?((?<=[+-])\d{6}|(?<![+-])\d{4})-?(\d\d)-?(\d\d)(?!\d)/.exec(text) ?? []
  if (year === undefined) return null
  if (sign !== undefined) return sign === '+' ? { start: NEVER, end: NEVER } : { start: -NEVER, end: -NEVER }
  if (Number(month) < 1 || Number(month) > 12)
    return {
      start: dayOfDate(Number(year), 1, 1) * DAY,
      end: (dayOfDate(Number(year) + 1, 12, 31) + 1) * DAY,
    }
  const length = daysIn(Number(year), Number(month))
  const first = dayOfDate(Number(year), Number(month), Math.min(Math.max(Number(date), 1), length))
  const rolled = dayOfDate(Number(year), Number(month), 1) + Number(date) - 1
  return { start: Math.min(first, rolled) * DAY, end: (Math.max(first, rolled) + 2) * DAY }
}

/** RFC 5545 §3.3.6: days and weeks go by the wall clock, hours and less by the stopwatch. */
export type Duration = { days: number; time: number }

const DURATION = /^([+-]?)P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/

export function parseDuration(text: string): Duration | null {
  const match = DURATION.exec(text.trim().toUpperCase())
  if (!match || match.slice(2).every((part) => part === undefined)) return null
  const [, sign, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
  const way = sign === '-' ? -1 : 1
  return {
    days: way * (Number(weeks) * 7 + Number(days)),
    time: way * (Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * 1000),
  }
}

/** `+0100`, `-054530` → milliseconds; null for anything else. */
export function parseOffset(text: string): number | null {
  const [, sign, hours, minutes, seconds = '0'] = /^([+-])(\d\d):?(\d\d):?(\d\d)?$/.exec(text.trim()) ?? []
  if (!sign || Number(hours) > 23 || Number(minutes) > 59) return null
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * 1000)
}
