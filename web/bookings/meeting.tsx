import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import {
  CalendarDays,
  ContactRound,
  Link2,
  MapPin,
  MessageSquareText,
  Phone,
  UsersRound,
  Video,
} from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import type { Booking } from '../api-types.ts'
import { sentence, useNow, useSay, useTimes } from '../language.tsx'
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
          <Facts booking={booking} />
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

const PLACES = { video: Video, phone: Phone, place: MapPin, ask: MapPin }

function Facts({ booking }: { booking: Booking }) {
  const say = useSay(bookingWords)
  const times = useTimes()
  const mine = times.span(booking.start, booking.end)
  const theirs = times.span(booking.start, booking.end, booking.visitorZone)
  const Where = PLACES[booking.location.kind]
  return (
    <Card>
      <dl className="grid gap-5 pt-2">
        <Fact icon={<CalendarDays size={18} aria-hidden />} label={say('meeting.when')}>
          <p className="text-lg font-bold">
            {sentence(times.day(booking.start))}, {mine}
          </p>
          <p className="text-sm text-muted">
            {say('meeting.for_you', { time: mine })} ·{' '}
            {theirs === mine
              ? say('meeting.same_zone', { name: booking.name })
              : say('meeting.for_them', {
                  time: theirs,
                  name: booking.name,
                  city: times.city(booking.visitorZone),
                })}
          </p>
        </Fact>
        <Fact icon={<Where size={18} aria-hidden />} label={say('meeting.where')}>
          <PlaceWords booking={booking} />
        </Fact>
        <Fact icon={<ContactRound size={18} aria-hidden />} label={say('meeting.who')}>
          <p>
            {booking.name} ·{' '}
            <a className="link" href={`mailto:${booking.email}`}>
              {booking.email}
            </a>
          </p>
          {booking.contact && (
            <Link to="/app/contacts/$id" params={{ id: booking.contact.id }} className="link text-sm">
              {say('meeting.open_contact')}
            </Link>
          )}
        </Fact>
        {(booking.guests.length > 0 || booking.hosts.length > 1) && (
          <Fact
            icon={<UsersRound size={18} aria-hidden />}
            label={booking.guests.length > 0 ? say('meeting.guests') : say('meeting.hosts')}
          >
            {booking.guests.length > 0 && <p className="break-all">{booking.guests.join(', ')}</p>}
            {booking.hosts.length > 1 && (
              <p className="text-sm text-muted">
                {say('meeting.hosts')}: {booking.hosts.map(({ name }) => name).join(', ')}
              </p>
            )}
          </Fact>
        )}
        {booking.page && (
          <Fact icon={<Link2 size={18} aria-hidden />} label={say('meeting.page')}>
            <Link to="/app/pages/$id" params={{ id: booking.page.id }} className="link">
              {booking.page.title}
            </Link>
          </Fact>
        )}
        {booking.answers.length > 0 && (
          <Fact
            icon={<MessageSquareText size={18} aria-hidden />}
            label={say('meeting.answers', { name: booking.name })}
          >
            <ul className="grid gap-2">
              {booking.answers.map(({ label, value }) => (
                <li key={label}>
                  <span className="block text-sm text-muted">{label}</span>
                  <span className="whitespace-pre-line">{value}</span>
                </li>
              ))}
            </ul>
          </Fact>
        )}
      </dl>
    </Card>
  )
}

function PlaceWords({ booking: { location } }: { booking: Booking }) {
  const say = useSay(bookingWords)
  switch (location.kind) {
    case 'video': {
      const url = URL.parse(location.value)
      return url?.protocol === 'https:' || url?.protocol === 'http:' ? (
        <p>
          {say('meeting.where.video')}:{' '}
          <a className="link break-all" href={url.href} target="_blank" rel="noopener noreferrer">
            {location.value}
          </a>
        </p>
      ) : (
        <p>{say('meeting.where.video')}</p>
      )
    }
    case 'phone':
      return <p>{[say('meeting.where.phone'), location.value].filter(Boolean).join(', ')}</p>
    case 'place':
    case 'ask':
      return <p>{location.value || say('meeting.where.ask')}</p>
  }
}

const Fact = ({ icon, label, children }: { icon: ReactNode; label: string; children: ReactNode }) => (
  <div className="grid grid-cols-[1.75rem_1fr]">
    <dt className="col-span-2 grid grid-cols-subgrid items-center text-sm text-muted">
      {icon}
      {label}
    </dt>
    <dd className="col-start-2 min-w-0">{children}</dd>
  </div>
)
