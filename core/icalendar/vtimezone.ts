import { DAY, HOUR } from '#core/time/model.ts'
import type { Span, Zone } from '#core/time/model.ts'
import { transitionAt, transitionsOf } from '#core/time/transitions.ts'
import type { Transitions } from '#core/time/transitions.ts'
import { weekdayOf } from '#core/time/wall.ts'
import type { Wall } from '#core/time/wall.ts'
import { zone } from '#core/time/zone.ts'
import { find, parse } from './content.ts'
import type { Component } from './content.ts'
import { dayOfDate, daysIn, parseOffset, parseWritten } from './moment.ts'
import { instances } from './recur.ts'
import type { Fuel } from './recur.ts'
import { parseRule } from './rule.ts'

const FIRST = 0 // 1970: nothing earlier is ever asked
const LAST = Date.UTC(2100, 0, 1)
const COST = 60_000
const KEPT = 64
const kept = new Map<string, Transitions | null>()

/** The VTIMEZONEs that an object brings along, by lower-cased TZID. */
export function zonesGiven(calendar: Component): Map<string, Component> {
  const given = new Map<string, Component>()
  for (const part of calendar.parts) {
    if (part.name !== 'VTIMEZONE') continue
    const timezone = part.text === undefined ? part : component(part.text)
    given.set(find(timezone, 'TZID')?.value.trim().toLowerCase() ?? '', timezone)
  }
  return given
}

function component(text: string): Component {
  const parsed = parse(`BEGIN:VCALENDAR\n${text}END:VCALENDAR`)
  return parsed.kind === 'calendar' ? parsed.calendar : { name: '', properties: [], parts: [] }
}

/** The IANA zone in a TZID, also behind a prefix such as `/freeassociation.sourceforge.net/Europe/Rome`. */
export function zoneOf(tzid: string): Zone | null {
  const name = tzid.trim()
  const direct = zone(name)
  if (direct !== null || !name.includes('/')) return direct
  const parts = name.split('/').filter((part) => part !== '')
  return zone(parts.slice(-3).join('/')) ?? zone(parts.slice(-2).join('/'))
}

/** The clock that a VTIMEZONE describes (RFC 5545 §3.6.5); null when its rules cannot be read. */
export function readZone(timezone: Component): Transitions | null {
  const location = find(timezone, 'X-LIC-LOCATION')
  const named = location ? zone(location.value.trim()) : null
  if (named !== null) return transitionsOf(named)
  const key = JSON.stringify(timezone.parts)
  const known = kept.get(key)
  if (known !== undefined) return known
  const made = readObservances(timezone)
  if (kept.size >= KEPT) kept.clear() // written by strangers: their number must not grow our memory
  kept.set(key, made)
  return made
}

type Onset = { at: number; from: number; to: number }

function readObservances(timezone: Component): Transitions | null {
  const onsets: Onset[] = []
  const fuel = { left: COST }
  for (const part of timezone.parts) {
    if (part.name !== 'STANDARD' && part.name !== 'DAYLIGHT') continue
    const read = readObservance(part, fuel)
    if (read === null) return null
    onsets.push(...read)
  }
  if (onsets.length === 0) return null
  onsets.sort((a, b) => a.at - b.at)
  // Before its first change a clock shows what that change came from; one that never changed shows the same always.
  const at = [-Infinity]
  const offset = [onsets[0]!.from]
  for (const onset of onsets) {
    if (onset.to === offset.at(-1)) continue
    at.push(onset.at)
    offset.push(onset.to)
  }
  return { at: Float64Array.from(at), offset: Float64Array.from(offset) }
}

function readObservance(part: Component, fuel: Fuel): Onset[] | null {
  const start = parseWritten(find(part, 'DTSTART')?.value ?? '')
  const from = parseOffset(find(part, 'TZOFFSETFROM')?.value ?? '')
  const to = parseOffset(find(part, 'TZOFFSETTO')?.value ?? '')
  if (!start || start.date || from === null || to === null) return null
  const walls: Wall[] = [start.wall]
  for (const { name, value } of part.properties) {
    if (name === 'RDATE') {
      for (const each of value.split(',').slice(0, 500)) {
        const written = parseWritten(each)
        if (!written) return null
        walls.push(written.wall)
      }
    } else if (name === 'RRULE') {
      const rule = parseRule(value)
      const until = rule?.until ? rule.until.wall + (rule.until.utc ? from : 0) : Infinity
      const named = rule && instances(rule, start.wall, Math.max(start.wall, FIRST), LAST, until, fuel)
      if (!named) return null
      walls.push(...named)
    }
  }
  return walls.map((wall) => ({ at: wall - from, from, to }))
}

/**
 * The lines of a VTIMEZONE that is right for `span` and the years around it. Where the changes follow a rule of the kind
 * "last Sunday in March" it is written as one, because Outlook shows a zone without rules as a nameless one.
 */
export function writeZone(name: Zone, span: Span): string[] {
  const table = transitionsOf(name)
  const first = transitionAt(table, span.start - 370 * DAY)
  const last = transitionAt(table, span.end + 370 * DAY)
  const lines: string[] = []
  const changes: number[] = []
  for (let i = Math.max(first, 1); i <= last; i++) changes.push(i)
  const rules = changes.map((index) => yearly(table, index))
  if (changes.length === 0)
    lines.push(...observance('STANDARD', 0, table.offset[first]!, table.offset[first]!, null))
  else if (rules.every((rule) => rule !== null)) {
    // Two changes a year: the earliest of each stands for all that follow.
    for (const rule of new Set(rules)) lines.push(...change(table, changes[rules.indexOf(rule)]!, rule))
  } else for (const index of changes) lines.push(...change(table, index, null))
  return ['BEGIN:VTIMEZONE', `TZID:${name}`, ...lines, 'END:VTIMEZONE']
}

function change(table: Transitions, index: number, rule: string | null): string[] {
  const from = table.offset[index - 1]!
  const to = table.offset[index]!
  return observance(to > from ? 'DAYLIGHT' : 'STANDARD', table.at[index]! + from, from, to, rule)
}

function observance(kind: string, onset: Wall, from: number, to: number, rule: string | null): string[] {
  const lines = [
    `BEGIN:${kind}`,
    `DTSTART:${stampOf(onset)}`,
    `TZOFFSETFROM:${offsetText(from)}`,
    `TZOFFSETTO:${offsetText(to)}`,
  ]
  return [...lines, ...(rule === null ? [] : [`RRULE:${rule}`]), `END:${kind}`]
}

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const YEARS_AHEAD = 4

/** The rule this change and the same change of the next years follow, if one weekday rule fits them all. */
function yearly(table: Transitions, index: number): string | null {
  const from = table.offset[index - 1]!
  const onset = table.at[index]! + from
  const date = new Date(onset)
  const [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
  const weekday = weekdayOf(Math.floor(onset / DAY))
  const nths =
    dayOfMonth + 7 > daysIn(year, month) ? [-1, Math.ceil(dayOfMonth / 7)] : [Math.ceil(dayOfMonth / 7)]
  const fitting = nths.find((nth) => {
    for (let later = year + 1; later <= year + YEARS_AHEAD; later++) {
      const wall = nthWeekday(later, month, weekday, nth) * DAY + (onset - Math.floor(onset / DAY) * DAY)
      const found = table.at.indexOf(wall - from)
      if (found < 0 || table.offset[found] !== table.offset[index] || table.offset[found - 1] !== from)
        return false
    }
    return true
  })
  return fitting === undefined ? null : `FREQ=YEARLY;BYMONTH=${month};BYDAY=${fitting}${DAYS[weekday]}`
}

function nthWeekday(year: number, month: number, weekday: number, nth: number): number {
  if (nth < 0) {
    const last = dayOfDate(year, month, daysIn(year, month))
    return last - ((weekdayOf(last) - weekday + 7) % 7)
  }
  const first = dayOfDate(year, month, 1)
  return first + ((weekday - weekdayOf(first) + 7) % 7) + (nth - 1) * 7
}

/** `20260330T090000`: always ASCII digits of the Gregorian calendar, whatever the reader's language. */
export const stampOf = (wall: Wall): string => new Date(wall).toISOString().slice(0, 19).replace(/[-:]/g, '')

function offsetText(offset: number): string {
  const size = Math.abs(offset)
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const seconds = (size / 1000) % 60
  return `${offset < 0 ? '-' : '+'}${two(size / HOUR)}${two((size / 60_000) % 60)}${seconds === 0 ? '' : two(seconds)}`
}
