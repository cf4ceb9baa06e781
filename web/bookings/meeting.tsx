import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import type { Booking } from '../api-types.ts'
import { useNow, useSay } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { bookingQuery } from '../queries.ts'
import { ScreenHeading } from '../screen.tsx'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { CancelDialog } from './cancel-dialog.tsx'
import { InCalendar } from './in-calendar.tsx'
import { Letters } from './letters.tsx'
import { MeetingFacts } from './meeting-facts.tsx'
import { MoveDialog } from './move-dialog.tsx'
import { Answers } from './requests.tsx'
import { BookingChips } from './state.tsx'

const unsettled = ({ calendarState, letters }: Booking) =>
  calendarState === 'writing' || letters.some(({ state }) => state === 'queued' || state === 'sending')

/** One meeting: when in both zones, who, what they wrote, what the calendar says, which letters went out. */
export function Meeting() {
  const say = useSay(bookingWords)
  const sayApp = useSay(appWords)
  const { id } = useParams({ from: '/app/meetings/$id' })
  const booking = useQuery({
    ...bookingQuery(id),
    refetchInterval: ({ state }) => (state.data && unsettled(state.data) ? 2000 : 60_000),
  })
  const back = (
    <Link to="/app/meetings" className="link">
      {say('meeting.back')}
    </Link>
  )
  switch (booking.status) {
    case 'pending':
      return (
        <>
          <ScreenHeading title={say('meetings.title')} above={back} />
          <Skeleton rows={4} label={sayApp('state.loading')} />
        </>
      )
    case 'error':
      return (
        <>
          <ScreenHeading title={say('meetings.title')} above={back} />
          <Failed error={booking.error} retry={booking.refetch} />
        </>
      )
    case 'success':
      return <Opened booking={booking.data} back={back} />
  }
}

function Opened({ booking, back }: { booking: Booking; back: ReactNode }) {
  const say = useSay(bookingWords)
  const now = useNow()
  const [open, setOpen] = useState<'none' | 'move' | 'cancel'>('none')
  const changeable = booking.state === 'confirmed' && booking.end > now
  return (
    <>
      <ScreenHeading
        title={`${booking.title} ${say('booking.with', { name: booking.name })}`}
        above={back}
        below={<BookingChips booking={booking} className="mt-2" />}
      >
        {changeable && (
          <>
            <Button onClick={() => setOpen('move')}>{say('meeting.move')}</Button>
            <Button tone="danger" onClick={() => setOpen('cancel')}>
              {say('meeting.cancel')}
            </Button>
          </>
        )}
      </ScreenHeading>
      <div className="grid items-start gap-4 @4xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="grid gap-4">
          <Standing booking={booking} />
          {booking.state === 'requested' && (
            <Card>
              <Answers booking={booking} />
            </Card>
          )}
          <MeetingFacts booking={booking} />
        </div>
        <div className="grid gap-4">
          <InCalendar booking={booking} />
          <Letters booking={booking} />
        </div>
      </div>
      {open === 'move' && <MoveDialog booking={booking} onClose={() => setOpen('none')} />}
      {open === 'cancel' && <CancelDialog booking={booking} onClose={() => setOpen('none')} />}
    </>
  )
}

/** What one must know before anything else: how it ended, or what is in the way. */
function Standing({ booking }: { booking: Booking }) {
  const say = useSay(bookingWords)
  const reason = booking.cancelReason && <p>{say('meeting.reason', { reason: booking.cancelReason })}</p>
  switch (booking.state) {
    case 'cancelled':
      return (
        <Notice title={say(`meeting.cancelled_by.${booking.cancelledBy ?? 'host'}`, { name: booking.name })}>
          {reason}
        </Notice>
      )
    case 'declined':
      return <Notice title={say('meeting.declined_note')}>{reason}</Notice>
    case 'expired':
      return <Notice>{say('meeting.expired_note')}</Notice>
    case 'requested':
    case 'confirmed':
      return booking.conflict ? <Notice tone="bad">{say('meeting.conflict')}</Notice> : null
  }
}
