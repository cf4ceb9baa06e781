import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CalendarCheck, ContactRound, Inbox } from 'lucide-react'
import type { ReactNode } from 'react'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { bookings, contacts, pages } from '../api.ts'
import type { Booking, Contact, Page } from '../api-types.ts'
import { useLanguage, useSay, useTimes } from '../language.tsx'
import { useMe } from '../me.tsx'
import { ProblemNotice } from '../problem.tsx'
import { bookingsChanged, contactsChanged, outboxQuery } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { toast } from '../ui/toasts.tsx'

// RFC 2606: nobody has an address there, so a slip cannot reach anyone.
const VISITOR = 'visitor@rehearsal.example.com'

type Caused = { booking: Booking; contact: Contact | null }

// Not randomUUID: a browser has it on https only, and a first run may be on plain http at home.
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )

/** Books like a stranger, shows what it caused, and clears it away. */
export function Rehearsal({ page }: { page: Page }) {
  const say = useSay(accountWords)
  const { mail } = useMe()
  const { locale, zone } = useLanguage()
  const client = useQueryClient()

  const run = useMutation({
    mutationFn: async (): Promise<Caused | null> => {
      const { soonest } = await pages.preview(page.id, {})
      const start = soonest[0]
      if (start === undefined) return null
      const draft = {
        start,
        length: page.eventType.durations[0]!,
        zone,
        name: say('setup.try.visitor'),
        email: VISITOR,
        answers: {},
        guests: [],
        consent: true,
        locale,
      }
      const { id } = await bookings.bookAsVisitor(page.url, draft, newKey())
      return findCaused(id)
    },
    onSuccess: () => bookingsChanged(),
  })
  const clean = useMutation({
    mutationFn: async ({ booking, contact }: Caused) => {
      await (booking.state === 'requested' ? bookings.decline(booking.id) : bookings.cancel(booking.id))
      if (contact) await contacts.remove(contact.id)
    },
    onSuccess: async () => {
      toast(say('setup.try.cleaned'))
      run.reset()
      await Promise.all([
        bookingsChanged(),
        contactsChanged(),
        client.invalidateQueries({ queryKey: ['outbox'] }),
      ])
    },
  })

  return (
    <Card title={say('setup.try.title')} lead={say('setup.try.lead')}>
      <div aria-live="polite" className="grid justify-items-start gap-3">
        <ProblemNotice error={run.error ?? clean.error} />
        {!mail.practice && <p className="text-sm text-muted">{say('setup.try.real_mail')}</p>}
        {mail.practice && !run.data && (
          <Button busy={run.isPending} onClick={() => run.mutate()}>
            {say(run.isPending ? 'setup.try.running' : 'setup.try.go')}
          </Button>
        )}
        {run.data === null && <p className="text-sm text-muted">{say('setup.try.no_times')}</p>}
        {run.data && <Result {...run.data} />}
        {run.data && (
          <Button tone="quiet" busy={clean.isPending} onClick={() => clean.mutate(run.data!)}>
            {say('setup.try.clean')}
          </Button>
        )}
      </div>
    </Card>
  )
}

async function findCaused(id: string): Promise<Caused> {
  const [booking, found] = await Promise.all([bookings.one(id), contacts.list(VISITOR, null)])
  return { booking, contact: found.contacts.find(({ email }) => email === VISITOR) ?? null }
}

function Result({ booking, contact }: Caused) {
  const say = useSay(accountWords)
  const times = useTimes()
  // Letters are written a moment after the booking.
  const letters = useQuery({ ...outboxQuery, refetchInterval: 1500 }).data?.filter(
    ({ createdAt }) => createdAt >= booking.createdAt,
  )
  return (
    <ul className="grid gap-1">
      <Line icon={<CalendarCheck size={18} aria-hidden />}>
        <Link to="/app/meetings/$id" params={{ id: booking.id }} className="link">
          {say(booking.state === 'requested' ? 'setup.try.requested' : 'setup.try.booked', {
            when: times.when(booking.start),
          })}
        </Link>
      </Line>
      {contact && (
        <Line icon={<ContactRound size={18} aria-hidden />}>
          <Link to="/app/contacts/$id" params={{ id: contact.id }} className="link">
            {say('setup.try.contact', { name: contact.name })}
          </Link>
        </Line>
      )}
      <Line icon={<Inbox size={18} aria-hidden />}>
        <Link to="/app/outbox" className="link">
          {say('setup.try.letters', { n: letters?.length ?? 0 })}
        </Link>
      </Line>
    </ul>
  )
}

const Line = ({ icon, children }: { icon: ReactNode; children: ReactNode }) => (
  <li className="flex min-h-11 items-center gap-3">
    <span className="flex-none">{icon}</span>
    {children}
  </li>
)
