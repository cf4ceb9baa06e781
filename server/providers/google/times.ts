import { daysIn, looseStretch } from '#core/icalendar/moment.ts'
import { trouble } from '#core/icalendar/trouble.ts'
import { namedZone } from '#core/icalendar/zone-alias.ts'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import type { Instant, Span, Zone } from '#core/time/model.ts'
import {
  dayNumber,
  dayOf,
  parseDate,
  parseInstant,
  startOfDay,
  startOfDayNumber,
  wallToInstants,
} from '#core/time/wall.ts'
import { offsetAt, zone as zoneNamed } from '#core/time/zone.ts'
import { isRaw } from './ask.ts'

export type Times = Span & { allDay: boolean; trouble: string | null }

/** In which window, and in which zone dates and bare local times are read: the calendar's own. */
export type Reading = { window: Span; zone: Zone }

// No two clocks on earth are further apart than this from UTC.
const WIDEST_OFFSET = 14 * HOUR

/** When an event is, as an exact span; what cannot be read is kept as wide as it can mean, and says why (I8, D16, D18). */
export function timesOf(start: unknown, end: unknown, reading: Reading): Times {
  if (isRaw(start) && isRaw(end)) {
    // The common case by far, and the one that 10 000 events are read by.
    const from = typeof start['dateTime'] === 'string' ? instantOf(start['dateTime']) : NaN
    const until = typeof end['dateTime'] === 'string' ? instantOf(end['dateTime']) : NaN
    if (from <= until) return { start: from, end: until, allDay: false, trouble: null }
  }
  return slowly(edgeOf(start, reading.zone), edgeOf(end, reading.zone), reading)
}

/** `early` and `late` are one instant, unless the zone is not known. Null when there is no such time. */
type Edge = { early: Instant; late: Instant; date: boolean; trouble: string | null }
type Told = { edge: Edge | null; text: string | null }

function slowly(start: Told, end: Told, { window, zone }: Reading): Times {
  const dayAfter = (at: Instant): Instant => startOfDayNumber(zone, dayOf(zone, at) + 1)
  if (!start.edge) {
    const stretch = looseStretch(start.text ?? '')
    const latest = end.edge?.late ?? (stretch ? stretch.end + WIDEST_OFFSET : window.end)
    return {
      start: stretch ? stretch.start - WIDEST_OFFSET : window.start,
      end: stretch ? Math.max(latest, stretch.end + WIDEST_OFFSET) : latest,
      allDay: false,
      trouble: trouble('impossible-date', start.text ?? ''),
    }
  }
  const { early, date } = start.edge
  if (!end.edge) {
    // Without an end a date lasts its day and a moment takes no time (RFC 5545 §3.6.1); a broken end lasts a day at least.
    if (end.text === null)
      return {
        start: early,
        end: date ? dayAfter(early) : start.edge.late,
        allDay: date,
        trouble: start.edge.trouble,
      }
    const stretch = looseStretch(end.text)
    const until = Math.max(early + DAY, stretch ? stretch.end + WIDEST_OFFSET : 0)
    return { start: early, end: until, allDay: date, trouble: trouble('impossible-date', end.text) }
  }
  const { late } = end.edge
  const unclear = start.edge.trouble ?? end.edge.trouble
  if (late < early) return { start: late, end: early, allDay: date, trouble: trouble('backwards') }
  // An end on the day itself is how some programs write one day.
  const until = date && end.edge.date && late === early ? dayAfter(early) : late
  return { start: early, end: until, allDay: date && end.edge.date, trouble: unclear }
}

function edgeOf(time: unknown, zone: Zone): Told {
  if (!isRaw(time)) return { edge: null, text: null }
  const { dateTime, date, timeZone } = time
  if (typeof dateTime === 'string') {
    const exact = instantOf(dateTime)
    const edge = Number.isNaN(exact)
      ? localEdge(dateTime, typeof timeZone === 'string' ? timeZone : null, zone)
      : { early: exact, late: exact, date: false, trouble: null }
    return { edge, text: dateTime }
  }
  if (typeof date !== 'string') return { edge: null, text: null }
  if (parseDate(date) === null) return { edge: null, text: date }
  const midnight = startOfDay(zone, date)
  return { edge: { early: midnight, late: midnight, date: true, trouble: null }, text: date }
}

/** A time without an offset, which the contract allows where a zone is named beside it (D07, D08). */
function localEdge(text: string, name: string | null, calendarZone: Zone): Edge | null {
  const wall = parseInstant(`${text}Z`)
  if (wall === null) return null
  const zone = name === null ? calendarZone : (zoneNamed(name) ?? namedZone(name))
  if (zone === null)
    return {
      early: wall - WIDEST_OFFSET,
      late: wall + WIDEST_OFFSET,
      date: false,
      trouble: trouble('unknown-zone', name!),
    }
  const [first, ...more] = wallToInstants(zone, wall)
  // A time the clocks jump over is read by the offset before the jump (RFC 5545 §3.3.5).
  const early = first ?? wall - offsetAt(zone, wall - DAY)
  return { early, late: more.at(-1) ?? early, date: false, trouble: null }
}

/** An instant as Google writes it, `2027-03-01T10:00:00+01:00` or `2027-03-01T09:00:00.000Z`; NaN for what is none. */
export function instantOf(text: string): Instant {
  const quick = text.length === 25 || text.length === 20 || text.length === 24 ? quickInstant(text) : NaN
  return Number.isNaN(quick) ? (parseInstant(text) ?? NaN) : quick
}

/** Without a pattern, which would cost more than all the rest of an event; NaN for whatever is not as usual. */
function quickInstant(text: string): Instant {
  const month = two(text, 5)
  const dated =
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    month >= 1 &&
    month <= 12 &&
    isDay(two(text, 8), two(text, 0) * 100 + two(text, 2), month)
  const hour = two(text, 11)
  const minute = two(text, 14)
  const second = two(text, 17)
  const timed =
    hour < 24 &&
    minute < 60 &&
    second < 60 &&
    text.charCodeAt(10) === 0x54 &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON
  if (!dated || !timed) return NaN
  return dayNumber(text) * DAY + hour * HOUR + minute * MINUTE + second * 1000 - offsetIn(text)
}

const isDay = (day: number, year: number, month: number): boolean =>
  year > 0 && day >= 1 && (day <= 28 || day <= daysIn(year, month))

/** What is to be taken off the clock time: the offset, or, for UTC, the fraction with its sign turned. */
function offsetIn(text: string): number {
  const { length } = text
  if (length === 25) {
    const hours = two(text, 20)
    const minutes = two(text, 23)
    const sign = text.charCodeAt(19) === 0x2b ? 1 : text.charCodeAt(19) === DASH ? -1 : NaN
    return text.charCodeAt(22) === COLON && hours < 24 && minutes < 60
      ? sign * (hours * HOUR + minutes * MINUTE)
      : NaN
  }
  if (text.charCodeAt(length - 1) !== 0x5a) return NaN
  if (length === 20) return 0
  return text.charCodeAt(19) === 0x2e ? -(two(text, 20) * 10 + (two(text, 21) % 10)) : NaN
}

const COLON = 0x3a
const DASH = 0x2d

/** NaN unless both are ASCII digits. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN
}
