import { instances } from '#core/icalendar/recur.ts'
import { parseRule } from '#core/icalendar/rule.ts'
import { parseWritten } from '#core/icalendar/moment.ts'
import { dateText, instantToWall, wallToInstants } from '#core/time/wall.ts'
import { DAY } from '#core/time/model.ts'
import type { Instant, Span, Zone } from '#core/time/model.ts'
import { offsetAt, zone as knownZone } from '#core/time/zone.ts'
import { invalid } from './refusal.ts'
import type { Event, EventTime } from './schema.ts'
import { instantOf, isDay, spanOf, stamp, written } from './time.ts'

const LINE = /^(RRULE|EXRULE|RDATE|EXDATE)((?:;[^:]*)?):(.+)$/
type Line = { name: string; options: string; value: string }

const linesOf = (event: Event): Line[] =>
  (event.recurrence ?? []).map((line) => {
    const [, name = '', options = '', value = ''] = LINE.exec(line) ?? []
    return { name, options, value }
  })

/** What `recurrence` may hold (Event in the discovery document): whole lines of RFC 5545, without DTSTART and DTEND. */
export function checkRecurrence(lines: string[]): void {
  for (const line of lines) {
    const [, name, , value] = LINE.exec(line) ?? []
    if (name === undefined || (name.endsWith('RULE') && parseRule(value!) === null))
      throw invalid('Invalid recurrence rule.')
    if (name.endsWith('DATE') && value!.split(',').some((item) => parseWritten(item.split('/')[0]!) === null))
      throw invalid('Invalid recurrence rule.')
  }
}

/** Begins of a series, as clocks of its own zone show them; days as their midnight. */
function walls(master: Event, calendarZone: Zone, from: number, to: number): number[] {
  const day = isDay(master)
  const zone = master.start!.timeZone ?? calendarZone
  const first = day
    ? Date.parse(`${master.start!.date}T00:00:00Z`)
    : instantToWall(zone, instantOf(master.start!, calendarZone))
  const read = ({ options, value }: Line): number[] =>
    value.split(',').map((item) => onWall(item, options, zone))
  const rule = ({ value }: Line): number[] => {
    const parsed = parseRule(value)!
    const until =
      parsed.until === null
        ? Infinity
        : parsed.until.utc && !day
          ? instantToWall(zone, parsed.until.wall)
          : parsed.until.wall
    return instances(parsed, first, from, to, until, { left: 2_000_000 }) ?? []
  }
  const lines = linesOf(master)
  const out = new Set(
    lines.flatMap((line) => (line.name === 'EXDATE' ? read(line) : line.name === 'EXRULE' ? rule(line) : [])),
  )
  const all = new Set([
    first,
    ...lines.flatMap((line) =>
      line.name === 'RDATE' ? read(line) : line.name === 'RRULE' ? rule(line) : [],
    ),
  ])
  return [...all].filter((wall) => wall >= from && wall < to && !out.has(wall)).sort((a, b) => a - b)
}

function onWall(item: string, options: string, zone: Zone): number {
  const { wall, date, utc } = parseWritten(item.split('/')[0]!)!
  if (date) return wall
  const named = /;TZID=([^;:]+)/i.exec(options)?.[1]
  const other = named === undefined ? null : knownZone(named)
  if (utc) return instantToWall(zone, wall)
  return other === null || other === zone ? wall : instantToWall(zone, wallToInstants(other, wall)[0] ?? wall)
}

/** The originals of a series whose time touches the span, each as a whole event; exceptions are not looked at. */
export function expand(master: Event, calendarZone: Zone, span: Span): Event[] {
  const whole = spanOf(master, calendarZone)
  const length = whole.end - whole.start
  return walls(master, calendarZone, span.start - length - DAY, span.end + DAY)
    .map((wall) => instanceAt(master, calendarZone, wall, length))
    .filter((instance) => touches(instance, calendarZone, span))
}

/** timeMin bounds the ends and timeMax the starts, both exclusive (events.list in the discovery document). */
export const touches = (event: Event, zone: Zone, span: Span): boolean => {
  const { start, end } = spanOf(event, zone)
  return start < span.end && end > span.start
}

export const instanceId = (master: string, original: EventTime, zone: Zone): string =>
  `${master}_${original.date ? original.date.replaceAll('-', '') : stamp(instantOf(original, zone))}`

function instanceAt(master: Event, calendarZone: Zone, wall: number, length: number): Event {
  const zone = master.start!.timeZone ?? calendarZone
  const { recurrence: _, ...plain } = master
  if (isDay(master)) {
    const day = Math.round(wall / DAY)
    const days = Math.round((Date.parse(master.end!.date!) - Date.parse(master.start!.date!)) / DAY)
    const start = { date: dateText(day) }
    return {
      ...plain,
      id: instanceId(master.id!, start, calendarZone),
      recurringEventId: master.id!,
      originalStartTime: start,
      start,
      end: { date: dateText(day + days) },
    }
  }
  const instant: Instant = wallToInstants(zone, wall)[0] ?? wall - offsetAt(zone, wall - DAY)
  const start = { dateTime: written(instant, zone), timeZone: zone }
  const endZone = master.end!.timeZone ?? zone
  return {
    ...plain,
    id: instanceId(master.id!, start, calendarZone),
    recurringEventId: master.id!,
    originalStartTime: start,
    start,
    end: { dateTime: written(instant + length, endZone), timeZone: endZone },
  }
}

/** The instance of that id, if the series names it. */
export function instanceOf(master: Event, id: string, zone: Zone): Event | null {
  const tail = parseWritten(id.slice(master.id!.length + 1))
  if (!tail || !master.recurrence) return null
  const around = { start: tail.wall - 2 * DAY, end: tail.wall + 2 * DAY }
  return expand(master, zone, around).find((instance) => instance.id === id) ?? null
}
