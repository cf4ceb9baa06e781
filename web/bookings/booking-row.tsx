import { Link } from '@tanstack/react-router'
import type { Booking } from '../api-types.ts'
import { sentence, useTimes } from '../language.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { BookingChips } from './state.tsx'

/** One meeting in a list: when, who, what, how it stands. The whole row is the way in. */
export function BookingRow({ booking, now, timeOnly = false }: { booking: Booking; now: number; timeOnly?: boolean }) {
  const times = useTimes()
  const when = timeOnly ? times.time(booking.start) : sentence(times.soon(booking.start, now))
  return (
    <li className="relative grid grid-cols-[1fr_auto] items-center gap-x-3 gap-y-1 px-5 py-3 hover:bg-sunken has-focus-visible:bg-sunken @xl:grid-cols-[7.5rem_auto_1fr_auto]">
      <p className="font-bold whitespace-nowrap">{when}</p>
      <span className="hidden @xl:block">
        <Avatar name={booking.name} />
      </span>
      <p className="order-last col-span-2 min-w-0 @xl:order-none @xl:col-span-1">
        <Link to="/app/meetings/$id" params={{ id: booking.id }} className="font-medium after:absolute after:inset-0">
          {booking.name}
        </Link>
        <span className="block text-sm text-muted">{booking.title}</span>
      </p>
      <BookingChips booking={booking} />
    </li>
  )
}
