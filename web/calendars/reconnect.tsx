import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { calendars } from '../api.ts'
import type { Connection } from '../api-types.ts'
import { useNow, useSay, useTimes } from '../language.tsx'
import { Details, ProblemNotice } from '../problem.tsx'
import { calendarsChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { PasswordField } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { toast } from '../ui/toasts.tsx'
import { useCalError } from './cal-error.ts'
import { companyOf, isTripProvider } from './providers.ts'
import { reasonIn, serverOf, useReason } from './reason.tsx'
import { reconnecting, useSetOut } from './trip.ts'

/** CAL-EXPIRED: what it means, and the one way out. */
export const Reconnect = ({ connection }: { connection: Connection }) =>
  isTripProvider(connection.provider) ? (
    <SignInAgain connection={connection} />
  ) : (
    <TypeAgain connection={connection} />
  )

function SignInAgain({ connection }: { connection: Connection }) {
  const say = useSay(calendarWords)
  const calError = useCalError()
  const reasons = useReason()
  const setOut = useSetOut()
  const provider = companyOf(connection.provider)
  // That we are signed out is what the sentence above says already.
  const reason =
    connection.reason && connection.reason !== 'signed-out' && reasons(connection.reason, provider)
  return (
    <div className="grid gap-3">
      <Notice
        tone="bad"
        title={
          calError('CAL-EXPIRED', { provider }) ?? say('cal.broken.title', { account: connection.account })
        }
        actions={
          <Button
            tone="primary"
            busy={setOut.isPending || setOut.isSuccess}
            onClick={() => setOut.mutate(reconnecting(connection))}
          >
            {say('cal.reconnect')}
          </Button>
        }
      >
        {reason && <p>{reason.cause}</p>}
      </Notice>
      <ProblemNotice error={setOut.error} />
    </div>
  )
}

function TypeAgain({ connection }: { connection: Connection }) {
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

/** The provider will end the grant by itself: told before it hurts. */
export function DiesSoon({ connection }: { connection: Connection }) {
  const say = useSay(calendarWords)
  const times = useTimes()
  const now = useNow()
  const setOut = useSetOut()
  if (connection.diesAt === null || connection.diesAt <= now) return null
  const provider = companyOf(connection.provider)
  return (
    <div className="grid gap-3">
      <Notice
        tone="warn"
        title={say('cal.dies.title', { provider, when: times.day(connection.diesAt) })}
        actions={
          <Button
            small
            tone="primary"
            busy={setOut.isPending || setOut.isSuccess}
            onClick={() => setOut.mutate(reconnecting(connection))}
          >
            {say('cal.reconnect')}
          </Button>
        }
      >
        {say('cal.dies.body')}
      </Notice>
      <ProblemNotice error={setOut.error} />
    </div>
  )
}
