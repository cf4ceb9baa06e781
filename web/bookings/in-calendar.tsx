import { useMutation } from '@tanstack/react-query'
import { CalendarCheck, CalendarClock, CalendarOff, CalendarX } from 'lucide-react'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { bookings } from '../api.ts'
import type { Booking } from '../api-types.ts'
import { useReason } from '../calendars/reason.tsx'
import { useNow, useSay, useTimes } from '../language.tsx'
import { ProblemNotice } from '../problem.tsx'
import { bookingsChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { toast } from '../ui/toasts.tsx'

/** What the calendar says of this meeting. Only what was read back counts as standing there. */
export function InCalendar({ booking }: { booking: Booking }) {
  const say = useSay(bookingWords)
  if (booking.state !== 'confirmed' && booking.state !== 'requested') return null
  return (
    <Card title={say('meeting.calendar')}>
      <div aria-live="polite">
        {booking.state === 'requested' ? (
          <p className="text-muted">{say('meeting.calendar.none_request')}</p>
        ) : (
          <Said booking={booking} />
        )}
      </div>
    </Card>
  )
}

function Said({ booking }: { booking: Booking }) {
  const say = useSay(bookingWords)
  const times = useTimes()
  const now = useNow()
  switch (booking.calendarState) {
    case 'standing':
      return (
        <p className="flex gap-3">
          <CalendarCheck size={20} aria-hidden className="mt-0.5 flex-none text-success" />
          {say('meeting.calendar.standing', { ago: times.ago(booking.standingAt ?? booking.createdAt, now) })}
        </p>
      )
    case 'writing':
      return (
        <p className="flex gap-3">
          <CalendarClock size={20} aria-hidden className="mt-0.5 flex-none text-info" />
          {say('meeting.calendar.writing')}
        </p>
      )
    case 'none':
      return (
        <p className="flex gap-3 text-muted">
          <CalendarOff size={20} aria-hidden className="mt-0.5 flex-none" />
          {say('meeting.calendar.none')}
        </p>
      )
    case 'failed':
      return <Unwritten booking={booking} />
  }
}

function Unwritten({ booking }: { booking: Booking }) {
  const say = useSay(bookingWords)
  const words = useReason()
  const reason = words(booking.calendarReason ?? '', say('meeting.calendar.server'))
  const retry = useMutation({
    mutationFn: () => bookings.retryCalendar(booking.id),
    onSuccess: async () => {
      toast(say('meeting.calendar.retrying'))
      await bookingsChanged()
    },
  })
  return (
    <div className="grid justify-items-start gap-3">
      <p className="flex gap-3">
        <CalendarX size={20} aria-hidden className="mt-0.5 flex-none text-danger" />
        <span>
          <strong className="font-medium">{say('meeting.calendar.failed')}</strong>
          {reason && (
            <span className="block text-sm text-muted">
              {reason.cause} {reason.way}
            </span>
          )}
        </span>
      </p>
      <Button small busy={retry.isPending} onClick={() => retry.mutate()}>
        {say('meeting.calendar.retry')}
      </Button>
      <ProblemNotice error={retry.error} />
    </div>
  )
}
