import { useMutation } from '@tanstack/react-query'
import { Mail, MailX } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { connections } from '../api.ts'
import type { Connection, TripProvider } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { ProblemNotice } from '../problem.tsx'
import { calendarsChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { toast } from '../ui/toasts.tsx'
import { useSetOut } from './trip.ts'

const ConfirmDialog = lazy(() =>
  import('../confirm-dialog.tsx').then(({ ConfirmDialog }) => ({ default: ConfirmDialog })),
)

/** S-023, S-024: the mailbox came along with the calendar and can go alone, or come later. */
export function MailboxPart({ connection, level = 3 }: { connection: Connection; level?: 2 | 3 }) {
  const say = useSay(calendarWords)
  const setOut = useSetOut()
  const [asking, setAsking] = useState(false)
  const { id, account, mailbox } = connection
  const provider = connection.provider as TripProvider
  const Heading = `h${level}` as const
  return (
    <section className={level === 3 ? 'border-t border-border pt-5' : undefined}>
      <Heading className={level === 3 ? 'font-medium' : 'mb-1 text-md font-medium break-all'}>
        {level === 3 ? say('cal.mailbox.title') : account}
      </Heading>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="flex min-w-0 flex-1 basis-60 gap-3 text-sm text-muted">
          {mailbox ? (
            <Mail size={18} aria-hidden className="mt-0.5 flex-none" />
          ) : (
            <MailX size={18} aria-hidden className="mt-0.5 flex-none" />
          )}
          {mailbox ? say('cal.mailbox.on', { account }) : say('cal.mailbox.off')}
        </p>
        {mailbox ? (
          <Button small onClick={() => setAsking(true)}>
            {say('cal.mailbox.unlink')}
          </Button>
        ) : (
          <Button
            small
            busy={setOut.isPending || setOut.isSuccess}
            onClick={() =>
              setOut.mutate({
                provider,
                mail: true,
                loginHint: account,
                connectionId: id,
                purpose: 'mailbox',
              })
            }
          >
            {say('cal.mailbox.link')}
          </Button>
        )}
      </div>
      <ProblemNotice error={setOut.error} />
      <Suspense>{asking && <Unlink connection={connection} onClose={() => setAsking(false)} />}</Suspense>
    </section>
  )
}

function Unlink({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const say = useSay(calendarWords)
  const unlink = useMutation({
    mutationFn: () => connections.unlinkMailbox(connection.id),
    onSuccess: async () => {
      toast(say('cal.mailbox.unlinked'))
      onClose()
      await calendarsChanged()
    },
  })
  return (
    <ConfirmDialog
      title={say('cal.mailbox.unlink_title', { account: connection.account })}
      go={say('cal.mailbox.unlink')}
      busy={unlink.isPending}
      error={unlink.error}
      onGo={() => unlink.mutate()}
      onClose={onClose}
    >
      <p>{say('cal.mailbox.unlink_body')}</p>
    </ConfirmDialog>
  )
}
