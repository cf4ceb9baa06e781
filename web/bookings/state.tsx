import { bookingWords } from '#core/locale/words/app-bookings.ts'
import type { Booking, BookingState } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { Chip, type ChipTone } from '../ui/chip.tsx'

const TONES: Record<BookingState, ChipTone> = { confirmed: 'good', requested: 'warn', declined: 'plain', cancelled: 'plain', expired: 'plain' }

/** How a booking stands, and whatever about it needs its host. */
export function BookingChips({ booking: { state, calendarState, conflict } }: { booking: Booking }) {
  const say = useSay(bookingWords)
  const live = state === 'confirmed' || state === 'requested'
  return (
    <span className="flex max-w-36 flex-col items-end gap-1 @xl:max-w-none @xl:flex-row @xl:items-center @xl:gap-1.5">
      {live && conflict && <Chip tone="bad">{say('booking.conflict')}</Chip>}
      {state === 'confirmed' && calendarState === 'failed' && <Chip tone="bad">{say('booking.not_written')}</Chip>}
      {state === 'confirmed' && calendarState === 'writing' && <Chip tone="note">{say('booking.writing')}</Chip>}
      <Chip tone={TONES[state]}>{say(`booking.state.${state}`)}</Chip>
    </span>
  )
}
