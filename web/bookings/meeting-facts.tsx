import { Link } from '@tanstack/react-router'
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
import type { ReactNode } from 'react'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import type { Booking } from '../api-types.ts'
import { sentence, useSay, useTimes } from '../language.tsx'
import { Card } from '../ui/card.tsx'

const PLACES = { video: Video, meet: Video, teams: Video, phone: Phone, place: MapPin, ask: MapPin }

/** When, in both zones; where; who; and what they wrote. */
export function MeetingFacts({ booking }: { booking: Booking }) {
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
          {booking.visitorAnswer && (
            <p className="text-sm text-muted">
              {say(`meeting.answer.${booking.visitorAnswer}`, { name: booking.name })}
            </p>
          )}
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

function PlaceWords({ booking: { location, joinUrl, joinState } }: { booking: Booking }) {
  const say = useSay(bookingWords)
  switch (location.kind) {
    case 'video':
    case 'meet':
    case 'teams': {
      const link = joinUrl ?? location.value
      const url = URL.parse(link)
      return url?.protocol === 'https:' || url?.protocol === 'http:' ? (
        <p>
          {say(`meeting.where.${location.kind}`)}:{' '}
          <a className="link break-all" href={url.href} target="_blank" rel="noopener noreferrer">
            {link}
          </a>
        </p>
      ) : (
        <p>
          {say(`meeting.where.${location.kind}`)}
          {joinState === 'pending' && ` · ${say('meeting.join.pending')}`}
          {joinState === 'failed' && <span className="text-danger"> · {say('meeting.join.failed')}</span>}
        </p>
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
