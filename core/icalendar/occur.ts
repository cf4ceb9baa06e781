import { DAY } from '#core/time/model.ts'
import type { Instant, Span } from '#core/time/model.ts'
import type { Wall } from '#core/time/wall.ts'
import { instantOf } from './clock.ts'
import type { Event, Time } from './event.ts'
import { momentOf } from './event.ts'
import type { EventKind } from './kind.ts'
import { MOST_INSTANCES } from './recur.ts'
import type { Fuel } from './recur.ts'

export type Occurrence = Span & { kind: EventKind; allDay: boolean }

/** Where the occurrences of one object gather, with what may still be spent on them. */
export type Expansion = {
  window: Span
  fuel: Fuel
  found: Occurrence[]
  troubles: Set<string>
  /** More was found than one object may have: the rest is not looked for, the whole window is busy. */
  full: boolean
}

export function add(occurrence: Occurrence, into: Expansion): void {
  if (into.found.length < MOST_INSTANCES) into.found.push(occurrence)
  else into.full = true
}

const FAR = 5 * 366 * DAY

/** One instance, if it touches the window. `toInstant` is the clock of `time`, which a series keeps from one to the next. */
export function occur(
  { length, kind }: Event,
  { date, spread }: Time,
  wall: Wall,
  start: Instant,
  toInstant: (wall: Wall) => Instant,
  into: Expansion,
): void {
  const end = Math.max(toInstant(wall + length.wall) + length.time, start + length.exact)
  if (start === end) return // takes no time (D16)
  const from = Math.min(start, end) - spread
  const to = Math.max(start, end) + spread
  const { window } = into
  if (from >= window.end || to <= window.start) return
  // Year 1 and year 9999 are in calendars; no question reaches there and no database should have to (D17).
  add({ start: Math.max(from, 0), end: Math.min(to, window.end + FAR), kind, allDay: date }, into)
}

export const occurOnce = (event: Event, time: Time, into: Expansion): void =>
  occur(event, time, time.wall, momentOf(time), (wall) => instantOf(time.clock, wall), into)
