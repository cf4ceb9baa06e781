import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { bookings } from '../api.ts'
import type { CalendarChangeSeen } from '../api-types.ts'
import { useNow, useSay, useTimes } from '../language.tsx'
import { isProblem, ProblemNotice } from '../problem.tsx'
import { bookingsChanged, calendarChangesQuery } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Card, Rows } from '../ui/card.tsx'
import { toast } from '../ui/toasts.tsx'

/** What changed in the calendar itself and waits for its host's word: follow it, keep ours, or leave it. */
export function CalendarChanges() {
  const say = useSay(bookingWords)
  const changes = useQuery(calendarChangesQuery).data ?? []
  if (changes.length === 0) return null
  return (
    <Card flush title={say('changes.title', { n: changes.length })} lead={say('changes.lead')}>
      <Rows>
        {changes.map((change) => (
          <ChangeRow key={change.id} change={change} />
        ))}
      </Rows>
    </Card>
  )
}

function ChangeRow({ change }: { change: CalendarChangeSeen }) {
  const say = useSay(bookingWords)
  const times = useTimes()
  const now = useNow()
  const { kind, booking } = change
  const settle = useMutation({
    mutationFn: (way: 'follow' | 'keep' | 'ignore') => bookings.settleChange(change.id, way),
    onSuccess: async (_, way) => {
      toast(say(`changes.done.${way}`, { name: booking.name }))
      await bookingsChanged()
    },
    onError: (error) => {
      if (isProblem(error, 'already')) void bookingsChanged()
    },
  })
  const booked = `${times.shortDay(booking.start)}, ${times.span(booking.start, booking.end)}`
  return (
    <li className="grid gap-3 px-5 py-4 @3xl:grid-cols-[1fr_auto] @3xl:items-center">
      <div className="min-w-0">
        <p className="font-medium">
          <Link
            to="/app/meetings/$id"
            params={{ id: change.bookingId }}
            className="underline-offset-4 hover:underline"
          >
            <Happened change={change} />
          </Link>
        </p>
        <p className="text-sm text-muted">
          {say('changes.booked', { title: booking.title, name: booking.name, when: booked })} ·{' '}
          {say('changes.noticed', { ago: times.ago(change.noticedAt, now) })}
        </p>
        <p className="mt-1 text-sm text-muted">
          {say(`changes.hint.${kind}`, { name: booking.name, when: times.when(booking.start) })}
        </p>
      </div>
      <div className="grid gap-2">
        <div role="group" aria-label={booking.name} className="flex flex-wrap gap-2">
          <Button small tone="primary" busy={settle.isPending} onClick={() => settle.mutate('follow')}>
            {say(`changes.follow.${kind}`)}
          </Button>
          <Button small busy={settle.isPending} onClick={() => settle.mutate('keep')}>
            {say('changes.keep')}
          </Button>
          <Button small tone="quiet" busy={settle.isPending} onClick={() => settle.mutate('ignore')}>
            {say('changes.ignore')}
          </Button>
        </div>
        <ProblemNotice error={settle.error} />
      </div>
    </li>
  )
}

function Happened({ change: { kind, start, end, who } }: { change: CalendarChangeSeen }) {
  const say = useSay(bookingWords)
  const times = useTimes()
  switch (kind) {
    case 'moved':
      return start !== null && end !== null
        ? say('changes.moved', { when: `${times.shortDay(start)}, ${times.span(start, end)}` })
        : say('changes.moved_open')
    case 'deleted':
      return say('changes.deleted')
    case 'declined':
      return who ? say('changes.declined', { who }) : say('changes.declined_host')
  }
}
