/** Milliseconds since 1970-01-01T00:00Z. */
export type Instant = number

/** A half-open span of time: `start` belongs to it, `end` does not. */
export type Span = { start: Instant; end: Instant }

/** An IANA time-zone name that `zone()` has accepted, such as `Europe/Rome`. */
export type Zone = string

export const overlaps = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
