import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { bookings } from '../api.ts'
import type { Booking } from '../api-types.ts'
import { sentence, useNow, useSay, useTimes } from '../language.tsx'
import { isProblem, ProblemNotice } from '../problem.tsx'
import { bookingsChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Card, Rows } from '../ui/card.tsx'
import { Chip } from '../ui/chip.tsx'
import { toast } from '../ui/toasts.tsx'

const ProposeDialog = lazy(() =>
  import('./propose-dialog.tsx').then(({ ProposeDialog }) => ({ default: ProposeDialog })),
)
const DeclineDialog = lazy(() =>
  import('./decline-dialog.tsx').then(({ DeclineDialog }) => ({ default: DeclineDialog })),
)

/** What waits for an answer, oldest wish first, answered in place. */
export function Requests({ requests }: { requests: Booking[] }) {
  const say = useSay(bookingWords)
  if (requests.length === 0) return null
  return (
    <Card flush title={say('req.count', { n: requests.length })}>
      <Rows>
        {requests.map((booking) => (
          <RequestRow key={booking.id} booking={booking} />
        ))}
      </Rows>
    </Card>
  )
}

function RequestRow({ booking }: { booking: Booking }) {
  const say = useSay(bookingWords)
  const times = useTimes()
  const now = useNow()
  const proposed = booking.proposed?.length ?? 0
  return (
    <li className="grid gap-3 px-5 py-4 @3xl:grid-cols-[1fr_auto] @3xl:items-center">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link
            to="/app/meetings/$id"
            params={{ id: booking.id }}
            className="font-medium underline-offset-4 hover:underline"
          >
            {booking.name}
          </Link>
          <span className="text-muted">·</span>
          <span className="font-medium">
            {sentence(times.shortDay(booking.start))}, {times.span(booking.start, booking.end)}
          </span>
          {booking.conflict && <Chip tone="bad">{say('booking.conflict')}</Chip>}
        </p>
        <p className="text-sm text-muted">
          {booking.title} · {say('req.asked', { ago: times.ago(booking.createdAt, now) })}
        </p>
        {booking.conflict && <p className="text-sm text-danger">{say('req.conflict')}</p>}
        {proposed > 0 && (
          <p className="text-sm text-muted">{say('req.proposed', { n: proposed, name: booking.name })}</p>
        )}
      </div>
      <Answers booking={booking} />
    </li>
  )
}

/** Accept · Propose 3 others · Decline. A slot that is taken by now says so and leads to other times. */
export function Answers({ booking }: { booking: Booking }) {
  const say = useSay(bookingWords)
  const [open, setOpen] = useState<'none' | 'propose' | 'decline'>('none')
  const accept = useMutation({
    mutationFn: () => bookings.accept(booking.id),
    onSuccess: async () => {
      toast(say('req.accepted', { name: booking.name }))
      await bookingsChanged()
    },
    onError: (error) => {
      if (isProblem(error, 'already')) void bookingsChanged()
    },
  })
  const close = () => setOpen('none')
  return (
    <div className="grid gap-2">
      <div role="group" aria-label={booking.name} className="flex flex-wrap gap-2">
        <Button small tone="primary" busy={accept.isPending} onClick={() => accept.mutate()}>
          {say('req.accept')}
        </Button>
        <Button small onClick={() => setOpen('propose')}>
          {say('req.propose')}
        </Button>
        <Button small tone="quiet" onClick={() => setOpen('decline')}>
          {say('req.decline')}
        </Button>
      </div>
      <ProblemNotice error={accept.error} />
      <Suspense>
        {open === 'propose' && <ProposeDialog booking={booking} onClose={close} />}
        {open === 'decline' && <DeclineDialog booking={booking} onClose={close} />}
      </Suspense>
    </div>
  )
}
