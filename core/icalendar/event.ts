import { DAY } from '#core/time/model.ts'
import type { Instant, Span } from '#core/time/model.ts'
import type { Wall } from '#core/time/wall.ts'
import { instantOf, UTC, wallOf, WIDEST_OFFSET } from './clock.ts'
import type { Clock, Clocks } from './clock.ts'
import { find, param } from './content.ts'
import type { Component, Property } from './content.ts'
import { kindOf } from './kind.ts'
import type { EventKind } from './kind.ts'
import { looseStretch, parseDuration, parseWritten } from './moment.ts'
import { parseRule } from './rule.ts'
import type { Rule } from './rule.ts'
import { trouble } from './trouble.ts'

/** A time of an event: what which clock shows. `spread` is how far either way an unknown zone leaves it open. */
export type Time = { wall: Wall; date: boolean; clock: Clock; spread: number }

/**
 * How long an instance lasts: `wall` later on the clock, then `time` by the stopwatch, but never shorter than `exact`.
 * RFC 5545 §3.8.5.3 makes a DTEND an exact length; calendars show it as a wall time. Over a change of the clocks the
 * later of the two ends is the one that cannot be free by mistake.
 */
export type Length = { wall: number; time: number; exact: number }

/** A rule that is not understood: its instances may have any time of day, or surely that of the first. */
export type Unclear = 'any' | 'daily'

export type Event = {
  source: Component
  uid: string
  sequence: number
  stamp: string
  kind: EventKind
  /** Null when it cannot be read; `stretch` then holds the widest it can mean, or null when it can mean anything. */
  start: Time | null
  stretch: Span | null
  length: Length
  rules: (Rule | Unclear)[]
  recurrence: { time: Time; following: boolean } | null
  trouble: string | null
}

/** What an object's times are read in: the clock for floating times and dates, and the clocks its TZIDs mean. */
export type Surroundings = { local: Clock; clocks: Clocks; owner: readonly string[] }

export function readEvent(source: Component, around: Surroundings): Event {
  const recurrenceId = find(source, 'RECURRENCE-ID')
  const given = find(source, 'DTSTART') ?? recurrenceId
  const start = given ? readTime(given, given.value, around, around.local) : null
  const troubles: string[] = []
  if (!start) troubles.push(trouble('impossible-date', given?.value ?? ''))
  else if (start.spread > 0) troubles.push(trouble('unknown-zone', param(given!, 'TZID') ?? ''))
  const rules = readRules(source, start)
  const unclear = rules.find(({ rule }) => typeof rule === 'string')
  if (unclear) troubles.push(trouble('bad-rule', unclear.text))
  const time = recurrenceId
    ? readTime(recurrenceId, recurrenceId.value, around, start?.clock ?? around.local)
    : null
  const { length, backwards, broken } = readLength(source, start, around)
  if (broken !== null) troubles.push(trouble('impossible-date', broken))
  if (backwards) troubles.push(trouble('backwards'))
  return {
    source,
    uid: find(source, 'UID')?.value.trim() ?? '',
    sequence: readSequence(find(source, 'SEQUENCE')?.value),
    stamp: find(source, 'DTSTAMP')?.value.trim() ?? '',
    kind: kindOf(source, around.owner),
    start,
    stretch: start ? null : stretchOf(given, around.local),
    length,
    rules: rules.map(({ rule }) => rule),
    recurrence: time && {
      time,
      following: (param(recurrenceId!, 'RANGE') ?? '').toUpperCase() === 'THISANDFUTURE',
    },
    trouble: troubles[0] ?? null,
  }
}

/** Null when the text is no time that exists. `bare` is the clock of a date-time that names no zone. */
export function readTime(property: Property, value: string, around: Surroundings, bare: Clock): Time | null {
  const written = parseWritten(value)
  if (!written) return null
  const { wall, date } = written
  if (date || (param(property, 'VALUE') === 'DATE' && wall % DAY === 0))
    return { wall, date: true, clock: around.local, spread: 0 }
  if (written.utc) return { wall, date, clock: UTC, spread: 0 }
  const tzid = param(property, 'TZID')
  if (tzid === null) return { wall, date, clock: bare, spread: 0 }
  const clock = around.clocks(tzid)
  return clock ? { wall, date, clock, spread: 0 } : { wall, date, clock: UTC, spread: WIDEST_OFFSET }
}

export const momentOf = ({ clock, wall }: Time): Instant => instantOf(clock, wall)

const MOST_RULES = 20

/** Of more rules than anybody writes, the rest counts as one that nobody understands. */
function readRules(source: Component, start: Time | null): { text: string; rule: Rule | Unclear }[] {
  const texts = source.properties.filter(({ name }) => name === 'RRULE').map(({ value }) => value)
  const read = texts.slice(0, MOST_RULES).map((text) => ({ text, rule: readRule(text, start) }))
  return texts.length > MOST_RULES ? [...read, { text: '', rule: 'any' }] : read
}

function readRule(text: string, start: Time | null): Rule | Unclear {
  const rule = parseRule(text)
  if (!rule)
    return /FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)/i.test(text) && !/BY(HOUR|MINUTE|SECOND)/i.test(text)
      ? 'daily'
      : 'any'
  if (!start?.date) return rule
  // A series of dates has no hours to choose from: RFC 5545 tells us to ignore them, and steps of hours mean nothing.
  if (rule.frequency === 'HOURLY' || rule.frequency === 'MINUTELY' || rule.frequency === 'SECONDLY')
    return 'any'
  return { ...rule, hours: null, minutes: null, seconds: null }
}

type ReadLength = { length: Length; backwards: boolean; broken: string | null }

function readLength(source: Component, start: Time | null, around: Surroundings): ReadLength {
  const given = find(source, 'DTEND')
  const duration = find(source, 'DURATION')
  if (given && start) {
    const end = readTime(given, given.value, around, start.clock)
    return end ? lengthUntil(start, end) : { ...brokenLength(start, given.value), broken: given.value }
  }
  const read = duration && parseDuration(duration.value)
  if (duration && !read)
    return { length: { wall: DAY, time: 0, exact: -Infinity }, backwards: false, broken: duration.value }
  if (read) {
    // A date lasts whole days, whatever else its duration says.
    const wall = start?.date ? Math.max(1, Math.ceil(read.days + read.time / DAY)) * DAY : read.days * DAY
    const backwards = read.days < 0 || read.time < 0
    return start?.date && !backwards
      ? { length: { wall, time: 0, exact: -Infinity }, backwards: false, broken: null }
      : { length: { wall: read.days * DAY, time: read.time, exact: -Infinity }, backwards, broken: null }
  }
  return {
    length: { wall: start?.date === false ? 0 : DAY, time: 0, exact: -Infinity },
    backwards: false,
    broken: null,
  }
}

function lengthUntil(start: Time, end: Time): ReadLength {
  if (start.date) {
    // DTEND is exclusive; old Outlook repeats the day itself. A time of day after a date (Zimbra) ends that day.
    const until = end.date ? end.wall : wallOf(start.clock, momentOf(end))
    const days = Math.ceil((until - start.wall) / DAY)
    return {
      length: { wall: (days === 0 ? 1 : days) * DAY, time: 0, exact: -Infinity },
      backwards: days < 0,
      broken: null,
    }
  }
  const from = momentOf(start)
  let until = momentOf(end)
  // A date after a time means midnight before it, or, on the very same day, the midnight after.
  if (end.date && until <= from && until + DAY > from) until = instantOf(end.clock, end.wall + DAY)
  const exact = until - from
  return {
    length: { wall: wallOf(start.clock, until) - start.wall, time: 0, exact },
    backwards: exact < 0,
    broken: null,
  }
}

/** An end that does not exist: to the farthest it can mean, and a day at least. */
function brokenLength(start: Time, text: string): Omit<ReadLength, 'broken'> {
  const wall = Math.max(DAY, (looseStretch(text)?.end ?? 0) - start.wall)
  return { length: { wall, time: 0, exact: -Infinity }, backwards: false }
}

function stretchOf(given: Property | undefined, local: Clock): Span | null {
  const loose = given ? looseStretch(given.value) : null
  if (!loose) return null
  return {
    start: instantOf(local, loose.start) - WIDEST_OFFSET,
    end: instantOf(local, loose.end) + WIDEST_OFFSET,
  }
}

function readSequence(text: string | undefined): number {
  const trimmed = text?.trim() ?? ''
  return /^\d{1,9}$/.test(trimmed) ? Number(trimmed) : 0
}
