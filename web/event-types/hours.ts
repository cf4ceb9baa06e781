import type { WallSpan } from '#core/availability/model.ts'

const DAY = 1440
export const WORKDAY: WallSpan[] = [
  { from: 540, to: 780 },
  { from: 840, to: 1080 },
]

/** An end that is not after its beginning belongs to the next day: 22:00–02:00, and 14:00–00:00. */
export const spanOf = (from: number, toClock: number): WallSpan => ({
  from,
  to: toClock > from ? toClock : toClock + DAY,
})

export const hasOverlap = (spans: readonly WallSpan[]): boolean => {
  const sorted = spans.toSorted((a, b) => a.from - b.from)
  return sorted.some(({ from }, index) => index > 0 && from < sorted[index - 1]!.to)
}

/** One span more after the last of a day: an hour later, for two hours, as far as the day allows. */
export const nextSpan = (spans: readonly WallSpan[]): WallSpan => {
  if (spans.length === 0) return WORKDAY[0]!
  const last = Math.max(...spans.map(({ to }) => to))
  const from = last + 120 <= DAY ? last + 60 : last < DAY ? last : 0
  return { from, to: Math.min(from + 120, DAY) }
}

export const sortedSpans = (spans: readonly WallSpan[]): WallSpan[] =>
  spans.toSorted((a, b) => a.from - b.from)
