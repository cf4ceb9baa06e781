import { DAY } from '#core/time/model.ts'
import type { Instant, Span } from '#core/time/model.ts'
import type { Wall } from '#core/time/wall.ts'
import { instantOf, instantsOf, wallOf } from './clock.ts'
import { param } from './content.ts'
import type { Event, Surroundings, Time } from './event.ts'
import { momentOf, readTime } from './event.ts'
import type { EventKind } from './kind.ts'
import { looseStretch, parseDuration } from './moment.ts'
import { everMatches, instances, MOST_INSTANCES } from './recur.ts'
import type { Fuel } from './recur.ts'
import type { Rule } from './rule.ts'
import { trouble } from './trouble.ts'

export type Occurrence = Span & { kind: EventKind; allDay: boolean }

/** Where the occurrences of one object gather, with what may still be spent on them. */
export type Expansion = { window: Span; fuel: Fuel; found: Occurrence[]; troubles: Set<string> }

/**
 * All that one UID makes busy: the master's instances without those that were excluded or replaced, then the
 * replacements, each at its own time, so that one moved into the window counts even if its old place lies outside (D23).
 */
export function expandSeries(masters: Event[], overrides: Event[], around: Surroundings, into: Expansion): void {
  const replaced = newest(overrides)
  for (const event of [...masters, ...replaced]) if (event.trouble !== null) into.troubles.add(event.trouble)
  for (const override of replaced) single(override, into)
  for (const master of masters) {
    if (!master.start) unclear(master, into)
    else if (master.rules.length === 0 && !hasDates(master) && replaced.length === 0) single(master, into)
    else expandMaster(master, master.start, replaced, around, into)
  }
}

const FAR = 5 * 366 * DAY

const hasDates = ({ source }: Event): boolean => source.properties.some(({ name }) => name === 'RDATE' || name === 'EXDATE')

/** Of several for one instance the highest SEQUENCE, then the latest DTSTAMP, counts (D27); of equals, all. */
function newest(overrides: Event[]): Event[] {
  if (overrides.length < 2) return overrides
  const best = new Map<Instant, Event[]>()
  const unplaced: Event[] = []
  for (const override of overrides) {
    if (!override.recurrence) {
      unplaced.push(override)
      continue
    }
    const key = momentOf(override.recurrence.time)
    const rivals = best.get(key)
    const order = rivals ? compare(override, rivals[0]!) : 1
    if (order > 0) best.set(key, [override])
    else if (order === 0) rivals!.push(override)
  }
  return [...best.values()].flat().concat(unplaced)
}

export const compare = (a: Event, b: Event): number => a.sequence - b.sequence || (a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : 0)

/** One event by itself, wherever its start says. */
function single(event: Event, into: Expansion): void {
  if (event.start) occurOnce(event, event.start, into)
  else unclear(event, into)
}

function occur(event: Event, { date, spread }: Time, wall: Wall, start: Instant, toInstant: (wall: Wall) => Instant, { window, found }: Expansion): void {
  const { length, kind } = event
  const end = Math.max(toInstant(wall + length.wall) + length.time, start + length.exact)
  if (start === end) return // takes no time (D16)
  const from = Math.min(start, end) - spread
  const to = Math.max(start, end) + spread
  if (from >= window.end || to <= window.start) return
  // Year 1 and year 9999 are in calendars; no question reaches there and no database should have to (D17).
  found.push({ start: Math.max(from, 0), end: Math.min(to, window.end + FAR), kind, allDay: date })
}

const occurOnce = (event: Event, time: Time, into: Expansion): void =>
  occur(event, time, time.wall, momentOf(time), (wall) => instantOf(time.clock, wall), into)

function expandMaster(master: Event, start: Time, overrides: Event[], around: Surroundings, into: Expansion): void {
  const skip = excluded(master, start, overrides, around)
  const ranges = following(overrides)
  const slack = Math.abs(master.length.wall) + Math.abs(master.length.time) + start.spread + DAY
  const shift = ranges.reduce((most, range) => Math.max(most, Math.abs(range.shift) + Math.abs(range.event.length.wall)), 0)
  const from = wallOf(start.clock, into.window.start) - slack - shift
  const to = wallOf(start.clock, into.window.end) + slack + shift
  const toInstant = instantsOf(start.clock)
  for (const wall of seriesWalls(master, start, from, to, around, into)) {
    const moment = toInstant(wall)
    if (skip.moments.has(moment) || (skip.days.size > 0 && skip.days.has(Math.floor(wall / DAY)))) continue
    const range = ranges.findLast((each) => each.from <= moment)
    if (!range) occur(master, start, wall, moment, toInstant, into)
    else {
      const time = { ...range.time, wall: wallOf(range.time.clock, moment) + range.shift }
      if (!skip.moments.has(momentOf(time))) occurOnce(range.event, time, into)
    }
  }
}

/** DTSTART always belongs to its series, also when the rule does not name it; nothing is counted twice. */
function seriesWalls(master: Event, start: Time, from: Wall, to: Wall, around: Surroundings, into: Expansion): Iterable<Wall> {
  const named = master.rules.map((rule) => ruleWalls(master, start, rule, from, to, into))
  const added = addedWalls(master, start, around, into).filter((wall) => wall >= from && wall < to)
  if (start.wall >= from && start.wall < to) added.push(start.wall)
  return named.length === 1 && added.length === 0 ? named[0]! : new Set([...named.flat(), ...added])
}

/** What one rule names around the window. Where it costs too much or makes no sense, its hull is kept busy instead. */
function ruleWalls(master: Event, start: Time, rule: Rule | null, from: Wall, to: Wall, into: Expansion): Wall[] {
  if (rule) {
    const until = rule.until === null ? Infinity : untilWall(rule.until, start)
    const named = instances(rule, start.wall, from, to, until, into.fuel)
    if (named && named.length + into.found.length < MOST_INSTANCES) {
      if (named.length > 0 || !choosy(rule) || everMatches(rule, start.wall)) return named
      into.troubles.add(trouble('bad-rule'))
    } else into.troubles.add(trouble('too-many'))
  }
  hull(master, start, rule, into)
  return []
}

const choosy = (rule: Rule): boolean =>
  [rule.months, rule.monthDays, rule.yearDays, rule.weeks, rule.weekdays, rule.hours, rule.minutes, rule.seconds, rule.positions].some(Boolean)

/** A UTC end of a series of dates is read both ways, as its digits and as the local time; the later one counts. */
function untilWall(until: NonNullable<Rule['until']>, { clock, date }: Time): Wall {
  if (!until.utc) return until.wall
  const local = wallOf(clock, until.wall)
  return date ? Math.max(local, until.wall) : local
}

/**
 * The series' daily hull (D21): each day from its start on at its time of day, or without a gap where the rule may have
 * any time of day. A kind that does not block says so still; `busy` becomes `unknown`.
 */
function hull(master: Event, start: Time, rule: Rule | null, into: Expansion): void {
  const until = rule?.until ? untilWall(rule.until, start) + 1 : Infinity
  const slack = Math.abs(master.length.wall) + Math.abs(master.length.time) + start.spread + DAY
  const event: Event = { ...master, kind: master.kind === 'busy' ? 'unknown' : master.kind }
  const first = Math.max(start.wall, wallOf(start.clock, into.window.start) - slack)
  const last = Math.min(until, wallOf(start.clock, into.window.end) + slack)
  if (slack < 2 * DAY && start.spread === 0 && rule && hasOneTime(rule) && (last - first) / DAY < MOST_INSTANCES) {
    const time = start.wall - Math.floor(start.wall / DAY) * DAY
    for (let day = Math.floor(first / DAY); day * DAY + time < last; day++)
      if (day * DAY + time >= start.wall) occurOnce(event, { ...start, wall: day * DAY + time }, into)
  } else if (first < last) {
    const from = instantOf(start.clock, first) - start.spread
    push(event, { start: from, end: instantOf(start.clock, last) + slack - DAY }, into)
  }
}

const hasOneTime = (rule: Rule): boolean =>
  !rule.hours && !rule.minutes && !rule.seconds && ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY'].includes(rule.frequency)

/** A start that cannot be read: as wide as it can mean, and to the end of the window if it repeats. */
function unclear(event: Event, into: Expansion): void {
  const { window } = into
  const stretch = event.stretch ?? window
  const repeats = event.rules.length > 0 || hasDates(event)
  const end = repeats ? window.end : stretch.end + Math.abs(event.length.wall) + Math.abs(event.length.time)
  push({ ...event, kind: event.kind === 'busy' ? 'unknown' : event.kind }, { start: stretch.start, end }, into)
}

function push({ kind }: Event, span: Span, { window, found }: Expansion): void {
  const start = Math.max(span.start, window.start)
  const end = Math.min(span.end, window.end)
  if (start < end) found.push({ start, end, kind, allDay: false })
}

type Excluded = { moments: Set<Instant>; days: Set<number> }

/** EXDATEs and replaced instances. A bare date excludes that day of a timed series (D25); a zone it lacks is the series'. */
function excluded(master: Event, start: Time, overrides: Event[], around: Surroundings): Excluded {
  const moments = new Set<Instant>()
  const days = new Set<number>()
  const add = (time: Time | null) => {
    if (!time) return
    if (time.date && !start.date) days.add(time.wall / DAY)
    else if (!time.date && start.date) moments.add(instantOf(start.clock, Math.floor(wallOf(time.clock, momentOf(time)) / DAY) * DAY))
    else if (time.spread === start.spread) moments.add(momentOf(time))
  }
  for (const property of master.source.properties)
    if (property.name === 'EXDATE') for (const value of property.value.split(',')) add(readTime(property, value, around, start.clock))
  for (const { recurrence } of overrides) if (recurrence) add(recurrence.time)
  return { moments, days }
}

/** RDATEs as walls of the series' clock; a period of a length of its own stands for itself. */
function addedWalls(master: Event, start: Time, around: Surroundings, into: Expansion): Wall[] {
  const walls: Wall[] = []
  for (const property of master.source.properties) {
    if (property.name !== 'RDATE') continue
    for (const value of property.value.split(',')) {
      const [text = '', end] = value.split('/')
      const time = readTime(property, text, around, start.clock)
      if (!time) unclear({ ...master, rules: [], stretch: looseStretch(text), source: { ...master.source, properties: [] } }, into)
      else if (end !== undefined || time.spread !== start.spread || (time.date && !start.date)) apart(master, time, property, end, around, into)
      else walls.push(wallOf(start.clock, momentOf(time)))
      if (!time) into.troubles.add(trouble('impossible-date', text))
    }
  }
  return walls
}

function apart(master: Event, time: Time, property: Parameters<typeof param>[0], end: string | undefined, around: Surroundings, into: Expansion): void {
  const duration = end === undefined ? null : parseDuration(end)
  const until = end === undefined || duration ? null : readTime(property, end, around, time.clock)
  const length = duration
    ? { wall: duration.days * DAY, time: duration.time, exact: -Infinity }
    : until
      ? { wall: wallOf(time.clock, momentOf(until)) - time.wall, time: 0, exact: momentOf(until) - momentOf(time) }
      : time.date
        ? { wall: DAY, time: 0, exact: -Infinity }
        : master.length
  occurOnce({ ...master, length }, time, into)
}

type Range = { event: Event; time: Time; from: Instant; shift: number }

/** RANGE=THISANDFUTURE (RFC 5545 §3.2.13): from that instance on all are shifted as it was, and last as long as it does. */
function following(overrides: Event[]): Range[] {
  return overrides
    .flatMap((event) => {
      if (!event.recurrence?.following || !event.start) return []
      const original = wallOf(event.start.clock, momentOf(event.recurrence.time))
      return [{ event, time: event.start, from: momentOf(event.recurrence.time), shift: event.start.wall - original }]
    })
    .sort((a, b) => a.from - b.from)
}
