import { dayNumber } from '#core/time/wall.ts'
import type { DayNumber } from '#core/time/wall.ts'
import type { Schedule, WallSpan } from './model.ts'

/** A schedule made ready: each day's spans sorted, apart, and only such as the model allows. */
export type Hours = { weekly: WallSpan[][]; overrides: Map<DayNumber, WallSpan[]> | null }

export function hoursOf({ weekly, overrides }: Schedule): Hours {
  if (weekly.length !== 7) throw new RangeError(`a week of ${weekly.length} days`)
  return {
    weekly: weekly.every(tidy) ? weekly : weekly.map(tidied),
    overrides:
      overrides.length === 0
        ? null
        : new Map(overrides.map(({ date, spans }) => [dayNumber(date), tidied(spans)])),
  }
}

const sound = ({ from, to }: WallSpan): boolean => from >= 0 && from < 1440 && from < to && to <= 2880

function tidy(spans: WallSpan[]): boolean {
  for (let i = 0; i < spans.length; i++) {
    if (!sound(spans[i]!) || (i > 0 && spans[i]!.from <= spans[i - 1]!.to)) return false
  }
  return true
}

/** A span that is none (closing before it opens) opens nothing. */
function tidied(spans: WallSpan[]): WallSpan[] {
  if (tidy(spans)) return spans
  const merged: WallSpan[] = []
  for (const { from, to } of spans.filter(sound).sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else merged.push({ from, to })
  }
  return merged
}
