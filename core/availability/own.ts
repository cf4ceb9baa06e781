import { MINUTE } from '#core/time/model.ts'
import type { Instant, Span } from '#core/time/model.ts'
import type { Offer, Own } from './model.ts'

/** A booking with room left: whoever takes exactly its time joins it instead of colliding with it. */
export const hasRoom = (booking: Own[number], offer: Offer): boolean =>
  booking.sameType && offer.capacity > 1 && booking.taken < booking.capacity

export const joins = (booking: Own[number], offer: Offer, start: Instant, length: number): boolean =>
  booking.start === start && booking.end === start + length && hasRoom(booking, offer)

/**
 * What a bare meeting of this offer must stay out of. Between two meetings lies the longer of the two
 * buffers, not both: 15 and 15 minutes part them by 15 (A18).
 */
export const keptClear = (booking: Own[number], offer: Offer): Span => ({
  start: booking.start - Math.max(offer.after, booking.before) * MINUTE,
  end: booking.end + Math.max(offer.before, booking.after) * MINUTE,
})
