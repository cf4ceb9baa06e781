import { offsetAt, zone as knownZone } from '#core/time/zone.ts'
import { startOfDay, wallToInstants } from '#core/time/wall.ts'
import { DAY, HOUR, MINUTE } from '#core/time/model.ts'
import type { Instant, Span, Zone } from '#core/time/model.ts'
import { invalid, Refusal, required, parameter } from './refusal.ts'
import type { Event, EventTime } from './schema.ts'

const pad = (value: number, width = 2): string => String(value).padStart(width, '0')

/** An instant as clocks of that zone show it, with their offset. */
export function written(instant: Instant, zone: Zone): string {
  const offset = offsetAt(zone, instant)
  const wall = new Date(instant + offset).toISOString().slice(0, 19)
  if (offset === 0) return `${wall}Z`
  const size = Math.abs(offset)
  return `${wall}${offset < 0 ? '-' : '+'}${pad(Math.floor(size / HOUR))}:${pad(Math.floor((size % HOUR) / MINUTE))}`
}

const HAS_OFFSET = /(Z|[+-]\d\d:\d\d)$/

/** The clock's own reading of a dateTime without offset. */
const wallOf = (dateTime: string): number => Date.parse(`${dateTime.replace(HAS_OFFSET, '')}Z`)

/** When this begins; days begin where the calendar's clocks say so. */
export function instantOf(time: EventTime, calendarZone: Zone): Instant {
  if (time.date !== undefined) return startOfDay(calendarZone, time.date)
  if (HAS_OFFSET.test(time.dateTime!)) return Date.parse(time.dateTime!)
  const zone = time.timeZone ?? calendarZone
  const wall = wallOf(time.dateTime!)
  // A reading that the clocks jump over is what they would show had they not (RFC 5545 §3.3.5).
  return wallToInstants(zone, wall)[0] ?? wall - offsetAt(zone, wall - DAY)
}

export const isDay = (event: Event): boolean => event.start?.date !== undefined
export const spanOf = (event: Event, zone: Zone): Span => ({
  start: instantOf(event.start!, zone),
  end: instantOf(event.end!, zone),
})

/** A start or end as a client may send it, made whole; or what Google says of it. */
export function readTime(
  time: EventTime | undefined,
  what: 'start' | 'end',
  zone: Zone,
  recurring: boolean,
): EventTime {
  if (!time || (time.date === undefined && time.dateTime === undefined))
    throw required(`Missing ${what} time.`)
  if (time.date !== undefined && time.dateTime !== undefined) throw invalid(`Invalid ${what} time.`)
  if (time.timeZone !== undefined && knownZone(time.timeZone) === null)
    throw invalid(`Invalid time zone definition for ${what} time.`)
  if (time.date !== undefined) return { date: time.date }
  if (Number.isNaN(wallOf(time.dateTime!))) throw invalid(`Invalid ${what} time.`)
  // EventDateTime in the discovery document: an offset unless a zone is named, and a zone for every series.
  if (time.timeZone === undefined && (recurring || !HAS_OFFSET.test(time.dateTime!)))
    throw required(`Missing time zone definition for ${what} time.`)
  const named = time.timeZone ?? zone
  return { dateTime: written(instantOf(time, named), named), timeZone: named }
}

export function checkOrder(event: Event, zone: Zone): void {
  if (isDay(event) !== (event.end?.date !== undefined))
    throw invalid('Start and end times must either both be date or both be dateTime.')
  const { start, end } = spanOf(event, zone)
  if (end < start || (isDay(event) && end === start))
    throw new Refusal(400, 'timeRangeEmpty', 'The specified time range is empty.', parameter('timeMax'))
}

/** The same moment for a reader in another zone; the zone the event was made in stays named. */
export const shown = (time: EventTime, zone: Zone): EventTime =>
  time.date !== undefined
    ? { date: time.date }
    : { dateTime: written(instantOf(time, zone), zone), timeZone: time.timeZone ?? zone }

/** `20261201T080000Z`, or `20261201` for a day: the tail of an instance's id. */
export const stamp = (instant: Instant): string =>
  new Date(instant).toISOString().replaceAll(/[-:]|\.\d+/g, '')
