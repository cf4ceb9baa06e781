import { DAY } from '#core/time/model.ts'
import type { Instant, Span, Zone } from '#core/time/model.ts'
import { transitionsOf } from '#core/time/transitions.ts'
import { clocksOf } from './clock.ts'
import { find, LONGEST_OBJECT, param, parse, textOf, unfold } from './content.ts'
import type { Component } from './content.ts'
import { readEvent } from './event.ts'
import type { Event, Surroundings } from './event.ts'
import { addressOf } from './kind.ts'
import { looseStretch, parseWritten } from './moment.ts'
import type { Expansion, Occurrence } from './occur.ts'
import { FULL_TANK } from './recur.ts'
import { compare, expandSeries } from './series.ts'
import { trouble } from './trouble.ts'
import type { TroubleCode } from './trouble.ts'

/** What one calendar object says, its repetitions written out over the window. */
export type ObjectReading = {
  uid: string
  /** Sorted by start; every kind is here, who blocks is decided by the reader. */
  occurrences: Occurrence[]
  title: string | null
  private: boolean
  attendees: string[]
  /** Of those in it, who has said no. */
  declined: string[]
  /** CREATED, where it is told. */
  madeAt: Instant | null
  sequence: number
  trouble: string | null
}

/** In which window, for whom: `zone` reads floating times and dates, `owner` holds the lower-cased addresses that may decline. */
export type Reading = { window: Span; zone: Zone; owner: readonly string[] }

const LONGEST_TITLE = 1000
const MOST_ATTENDEES = 500

/** Null when it holds no event at all (a task, a journal). Never throws; what it cannot read it keeps busy (I8). */
export function readObject(text: string, reading: Reading): ObjectReading | null {
  const parsed = parse(text)
  if (parsed.kind === 'unreadable')
    return unreadable(text, reading, text.length > LONGEST_OBJECT ? 'too-large' : 'unreadable')
  const sources = parsed.calendar.parts.filter(({ name }) => name === 'VEVENT')
  if (sources.length === 0) return null
  const around: Surroundings = {
    local: transitionsOf(reading.zone),
    clocks: clocksOf(parsed.calendar),
    owner: reading.owner,
  }
  const events = sources.map((source) => readEvent(source, around))
  const into = expandAll(events, around, reading.window)
  const leading = events.find((event) => !isOverride(event)) ?? events[0]!
  const secret = events.some(({ source }) => isPrivate(source))
  return {
    uid: leading.uid,
    occurrences: sorted(into.found),
    title: secret ? null : titleOf(leading.source),
    private: secret,
    attendees: secret ? [] : attendeesOf(leading.source),
    declined: secret ? [] : declinedIn(leading.source),
    madeAt: madeAtOf(leading.source),
    sequence: Math.max(...events.slice(0, 1000).map(({ sequence }) => sequence)),
    trouble: into.troubles.values().next().value ?? null,
  }
}

function expandAll(events: Event[], around: Surroundings, window: Span): Expansion {
  const into: Expansion = { window, fuel: { left: FULL_TANK }, found: [], troubles: new Set(), full: false }
  for (const group of byUid(events)) expandSeries(mastersOf(group), group.filter(isOverride), around, into)
  if (into.full) {
    into.troubles.add(trouble('too-many'))
    into.found = [{ ...window, kind: 'unknown', allDay: false }]
  }
  return into
}

/** One series comes in order already, and most objects are one series. */
function sorted(found: Occurrence[]): Occurrence[] {
  for (let i = 1; i < found.length; i++)
    if (found[i]!.start < found[i - 1]!.start) return found.sort((a, b) => a.start - b.start || a.end - b.end)
  return found
}

const isOverride = (event: Event): boolean => find(event.source, 'RECURRENCE-ID') !== undefined

/** One UID to an object is the rule (RFC 4791 §4.1); where a server keeps several, each is read by itself. */
function byUid(events: Event[]): Event[][] {
  if (events.length === 1) return [events]
  const groups = new Map<string, Event[]>()
  for (const event of events) {
    const group = groups.get(event.uid)
    if (group) group.push(event)
    else groups.set(event.uid, [event])
  }
  return [...groups.values()]
}

function mastersOf(group: Event[]): Event[] {
  const masters = group.filter((event) => !isOverride(event))
  if (masters.length < 2) return masters
  const best = masters.reduce((a, b) => (compare(b, a) > 0 ? b : a))
  return masters.filter((master) => compare(master, best) === 0)
}

/** A word we do not know counts as PRIVATE (RFC 5545 §3.8.1.3). */
function isPrivate(source: Component): boolean {
  const given = find(source, 'CLASS')
  return given !== undefined && given.value.trim().toUpperCase() !== 'PUBLIC'
}

function titleOf(source: Component): string | null {
  const text = textOf(source, 'SUMMARY')
  const title = text
    ?.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_TITLE)
    .toWellFormed()
  return title ? title : null
}

function attendeesOf(source: Component): string[] {
  const addresses = new Set<string>()
  const organizer = find(source, 'ORGANIZER')
  if (organizer) addresses.add(addressOf(organizer))
  for (const property of source.properties) {
    if (property.name === 'ATTENDEE') addresses.add(addressOf(property))
    if (addresses.size >= MOST_ATTENDEES) break
  }
  return [...addresses].filter((address) => address.includes('@') && address.length <= 320)
}

function declinedIn(source: Component): string[] {
  const refused = source.properties.filter(
    (property) =>
      property.name === 'ATTENDEE' && (param(property, 'PARTSTAT') ?? '').toUpperCase() === 'DECLINED',
  )
  return [...new Set(refused.slice(0, MOST_ATTENDEES).map(addressOf))]
}

/** CREATED is always in UTC (RFC 5545 §3.8.7.1); what is not is not believed. */
function madeAtOf(source: Component): Instant | null {
  const written = parseWritten(find(source, 'CREATED')?.value ?? '')
  return written?.utc ? written.wall : null
}

/**
 * Text that is no calendar object: busy from the first date in it that can start something to the last one, to the end
 * of the window if it may repeat, and all the time if it names no date at all.
 */
export function unreadable(source: string, { window }: Reading, code: TroubleCode): ObjectReading {
  const text = unfold(source.slice(0, LONGEST_OBJECT))
  let start = Infinity
  let end = -Infinity
  let repeats = source.length > LONGEST_OBJECT || !text.includes('END:VEVENT')
  for (const [, name, value] of text.matchAll(
    /^(DTSTART|DTEND|DURATION|RRULE|RDATE|RECURRENCE-ID)\b[^:\n]{0,500}:(.{0,200})/gim,
  )) {
    const upper = name!.toUpperCase()
    if (upper === 'RRULE' || upper === 'RDATE' || upper === 'DURATION') repeats = true
    const stretch = looseStretch(value!)
    if (!stretch) continue
    start = Math.min(start, stretch.start - DAY)
    end = Math.max(end, stretch.end + DAY)
  }
  const hull = { start: Math.max(start, window.start), end: repeats ? window.end : Math.min(end, window.end) }
  const busy = start === Infinity ? window : hull
  return {
    uid: /^UID[^:\n]{0,500}:(.{1,500})/im.exec(text)?.[1]?.trim() ?? '',
    occurrences: busy.start < busy.end ? [{ ...busy, kind: 'unknown', allDay: false }] : [],
    title: null,
    private: false,
    attendees: [],
    declined: [],
    madeAt: null,
    sequence: 0,
    trouble: trouble(code),
  }
}
