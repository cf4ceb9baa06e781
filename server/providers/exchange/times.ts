import { looseStretch } from '#core/icalendar/moment.ts'
import { trouble } from '#core/icalendar/trouble.ts'
import { namedZone } from '#core/icalendar/zone-alias.ts'
import { DAY } from '#core/time/model.ts'
import type { Instant, Span, Zone } from '#core/time/model.ts'
import { dateText, parseInstant, startOfDay } from '#core/time/wall.ts'
import { windowsNameOf } from '#core/time/windows-zones.ts'
import { isTrue } from './kind.ts'
import { attribute, child, textAt } from './parse.ts'
import type { Element } from './parse.ts'
import { xml } from './soap.ts'
import type { Xml } from './soap.ts'

export type Times = Span & { allDay: boolean; trouble: string | null }

/** In which window, and in which zone whole days are read when the event names none: the calendar's own. */
export type Reading = { window: Span; zone: Zone }

/** An xs:dateTime as an instant; NaN for what is none. Answers are asked for in UTC, so one without an offset is in UTC. */
export function instantOf(text: string): Instant {
  const whole = /(?:z|[+-]\d\d:\d\d)$/i.test(text) ? text : `${text}Z`
  return parseInstant(whole) ?? NaN
}

/** When an item is; what cannot be read is kept as wide as it can mean, and says why (I8, D16, D18). */
export function timesOf(item: Element, reading: Reading): Times {
  const allDay = isTrue(textAt(item, 'IsAllDayEvent'))
  const texts = [textAt(item, 'Start'), textAt(item, 'End')] as const
  const [start, end] = texts.map(instantOf) as [Instant, Instant]
  if (Number.isNaN(start) || Number.isNaN(end))
    return { ...unclear(texts, start, end, reading.window), allDay }
  if (end < start) return { start: end, end: start, allDay, trouble: trouble('backwards') }
  return { ...(allDay ? wholeDays(item, start, end, reading.zone) : { start, end }), allDay, trouble: null }
}

function unclear(
  [startText, endText]: readonly [string, string],
  start: Instant,
  end: Instant,
  window: Span,
): Span & { trouble: string } {
  const text = Number.isNaN(start) ? startText : endText
  const stretch = looseStretch(text)
  const from = Number.isNaN(start) ? (stretch ? stretch.start - DAY : window.start) : start
  const until = Number.isNaN(end)
    ? Math.max(stretch ? stretch.end + DAY : window.end, Number.isNaN(start) ? 0 : start + DAY)
    : end
  return {
    start: Math.min(from, until),
    end: Math.max(from, until),
    trouble: trouble('impossible-date', text),
  }
}

/**
 * A whole day is told by its instants, from midnight to midnight in the zone it was made in (D06), whatever that zone is called (D08).
 * One made in UTC was mostly made by a program that meant the date: then it is that date in the calendar's zone.
 */
function wholeDays(item: Element, start: Instant, end: Instant, calendarZone: Zone): Span {
  const told = child(item, 'StartTimeZone')
  const name = attribute(told, 'Id') || attribute(told, 'Name')
  const made = name === '' || name === 'UTC' ? 'UTC' : namedZone(name)
  if (made !== 'UTC' || start % DAY !== 0 || end % DAY !== 0) return { start, end }
  return {
    start: startOfDay(calendarZone, dateText(start / DAY)),
    end: startOfDay(calendarZone, dateText(end / DAY)),
  }
}

/** To the second: some servers refuse fractions. */
export const utc = (instant: Instant): string => `${new Date(instant).toISOString().slice(0, 19)}Z`

/** The host's own zone, in which Exchange puts the time into words; UTC where Windows has none like it. */
export const timeZone = (name: 'StartTimeZone' | 'EndTimeZone', zone: Zone, inUtc: boolean): Xml => ({
  markup: `<t:${name}${xml` Id="${(inUtc ? null : windowsNameOf(zone)) ?? 'UTC'}"/>`.markup}`,
})
