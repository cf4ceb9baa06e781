import { DAY, MINUTE } from '#core/time/model.ts'
import type { Instant, Span } from '#core/time/model.ts'
import { transitionAt, transitionsOf } from '#core/time/transitions.ts'
import type { Transitions } from '#core/time/transitions.ts'
import { weekdayOf } from '#core/time/wall.ts'
import type { DayNumber } from '#core/time/wall.ts'
import { hoursOf } from './hours.ts'
import type { Hours } from './hours.ts'
import type { Schedule } from './model.ts'

/**
 * Openings, cut where the grid hangs anew: starts hang from `hang[i]` while they are before `until[i]`, and
 * what begins there may last until `close[i]`, where the opening ends. Hours that touch or overlap are one
 * opening, so a meeting may run through midnight; the grid still hangs anew from each day's hours, or hours
 * around the clock would have no beginning to hang from.
 */
export type Openings = { hang: Instant[]; until: Instant[]; close: Instant[] }

// Hours last two days at most, and what they go on from may have begun two days earlier still.
const BACK = 5

/**
 * The schedule's openings wherever a slot of this length may begin in the window. They reach beyond it,
 * whole.
 */
export function openingsOf(schedule: Schedule, window: Span, length: number): Openings {
  const hours = hoursOf(schedule)
  const table = transitionsOf(schedule.zone)
  const openings: Openings = { hang: [], until: [], close: [] }
  const first = transitionAt(table, window.start - BACK * DAY)
  const last = transitionAt(table, window.end + length)
  const from = Math.floor((window.start + table.offset[first]!) / DAY) - BACK
  const to = Math.floor((window.end + length + table.offset[last]!) / DAY)
  for (let i = first; i <= last; i++) walk(openings, hours, table, i, from, to)
  // The pieces of one opening all close where its last does.
  const { hang, until, close } = openings
  for (let i = hang.length - 2; i >= 0; i--) if (until[i] === hang[i + 1]) close[i] = close[i + 1]!
  return openings
}

/**
 * Every instant whose wall clock lies in the hours, between two changes of the clocks: an hour that the
 * clocks skip is never met, one that comes twice is met twice (D02, D03).
 */
function walk(
  openings: Openings,
  hours: Hours,
  table: Transitions,
  index: number,
  from: DayNumber,
  to: DayNumber,
): void {
  const shift = table.offset[index]!
  const begin = table.at[index]!
  const end = index + 1 < table.at.length ? table.at[index + 1]! : Infinity
  const firstDay = Math.max(from, Math.floor((begin + shift) / DAY) - 1)
  const lastDay = Math.min(to, Math.floor((end + shift) / DAY))
  let weekday = weekdayOf(firstDay)
  for (let day = firstDay; day <= lastDay; day++) {
    const spans = hours.overrides?.get(day) ?? hours.weekly[weekday]!
    const midnight = day * DAY - shift
    for (let i = 0; i < spans.length; i++) {
      const opens = midnight + spans[i]!.from * MINUTE
      const closes = Math.min(midnight + spans[i]!.to * MINUTE, end)
      if (opens >= closes || closes <= begin) continue
      add(openings, Math.max(opens, begin), closes, opens >= begin)
    }
    weekday = weekday === 6 ? 0 : weekday + 1
  }
}

/**
 * Takes spans in the order of their starts. `fresh`: hours begin here, rather than go on after a change of
 * the clocks.
 */
function add({ hang, until, close }: Openings, start: Instant, end: Instant, fresh: boolean): void {
  const last = hang.length - 1
  if (last < 0 || start > close[last]!) {
    hang.push(start)
    until.push(end)
    close.push(end)
    return
  }
  const reaches = Math.max(end, close[last]!)
  if (fresh && start > hang[last]!) {
    until[last] = start
    hang.push(start)
    until.push(reaches)
    close.push(reaches)
  } else {
    until[last] = reaches
    close[last] = reaches
  }
}

/**
 * Where both are open. The grid hangs from where they begin to be, and from where the hours of either begin.
 */
export function commonOpenings(a: Openings, b: Openings): Openings {
  const common: Openings = { hang: [], until: [], close: [] }
  for (let i = 0, j = 0; i < a.hang.length && j < b.hang.length;) {
    const hang = Math.max(a.hang[i]!, b.hang[j]!)
    const until = Math.min(a.until[i]!, b.until[j]!)
    if (hang < until) {
      common.hang.push(hang)
      common.until.push(until)
      common.close.push(Math.min(a.close[i]!, b.close[j]!))
    }
    if (a.until[i] === until) i++
    else j++
  }
  return common
}
