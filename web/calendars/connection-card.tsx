import { Link } from '@tanstack/react-router'
import { ArrowLeftRight, ScrollText } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import type { Connection, TripProvider } from '../api-types.ts'
import { useSay, useTimes } from '../language.tsx'
import { ProblemNotice } from '../problem.tsx'
import { Button } from '../ui/button.tsx'
import { Chip } from '../ui/chip.tsx'
import { Notice } from '../ui/notice.tsx'
import { ChooseCalendars } from './choose-calendars.tsx'
import { EventKinds } from './event-kinds.tsx'
import { MailboxPart } from './mailbox-part.tsx'
import { isTripProvider, providerOf } from './providers.ts'
import { DiesSoon, Reconnect } from './reconnect.tsx'
import { RolesPart } from './roles-part.tsx'
import { useSetOut } from './trip.ts'

const ConsentDialog = lazy(() =>
  import('./consent-dialog.tsx').then(({ ConsentDialog }) => ({ default: ConsentDialog })),
)
const DisconnectDialog = lazy(() =>
  import('./disconnect-dialog.tsx').then(({ DisconnectDialog }) => ({ default: DisconnectDialog })),
)

type CardProps = { connection: Connection; several: boolean }

/** One account: what it is used for, how it stands, what it may do, and how to end it. */
export function ConnectionCard({ connection, several }: CardProps) {
  const trip = isTripProvider(connection.provider)
  return (
    <section aria-label={connection.account} className="hairline rounded-card bg-surface">
      <Head connection={connection} />
      <div className="grid gap-6 p-5">
        {connection.state === 'broken' ? (
          <Reconnect connection={connection} />
        ) : (
          <DiesSoon connection={connection} />
        )}
        {connection.calendarEnded ? (
          <OnlyMailbox connection={connection} />
        ) : (
          <>
            <ChooseCalendars connection={connection} />
            {connection.roles.includes('busy') && <EventKinds connection={connection} />}
            {several && <RolesPart connection={connection} />}
          </>
        )}
        {trip && <MailboxPart connection={connection} />}
        <Foot connection={connection} />
      </div>
    </section>
  )
}

function Head({ connection }: { connection: Connection }) {
  const say = useSay(calendarWords)
  const times = useTimes()
  const [open, setOpen] = useState<'none' | 'consent' | 'disconnect'>('none')
  const { word, letter } = providerOf(connection.provider)
  const writes = connection.capabilities['write'] !== false
  const close = () => setOpen('none')
  return (
    <header className="flex flex-wrap items-center gap-x-4 gap-y-3 border-b border-border px-5 py-4">
      <span
        aria-hidden="true"
        className="hairline grid size-10 flex-none place-content-center rounded-control bg-sunken font-bold"
      >
        {letter}
      </span>
      <div className="min-w-0 flex-1 basis-48">
        <h2 className="flex flex-wrap items-center gap-x-3 gap-y-1 text-md font-medium break-all">
          {connection.account}
          {connection.legacy && <Chip>{say(`cal.legacy.${connection.legacy}`)}</Chip>}
        </h2>
        <p className="text-sm text-muted">
          {say('cal.card.about', {
            provider: say(`cal.provider.${word}`),
            date: times.date(connection.since),
          })}{' '}
          · {say(writes ? 'cal.card.may_write' : 'cal.card.may_read')}
        </p>
      </div>
      <Button small onClick={() => setOpen('consent')}>
        {say('cal.consent')}
      </Button>
      <Button small tone="danger" onClick={() => setOpen('disconnect')}>
        {say('cal.disconnect')}
      </Button>
      <Suspense>
        {open === 'consent' && <ConsentDialog connection={connection} onClose={close} />}
        {open === 'disconnect' && <DisconnectDialog connection={connection} onClose={close} />}
      </Suspense>
    </header>
  )
}

/** S-024 the other way round: the calendar has gone, the mailbox stayed. */
function OnlyMailbox({ connection }: { connection: Connection }) {
  const say = useSay(calendarWords)
  const setOut = useSetOut()
  const { id, account, mailbox } = connection
  const provider = connection.provider as TripProvider
  return (
    <>
      <Notice
        tone="note"
        actions={
          <Button
            small
            busy={setOut.isPending || setOut.isSuccess}
            onClick={() =>
              setOut.mutate({
                provider,
                mail: mailbox,
                loginHint: account,
                connectionId: id,
                purpose: 'reconnect',
              })
            }
          >
            {say('cal.mailbox.calendar_again')}
          </Button>
        }
      >
        {say('cal.mailbox.only')}
      </Notice>
      <ProblemNotice error={setOut.error} />
    </>
  )
}

/** How changes travel, and where all of it is written down. */
function Foot({ connection }: { connection: Connection }) {
  const say = useSay(calendarWords)
  const { state, calendarEnded, capabilities, push, roles } = connection
  const both = capabilities['write'] !== false && roles.includes('bookings')
  return (
    <footer className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 border-t border-border pt-4 text-sm">
      {state === 'connected' && !calendarEnded ? (
        <p className="flex min-w-0 flex-1 basis-60 gap-3 text-muted">
          <ArrowLeftRight size={18} aria-hidden className="mt-0.5 flex-none" />
          <span>
            {both && `${say('cal.sync.on')}: `}
            {say(push === 'live' ? 'cal.sync.live' : 'cal.sync.polling')}
          </span>
        </p>
      ) : (
        <span />
      )}
      <Link
        to="/app/settings/calendar/ledger"
        search={{ connection: connection.id }}
        className="link flex min-h-11 items-center gap-2"
      >
        <ScrollText size={18} aria-hidden className="flex-none" />
        {say('cal.ledger')}
      </Link>
    </footer>
  )
}
