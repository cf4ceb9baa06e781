import { DAY } from '#core/time/model.ts'
import type { Instant } from '#core/time/model.ts'
import type { Wall } from '#core/time/wall.ts'
import { instantsOf, wallOf } from './clock.ts'
import { added, excluded, hasDates } from './dates.ts'
import { momentOf } from './event.ts'
import type { Event, Surroundings, Time, Unclear } from './event.ts'
import { hull, reachOf, stretched, untilWall } from './hull.ts'
import { occur, occurOnce } from './occur.ts'
import type { Expansion } from './occur.ts'
import { everMatches, instances } from './recur.ts'
import type { Rule } from './rule.ts'
import { trouble } from './trouble.ts'

/**
 * All that one UID makes busy: the master's instances without those that were excluded or replaced, then the
 * replacements, each at its own time, so that one moved into the window counts even if its old place lies outside (D23).
 */
export function expandSeries(
  masters: Event[],
  overrides: Event[],
  around: Surroundings,
  into: Expansion,
): void {
  const replaced = newest(overrides)
  for (const event of [...masters, ...replaced]) if (event.trouble !== null) into.troubles.add(event.trouble)
  for (const override of replaced) single(override, into)
  for (const master of masters) {
    if (into.full) return
    const alone = master.rules.length === 0 && !hasDates(master) && replaced.length === 0
    if (!master.start || alone) single(master, into)
    else expandMaster(master, master.start, replaced, around, into)
  }
}

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

export const compare = (a: Event, b: Event): number =>
  a.sequence - b.sequence || (a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : 0)

/** One event by itself, wherever its start says. */
function single(event: Event, into: Expansion): void {
  if (event.start) occurOnce(event, event.start, into)
  else stretched(event, event.stretch, event.rules.length > 0 || hasDates(event), into)
}

function expandMaster(
  master: Event,
  start: Time,
  overrides: Event[],
  around: Surroundings,
  into: Expansion,
): void {
  const skip = excluded(master, start, overrides, around, into)
  const ranges = following(overrides)
  const shifts = ranges.map(({ event, shift }) => Math.abs(shift) + reachOf(event))
  const slack = reachOf(master) + start.spread + DAY + Math.max(0, ...shifts.slice(0, 1000))
  const from = wallOf(start.clock, into.window.start) - slack
  const to = wallOf(start.clock, into.window.end) + slack
  const toInstant = instantsOf(start.clock)
  for (const wall of seriesWalls(master, start, from, to, around, into)) {
    const moment = toInstant(wall)
    if (skip.moments.has(moment) || (skip.days.size > 0 && skip.days.has(Math.floor(wall / DAY)))) continue
    const range = ranges.length === 0 ? undefined : ranges.findLast((each) => each.from <= moment)
    if (!range) occur(master, start, wall, moment, toInstant, into)
    else {
      const time = { ...range.time, wall: wallOf(range.time.clock, moment) + range.shift }
      if (!skip.moments.has(momentOf(time))) occurOnce(range.event, time, into)
    }
  }
}

/** DTSTART always belongs to its series, also when the rule does not name it; nothing is counted twice. */
function seriesWalls(
  master: Event,
  start: Time,
  from: Wall,
  to: Wall,
  around: Surroundings,
  into: Expansion,
): Iterable<Wall> {
  const named = master.rules.map((rule) => ruleWalls(master, start, rule, from, to, into))
  const more = added(master, start, around, into).filter((wall) => wall >= from && wall < to)
  if (start.wall >= from && start.wall < to) more.push(start.wall)
  return named.length === 1 && more.length === 0 ? named[0]! : new Set([...named.flat(), ...more])
}

/** What one rule names around the window. Where it costs too much or makes no sense, its hull is kept busy instead. */
function ruleWalls(
  master: Event,
  start: Time,
  rule: Rule | Unclear,
  from: Wall,
  to: Wall,
  into: Expansion,
): Wall[] {
  if (typeof rule !== 'string') {
    const until = rule.until === null ? Infinity : untilWall(rule.until, start)
    const named = instances(rule, start.wall, from, to, until, into.fuel)
    if (named) {
      if (named.length > 0 || !isChoosy(rule) || everMatches(rule, start.wall)) return named
      into.troubles.add(trouble('bad-rule'))
    } else into.troubles.add(trouble('too-many'))
  }
  hull(master, start, rule, into)
  return []
}

/** Whether it has a BY part that could rule everything out. */
const isChoosy = ({
  months,
  monthDays,
  yearDays,
  weeks,
  weekdays,
  hours,
  minutes,
  seconds,
  positions,
}: Rule): boolean =>
  [months, monthDays, yearDays, weeks, weekdays, hours, minutes, seconds, positions].some(Boolean)

type Range = { event: Event; time: Time; from: Instant; shift: number }

/** RANGE=THISANDFUTURE (RFC 5545 §3.2.13): from that instance on all are shifted as it was, and last as long as it does. */
function following(overrides: Event[]): Range[] {
  return overrides
    .flatMap((event) => {
      if (!event.recurrence?.following || !event.start) return []
      const original = wallOf(event.start.clock, momentOf(event.recurrence.time))
      return [
        {
          event,
          time: event.start,
          from: momentOf(event.recurrence.time),
          shift: event.start.wall - original,
        },
      ]
    })
    .sort((a, b) => a.from - b.from)
}
