import { Link } from '@tanstack/react-router'
import type { Booking } from '../api-types.ts'
import { sentence, useTimes } from '../language.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { BookingChips } from './state.tsx'

/** One meeting in a list: when, who, what, how it stands. The whole row is the way in. */
export function BookingRow({
  booking,
  now,
  timeOnly = false,
}: {
  booking: Booking
  now: number
  timeOnly?: boolean
}) {
  const times = useTimes()
  const when = timeOnly ? times.time(booking.start) : sentence(times.soon(booking.start, now))
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 px-5 py-3 hover:bg-sunken has-focus-visible:bg-sunken @xl:grid-cols-[9.5rem_auto_1fr_auto] @xl:gap-x-4">
      <p className="font-bold whitespace-nowrap">{when}</p>
      <span className="hidden @xl:block">
        <Avatar name={booking.name} />
      </span>
      <p className="order-last min-w-0 @xl:order-none">
        <Link
          to="/app/meetings/$id"
          params={{ id: booking.id }}
          className="font-medium after:absolute after:inset-0"
        >
          {booking.name}
        </Link>
        <span className="block text-sm text-muted">{booking.title}</span>
      </p>
      <BookingChips
        booking={booking}
        className="row-span-2 flex-col items-end justify-self-end @xl:row-span-1 @xl:flex-row @xl:items-center"
      />
    </li>
  )
}
