import { DAY, MINUTE } from '#core/time/model.ts'
import type { Instant, Zone } from '#core/time/model.ts'
import { transitionAt, transitionsOf } from '#core/time/transitions.ts'
import { dateText, dayNumber } from '#core/time/wall.ts'
import type { Slots } from './model.ts'

/**
 * Slots under one offset from UTC, both in minutes: `minutes` is what the clock shows, counted from midnight.
 */
export type Run = { offset: number; minutes: number[] }

/**
 * One date with its slots: one run, or two where the clocks change between them, so that 02:30 twice is told
 * apart (D03).
 */
export type Day = { date: string; runs: Run[] }

/** Slots as the viewer's calendar and clock show them. */
export function daysOf(slots: Slots, zone: Zone): Day[] {
  const days: Day[] = []
  if (slots.length === 0) return days
  const { at, offset } = transitionsOf(zone)
  let index = transitionAt({ at, offset }, slots[0]!)
  let changes = at[index + 1] ?? Infinity
  let shift = offset[index]!
  let midnight = -Infinity
  let minutes: number[] = []
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i]!
    const changed = slot >= changes
    while (slot >= changes) {
      shift = offset[++index]!
      changes = at[index + 1] ?? Infinity
    }
    const wall = slot + shift
    if (changed || wall >= midnight + DAY) {
      const day = Math.floor(wall / DAY)
      minutes = []
      if (day * DAY === midnight) days.at(-1)!.runs.push({ offset: shift / MINUTE, minutes })
      else days.push({ date: dateText(day), runs: [{ offset: shift / MINUTE, minutes }] })
      midnight = day * DAY
    }
    minutes.push((wall - midnight) / MINUTE)
  }
  return days
}

/** The slot behind one of a day's minutes. */
export const instantOf = (date: string, offset: number, minute: number): Instant =>
  dayNumber(date) * DAY + (minute - offset) * MINUTE
