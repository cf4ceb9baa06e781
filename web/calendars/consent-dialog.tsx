import { useQuery } from '@tanstack/react-query'
import { appWords } from '#core/locale/words/app.ts'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { calendars } from '../api.ts'
import type { Connection } from '../api-types.ts'
import { useSay, useTimes } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Disclosed } from './disclosed.tsx'

/** The consent receipt (S-075): what was allowed, when, and in which words. */
export function ConsentDialog({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const say = useSay(calendarWords)
  const sayApp = useSay(appWords)
  const times = useTimes()
  const consent = useQuery({
    queryKey: ['consent', connection.id],
    queryFn: () => calendars.consent(connection.id),
  })
  const content = () => {
    switch (consent.status) {
      case 'pending':
        return <Skeleton rows={3} label={sayApp('state.loading')} />
      case 'error':
        return <Failed error={consent.error} retry={consent.refetch} />
      case 'success':
        return (
          <>
            <Disclosed />
            <p className="text-sm text-muted">
              {say('cal.consent.given', {
                date: times.date(consent.data.givenAt),
                version: consent.data.textVersion,
              })}
            </p>
          </>
        )
    }
  }
  return (
    <Dialog title={say('cal.consent.title')} close={sayApp('do.close')} onClose={onClose}>
      {content()}
    </Dialog>
  )
}
