import { DAY } from '#core/time/model.ts'
import type { Span } from '#core/time/model.ts'
import type { Wall } from '#core/time/wall.ts'
import { instantOf, wallOf } from './clock.ts'
import type { Event, Time, Unclear } from './event.ts'
import { add, occurOnce } from './occur.ts'
import type { Expansion } from './occur.ts'
import { MOST_INSTANCES } from './recur.ts'
import type { Rule } from './rule.ts'

/**
 * A series' daily hull (D21): each day from its start on at its time of day, or without a gap where the rule may have any
 * time of day.
 */
export function hull(master: Event, start: Time, rule: Rule | Unclear, into: Expansion): void {
  const event = blurred(master)
  const until = typeof rule === 'string' || !rule.until ? Infinity : untilWall(rule.until, start) + 1
  const reach = reachOf(master) + start.spread
  const first = Math.max(start.wall, wallOf(start.clock, into.window.start) - reach - DAY)
  const last = Math.min(until, wallOf(start.clock, into.window.end) + reach + DAY)
  if (hasOneTime(rule) && reach < DAY && (last - first) / DAY < MOST_INSTANCES) {
    const time = start.wall - Math.floor(start.wall / DAY) * DAY
    for (let wall = Math.floor(first / DAY) * DAY + time; wall < last; wall += DAY)
      if (wall >= start.wall) occurOnce(event, { ...start, wall }, into)
  } else if (first < last) {
    const from = instantOf(start.clock, first) - start.spread
    keep(event, { start: from, end: instantOf(start.clock, last) + reach }, into)
  }
}

const hasOneTime = (rule: Rule | Unclear): boolean =>
  typeof rule === 'string'
    ? rule === 'daily'
    : !rule.hours && !rule.minutes && !rule.seconds && DAYS_OR_MORE.includes(rule.frequency)

const DAYS_OR_MORE = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY']

/** How far an instance can reach from its start, by the wall clock. */
export const reachOf = ({ length }: Event): number => Math.abs(length.wall) + Math.abs(length.time)

/** A UTC end of a series of dates is read both ways, as its digits and as the local time; the later one counts. */
export function untilWall(until: NonNullable<Rule['until']>, { clock, date }: Time): Wall {
  if (!until.utc) return until.wall
  const local = wallOf(clock, until.wall)
  return date ? Math.max(local, until.wall) : local
}

/** A start that cannot be read: as wide as it can mean, and to the end of the window if it repeats. */
export function stretched(event: Event, stretch: Span | null, repeats: boolean, into: Expansion): void {
  const { start, end } = stretch ?? into.window
  keep(blurred(event), { start, end: repeats ? into.window.end : end + reachOf(event) }, into)
}

/** We do not know when it is busy; a kind that does not block says so still. */
const blurred = (event: Event): Event => (event.kind === 'busy' ? { ...event, kind: 'unknown' } : event)

function keep({ kind }: Event, span: Span, into: Expansion): void {
  const start = Math.max(span.start, into.window.start)
  const end = Math.min(span.end, into.window.end)
  if (start < end) add({ start, end, kind, allDay: false }, into)
}
