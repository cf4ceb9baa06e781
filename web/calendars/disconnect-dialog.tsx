import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { calendars, connections } from '../api.ts'
import type { Connection } from '../api-types.ts'
import { ConfirmDialog } from '../confirm-dialog.tsx'
import { useSay } from '../language.tsx'
import { useMe } from '../me.tsx'
import { bookingsQuery, calendarsChanged, connectionsQuery, pagesQuery } from '../queries.ts'
import { Choice } from '../ui/tick.tsx'
import { toast } from '../ui/toasts.tsx'
import { companyOf, isTripProvider } from './providers.ts'

type What = 'all' | 'calendar' | 'mailbox'
const WHATS = ['all', 'calendar', 'mailbox'] as const satisfies What[]

/** What stops, what stays, and that the keys are given back: said before, counted after. */
export function DisconnectDialog({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const say = useSay(calendarWords)
  const [what, setWhat] = useState<What>('all')
  const provider = companyOf(connection.provider)
  const disconnect = useMutation({
    mutationFn: async () => {
      if (what === 'mailbox') return void (await connections.unlinkMailbox(connection.id))
      return what === 'calendar'
        ? connections.endCalendar(connection.id)
        : calendars.disconnect(connection.id)
    },
    onSuccess: async (counts) => {
      toast(
        counts
          ? say('cal.disconnect.done', { pages: counts.offlinePages, meetings: counts.keptMeetings })
          : say('cal.mailbox.unlinked'),
      )
      onClose()
      await calendarsChanged()
    },
  })
  return (
    <ConfirmDialog
      title={say('cal.disconnect.title', { account: connection.account })}
      go={say('cal.disconnect')}
      busy={disconnect.isPending}
      error={disconnect.error}
      onGo={() => disconnect.mutate()}
      onClose={onClose}
    >
      {connection.mailbox && !connection.calendarEnded && (
        <fieldset>
          <legend className="font-medium">{say('cal.disconnect.what')}</legend>
          {WHATS.map((each) => (
            <Choice
              key={each}
              name="what"
              label={say(`cal.disconnect.${each}`)}
              hint={say(`cal.disconnect.${each}_hint`, { provider })}
              checked={what === each}
              onChange={() => setWhat(each)}
            />
          ))}
        </fieldset>
      )}
      <div aria-live="polite">
        {what === 'mailbox' ? (
          <p>{say('cal.mailbox.unlink_body')}</p>
        ) : (
          <Consequences connection={connection} provider={provider} whole={what === 'all'} />
        )}
      </div>
    </ConfirmDialog>
  )
}

function Consequences({
  connection,
  provider,
  whole,
}: {
  connection: Connection
  provider: string
  whole: boolean
}) {
  const say = useSay(calendarWords)
  const { user } = useMe()
  const pages = useQuery(pagesQuery)
  const upcoming = useInfiniteQuery(bookingsQuery('upcoming'))
  const others = (useQuery(connectionsQuery).data ?? []).filter(({ id }) => id !== connection.id)
  // Only without the calendar that receives new meetings do pages take requests.
  const receives = connection.roles.includes('bookings') && !connection.calendarEnded
  const going = receives
    ? (pages.data ?? []).filter(
        ({ state, eventType }) => state === 'active' && eventType.hosts.some(({ id }) => id === user.id),
      ).length
    : 0
  return (
    <ul className="grid list-disc gap-2 ps-5">
      {pages.data && !connection.calendarEnded && <li>{say('cal.disconnect.body', { n: going })}</li>}
      {upcoming.data && !upcoming.hasNextPage && receives && (
        <li>{say('cal.disconnect.meetings', { n: upcoming.data.length })}</li>
      )}
      {!connection.calendarEnded && <li>{say('cal.disconnect.live')}</li>}
      {connection.legacy && <li>{say('cal.disconnect.legacy')}</li>}
      {!connection.legacy && others.length > 0 && <li>{say('cal.disconnect.roles')}</li>}
      {whole && (
        <li>
          {isTripProvider(connection.provider)
            ? say('cal.disconnect.revoke', { provider })
            : say('cal.disconnect.keys')}
        </li>
      )}
    </ul>
  )
}
