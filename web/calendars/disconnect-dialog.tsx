import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { calendars } from '../api.ts'
import type { Connection } from '../api-types.ts'
import { ConfirmDialog } from '../confirm-dialog.tsx'
import { useSay } from '../language.tsx'
import { useMe } from '../me.tsx'
import { bookingsQuery, calendarsChanged, pagesQuery } from '../queries.ts'
import { toast } from '../ui/toasts.tsx'

/** What stops, what stays, and that the secret is destroyed: said before, counted after. */
export function DisconnectDialog({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const say = useSay(calendarWords)
  const { user } = useMe()
  const pages = useQuery(pagesQuery)
  const upcoming = useInfiniteQuery(bookingsQuery('upcoming'))
  const going = (pages.data ?? []).filter(
    ({ state, eventType }) => state === 'active' && eventType.hosts.some(({ id }) => id === user.id),
  ).length
  const disconnect = useMutation({
    mutationFn: () => calendars.disconnect(connection.id),
    onSuccess: async ({ offlinePages, keptMeetings }) => {
      toast(say('cal.disconnect.done', { pages: offlinePages, meetings: keptMeetings }))
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
      <ul className="grid list-disc gap-2 ps-5">
        {pages.data && <li>{say('cal.disconnect.body', { n: going })}</li>}
        {upcoming.data && !upcoming.hasNextPage && (
          <li>{say('cal.disconnect.meetings', { n: upcoming.data.length })}</li>
        )}
        <li>{say('cal.disconnect.keys')}</li>
      </ul>
    </ConfirmDialog>
  )
}
