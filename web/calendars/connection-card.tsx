import { useMutation } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { calendars } from '../api.ts'
import type { Connection } from '../api-types.ts'
import { useSay, useTimes } from '../language.tsx'
import { Details } from '../problem.tsx'
import { calendarsChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { PasswordField } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { toast } from '../ui/toasts.tsx'
import { ChooseCalendars } from './choose-calendars.tsx'
import { EventKinds } from './event-kinds.tsx'
import { providerOf } from './providers.ts'
import { reasonIn, serverOf, useReason } from './reason.tsx'

const ConsentDialog = lazy(() =>
  import('./consent-dialog.tsx').then(({ ConsentDialog }) => ({ default: ConsentDialog })),
)
const DisconnectDialog = lazy(() =>
  import('./disconnect-dialog.tsx').then(({ DisconnectDialog }) => ({ default: DisconnectDialog })),
)

export function ConnectionCard({ connection }: { connection: Connection }) {
  const say = useSay(calendarWords)
  const times = useTimes()
  const [open, setOpen] = useState<'none' | 'consent' | 'disconnect'>('none')
  const { word, letter } = providerOf(connection.provider)
  const writes = connection.capabilities['write'] !== false
  return (
    <section aria-label={connection.account} className="hairline rounded-card bg-surface">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-3 border-b border-border px-5 py-4">
        <span
          aria-hidden="true"
          className="hairline grid size-10 flex-none place-content-center rounded-control bg-sunken font-bold"
        >
          {letter}
        </span>
        <div className="min-w-0 flex-1 basis-48">
          <h2 className="text-md font-medium break-all">{connection.account}</h2>
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
      </header>
      <div className="grid gap-6 p-5">
        {connection.state === 'broken' && <Reconnect connection={connection} />}
        <ChooseCalendars connection={connection} />
        <EventKinds connection={connection} />
      </div>
      <Suspense>
        {open === 'consent' && <ConsentDialog connection={connection} onClose={() => setOpen('none')} />}
        {open === 'disconnect' && (
          <DisconnectDialog connection={connection} onClose={() => setOpen('none')} />
        )}
      </Suspense>
    </section>
  )
}

/** CAL-EXPIRED: what it means, and the one way out. */
function Reconnect({ connection }: { connection: Connection }) {
  const say = useSay(calendarWords)
  const sayApp = useSay(appWords)
  const words = useReason()
  const [password, setPassword] = useState('')
  const retry = useMutation({
    mutationFn: () => calendars.retry(connection.id, password === '' ? undefined : password),
    onSuccess: async () => {
      setPassword('')
      toast(say('cal.broken.back'))
      await calendarsChanged()
    },
  })
  const failed = reasonIn(retry.error)
  const reason = words(failed?.code ?? connection.reason ?? '', serverOf(connection.account))
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        retry.mutate()
      }}
    >
      <Notice
        tone="bad"
        title={say('cal.broken.title', { account: connection.account })}
        live={retry.isError}
      >
        <p>{say('cal.broken.body')}</p>
        {reason && (
          <p>
            {reason.cause} {reason.way}
          </p>
        )}
        <Details error={retry.error} />
      </Notice>
      <div className="flex flex-wrap items-end gap-3">
        <PasswordField
          className="min-w-0 flex-1 basis-64 @3xl:max-w-sm"
          label={say('cal.broken.password', { account: connection.account })}
          hint={say('cal.broken.password_hint')}
          autoComplete="off"
          show={sayApp('field.password_show')}
          hide={sayApp('field.password_hide')}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button type="submit" tone="primary" busy={retry.isPending} className="mb-6.5">
          {say('cal.broken.reconnect')}
        </Button>
      </div>
    </form>
  )
}
