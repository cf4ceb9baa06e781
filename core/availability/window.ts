import { DAY, MINUTE } from '#core/time/model.ts'
import type { Span } from '#core/time/model.ts'
import type { Offer } from './model.ts'

/** Which foreign busy time a question about this window must bring along. */
export const busyWindow = ({ before, after }: Offer, duration: number, { start, end }: Span): Span => ({
  start: start - before * MINUTE,
  end: end + (duration + after) * MINUTE,
})

/**
 * Which of our own bookings: weekly caps count whole weeks, and another event type may bring a buffer of a
 * day.
 */
export const ownWindow = ({ start, end }: Span): Span => ({ start: start - 8 * DAY, end: end + 8 * DAY })
