import { bookingWords } from '#core/locale/words/app-bookings.ts'
import type { Booking, BookingState } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { Chip, type ChipTone } from '../ui/chip.tsx'
import { cx } from '../ui/look.ts'

const TONES: Record<BookingState, ChipTone> = {
  confirmed: 'good',
  requested: 'warn',
  declined: 'plain',
  cancelled: 'plain',
  expired: 'plain',
}

/** How a booking stands, and whatever about it needs its host. */
export function BookingChips({
  booking: { state, calendarState, conflict },
  className,
}: {
  booking: Booking
  className?: string
}) {
  const say = useSay(bookingWords)
  const live = state === 'confirmed' || state === 'requested'
  return (
    <span className={cx('flex flex-wrap gap-1.5', className)}>
      {live && conflict && <Chip tone="bad">{say('booking.conflict')}</Chip>}
      {state === 'confirmed' && calendarState === 'failed' && (
        <Chip tone="bad">{say('booking.not_written')}</Chip>
      )}
      {state === 'confirmed' && calendarState === 'writing' && (
        <Chip tone="note">{say('booking.writing')}</Chip>
      )}
      <Chip tone={TONES[state]}>{say(`booking.state.${state}`)}</Chip>
    </span>
  )
}
