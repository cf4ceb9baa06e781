import { appWords } from '#core/locale/words/app.ts'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useSay } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { calendarsChanged, connectionsQuery } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ChooseCalendars } from './choose-calendars.tsx'

/** Right after connecting (S-040): which calendars are checked, and which one gets new meetings. */
export function ChooseSheet({
  connectionId,
  without,
  onClose,
}: {
  connectionId: string
  without?: 'mail' | undefined
  onClose: () => void
}) {
  const say = useSay(calendarWords)
  const sayApp = useSay(appWords)
  const connections = useQuery({ ...connectionsQuery, refetchInterval: 3000 })
  const connection = connections.data?.find(({ id }) => id === connectionId) ?? connections.data?.[0]
  const reading = connection?.calendars.some(({ checked, syncedAt }) => checked && syncedAt === null) ?? false
  const wasReading = useRef(reading)
  // With the first look behind it the pages take bookings: whatever shows them should know.
  useEffect(() => {
    if (wasReading.current && !reading) void calendarsChanged()
    wasReading.current = reading
  }, [reading])
  const content = () => {
    switch (connections.status) {
      case 'pending':
        return <Skeleton rows={3} label={sayApp('state.loading')} />
      case 'error':
        return <Failed error={connections.error} retry={connections.refetch} />
      case 'success':
        return connection ? (
          <>
            <Notice tone="good" title={say('cal.choose.account', { account: connection.account })}>
              {reading && say('cal.choose.reading')}
            </Notice>
            {without && <Notice tone="warn">{say('cal.choose.without_mail')}</Notice>}
            <ChooseCalendars connection={connection} />
          </>
        ) : null
    }
  }
  return (
    <Dialog title={say('cal.choose.title')} close={sayApp('do.close')} onClose={onClose} wide>
      {content()}
      <DialogFoot>
        <span />
        <Button tone="primary" onClick={onClose}>
          {say('cal.done')}
        </Button>
      </DialogFoot>
    </Dialog>
  )
}
