import { DAY } from '#core/time/model.ts'
import type { Instant, Span, Zone } from '#core/time/model.ts'
import { dayNumber, dayOf, startOfDayNumber, weekdayOf } from '#core/time/wall.ts'
import type { DayNumber } from '#core/time/wall.ts'
import type { Limits, Own } from './model.ts'

// Rules of zones are a guess further ahead, and no question may cost more than its window (D17).
export const AHEAD = 5 * 366 * DAY

/**
 * Notice counts instants, so a week is 168 hours also when the clocks change in it; nothing begins in the
 * past.
 */
export const earliestStart = ({ notice }: Limits, now: Instant): Instant => now + Math.max(0, notice)

/** Starts that the horizon allows: whole days of the schedule's calendar (D04). */
export function horizonSpan({ horizon }: Limits, zone: Zone, now: Instant): Span {
  const span =
    horizon.kind === 'rolling'
      ? { start: -Infinity, end: startOfDayNumber(zone, dayOf(zone, now) + horizon.days + 1) }
      : {
          start: startOfDayNumber(zone, dayNumber(horizon.from)),
          end: startOfDayNumber(zone, dayNumber(horizon.to) + 1),
        }
  return { start: span.start, end: Math.min(span.end, now + AHEAD) }
}

const mondayOf = (day: DayNumber): DayNumber => day - weekdayOf(day)

export type Full = { day: boolean; week: boolean }

/**
 * Tells for a day whether its meetings, or those of its week, have reached the cap; null when nothing is
 * capped.
 */
export function capsOf({ perDay, perWeek }: Limits, own: Own, zone: Zone): ((day: DayNumber) => Full) | null {
  if (perDay === null && perWeek === null) return null
  const days = new Map<DayNumber, number>()
  const weeks = new Map<DayNumber, number>()
  for (const { start, sameType } of own) {
    if (!sameType) continue
    const day = dayOf(zone, start)
    days.set(day, (days.get(day) ?? 0) + 1)
    weeks.set(mondayOf(day), (weeks.get(mondayOf(day)) ?? 0) + 1)
  }
  return (day) => ({
    day: perDay !== null && (days.get(day) ?? 0) >= perDay,
    week: perWeek !== null && (weeks.get(mondayOf(day)) ?? 0) >= perWeek,
  })
}
