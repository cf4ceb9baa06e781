import { looseStretch } from '#core/icalendar/moment.ts'
import { trouble } from '#core/icalendar/trouble.ts'
import { namedZone } from '#core/icalendar/zone-alias.ts'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import type { Instant, Span, Zone } from '#core/time/model.ts'
import {
  dayNumber,
  instantToWall,
  parseDate,
  parseInstant,
  startOfDay,
  wallToInstants,
} from '#core/time/wall.ts'
import type { Wall } from '#core/time/wall.ts'
import { windowsNameOf, zoneOfWindows } from '#core/time/windows-zones.ts'
import { offsetAt, zone as zoneNamed } from '#core/time/zone.ts'
import { isRaw } from './ask.ts'
import type { Raw } from './ask.ts'

export type Times = Span & { allDay: boolean; trouble: string | null }

/** In which window, and in which zone whole days are read when the event names none: the calendar's own. */
export type Reading = { window: Span; zone: Zone }

// No two clocks on earth are further apart than this from UTC.
const WIDEST_OFFSET = 14 * HOUR

/**
 * When an event is, as an exact span; what cannot be read is kept as wide as it can mean, and says why (I8, D16).
 */
export function timesOf(item: Raw, reading: Reading): Times {
  const { start, end } = item
  if (
    item['isAllDay'] !== true &&
    isRaw(start) &&
    isRaw(end) &&
    start['timeZone'] === 'UTC' &&
    end['timeZone'] === 'UTC'
  ) {
    // The common case by far, and the one that 10 000 events are read by.
    const from = wallOf(start['dateTime'])
    const until = wallOf(end['dateTime'])
    if (from <= until) return { start: from, end: until, allDay: false, trouble: null }
  }
  const allDay = item['isAllDay'] === true
  const dayZone = allDay ? zoneOfDays(item, reading.zone) : null
  return { ...spanOf(edgeOf(start, dayZone), edgeOf(end, dayZone), reading.window), allDay }
}

/**
 * Whole days come from midnight to midnight whatever zone the answer is asked for, "by design": the zone they were
 * made in stands beside them (D06). One made in UTC was mostly made by a program that meant the date.
 */
function zoneOfDays(item: Raw, calendarZone: Zone): Zone {
  const made = item['originalStartTimeZone']
  const found = typeof made === 'string' ? zoneCalled(made) : null
  return found === null || found === 'UTC' ? calendarZone : found
}

/** A zone as Graph may call it: by its Windows or its IANA name. */
export const zoneCalled = (name: string): Zone | null =>
  name === 'UTC' ? 'UTC' : (namedZone(name) ?? zoneNamed(name))

type Edge = { early: Instant; late: Instant; trouble: string | null }
type Told = { edge: Edge | null; text: string }

function spanOf(start: Told, end: Told, window: Span): Span & { trouble: string | null } {
  if (!start.edge || !end.edge) {
    const unclear = start.edge ? end : start
    const stretch = looseStretch(unclear.text)
    const from = start.edge?.early ?? (stretch ? stretch.start - WIDEST_OFFSET : window.start)
    const until =
      end.edge?.late ??
      Math.max(stretch ? stretch.end + WIDEST_OFFSET : window.end, (start.edge?.late ?? 0) + DAY)
    return {
      start: Math.min(from, until),
      end: Math.max(from, until),
      trouble: trouble('impossible-date', unclear.text),
    }
  }
  const { early } = start.edge
  const { late } = end.edge
  if (late < early) return { start: late, end: early, trouble: trouble('backwards') }
  return { start: early, end: late, trouble: start.edge.trouble ?? end.edge.trouble }
}

/** With a zone for days, midnight means that date there; any other time of day is what it says. */
function edgeOf(time: unknown, dayZone: Zone | null): Told {
  const text = isRaw(time) && typeof time['dateTime'] === 'string' ? time['dateTime'] : ''
  const wall = wallOf(text)
  if (!isRaw(time) || Number.isNaN(wall)) return { edge: null, text }
  if (dayZone !== null && wall % DAY === 0)
    return { edge: exactly(startOfDay(dayZone, text.slice(0, 10))), text }
  const name = typeof time['timeZone'] === 'string' ? time['timeZone'] : ''
  const zone = zoneCalled(name)
  if (zone === null) {
    const unknown = trouble('unknown-zone', name)
    return { edge: { early: wall - WIDEST_OFFSET, late: wall + WIDEST_OFFSET, trouble: unknown }, text }
  }
  const [first, ...more] = wallToInstants(zone, wall)
  // A time the clocks jump over is read by the offset before the jump (RFC 5545 §3.3.5).
  const early = first ?? wall - offsetAt(zone, wall - DAY)
  return { edge: { early, late: more.at(-1) ?? early, trouble: null }, text }
}

const exactly = (instant: Instant): Edge => ({ early: instant, late: instant, trouble: null })

const digit = (text: string, index: number): number => {
  const value = text.charCodeAt(index) - 48
  return value >= 0 && value <= 9 ? value : NaN
}
const two = (text: string, index: number): number => digit(text, index) * 10 + digit(text, index + 1)

// A calendar's events fall on few days: their dates are told over and over.
const KEPT = 4096
const days = new Map<string, Wall>()

function dayStart(date: string): Wall {
  let day = days.get(date)
  if (day === undefined) {
    day = parseDate(date) === null ? NaN : dayNumber(date) * DAY
    if (days.size >= KEPT) days.clear()
    days.set(date, day)
  }
  return day
}

/**
 * What a clock shows, as Graph writes it: `2027-03-01T10:00:00.0000000`, with a `Z` where it is an instant. NaN for
 * what is none.
 */
export function wallOf(text: unknown): Wall {
  if (typeof text !== 'string') return NaN
  if (
    (text.length === 27 || (text.length === 28 && text.charCodeAt(27) === 0x5a)) &&
    text.charCodeAt(10) === 0x54
  ) {
    const hour = two(text, 11)
    const minute = two(text, 14)
    const second = two(text, 17)
    const fraction = two(text, 20) * 10 + digit(text, 22)
    if (hour < 24 && minute < 60 && second < 60 && fraction >= 0 && hasMarks(text))
      return dayStart(text.slice(0, 10)) + hour * HOUR + minute * MINUTE + second * 1000 + fraction
  }
  return parseInstant(/z$/i.test(text) ? text : `${text}Z`) ?? NaN
}

const hasMarks = (text: string): boolean =>
  text.charCodeAt(13) === 0x3a && text.charCodeAt(16) === 0x3a && text.charCodeAt(19) === 0x2e

export type GraphTime = { dateTime: string; timeZone: string }

/**
 * A time to write. On the host's own clock, since Exchange puts it into words in the invitation by it; in UTC where
 * that clock has no name in Windows, or shows something else there (rules change, and CLDR's table is not made
 * anew), or shows this time twice that day.
 */
export function graphTime(instant: Instant, zone: Zone, inUtc: boolean): GraphTime {
  const timeZone = inUtc ? null : windowsNameOf(zone)
  const wall = instantToWall(zone, instant)
  const meant = timeZone === null ? [] : wallToInstants(zoneOfWindows(timeZone)!, wall)
  return timeZone === null || meant.length !== 1 || meant[0] !== instant
    ? { dateTime: new Date(instant).toISOString().slice(0, 19), timeZone: 'UTC' }
    : { dateTime: new Date(wall).toISOString().slice(0, 19), timeZone }
}
