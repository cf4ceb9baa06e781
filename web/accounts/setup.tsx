import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { accounts, ApiProblem } from '../api.ts'
import type { Me, ScheduleDraft } from '../api-types.ts'
import { LanguageProvider, useSay } from '../language.tsx'
import { MeProvider } from '../me.tsx'
import { Failed } from '../problem.tsx'
import { meQuery } from '../queries.ts'
import { ScreenHeading } from '../screen.tsx'
import { buttonLook } from '../ui/button.tsx'
import { Mark } from '../ui/mark.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Front, Languages } from './front.tsx'
import { AccountStep, type Names } from './setup-account.tsx'
import { CalendarStep } from './setup-calendar.tsx'
import { DoneStep } from './setup-done.tsx'
import { HoursStep } from './setup-hours.tsx'
import { FirstPicture, LivePreview } from './setup-preview.tsx'
import { SetupProgress, type SetupStep } from './setup-progress.tsx'

/** The first run: an account, hours, a calendar, a rehearsal. Whoever is already signed in goes on where the account ends. */
export function Setup() {
  const sayApp = useSay(appWords)
  const { k: key } = useSearch({ from: '/setup' })
  const setup = useQuery({
    queryKey: ['setup', key],
    queryFn: () => accounts.setup(key),
    retry: false,
    staleTime: Infinity,
  })
  const me = useQuery(meQuery)
  const signedOut = me.error instanceof ApiProblem && me.error.status === 401

  if (me.data) return <Wizard me={me.data} />
  if (setup.status === 'error')
    return (
      <Front>
        <Failed error={setup.error} retry={setup.refetch} />
      </Front>
    )
  if (me.status === 'error' && !signedOut)
    return (
      <Front>
        <Failed error={me.error} retry={me.refetch} />
      </Front>
    )
  if (setup.status === 'pending' || me.status === 'pending')
    return (
      <Front>
        <Skeleton rows={3} label={sayApp('state.loading')} />
      </Front>
    )
  if (!setup.data.open) return <Ended title="setup.closed.title" body="setup.closed.body" />
  if (!key || setup.data.keyOk === false) return <Ended title="setup.key.title" body="setup.key.body" />
  return <Wizard me={null} setupKey={key} />
}

function Ended({
  title,
  body,
}: {
  title: 'setup.closed.title' | 'setup.key.title'
  body: 'setup.closed.body' | 'setup.key.body'
}) {
  const say = useSay(accountWords)
  return (
    <Front>
      <ScreenHeading title={say(title)} below={say(body)} />
      <Link to="/login" className={buttonLook({ wide: true })}>
        {say('sign_in.go')}
      </Link>
    </Front>
  )
}

function Wizard({ me, setupKey = '' }: { me: Me | null; setupKey?: string }) {
  const navigate = useNavigate()
  const [step, setStep] = useState<SetupStep>(me ? 'hours' : 'account')
  const [names, setNames] = useState<Names>({ name: '', workspaceName: '' })
  const [schedule, setSchedule] = useState<ScheduleDraft | undefined>()
  const [connected, setConnected] = useState<string | null>(null)

  const content = () => {
    switch (me ? step : 'account') {
      case 'account':
        return (
          <AccountStep
            setupKey={setupKey}
            onNames={setNames}
            onDone={() => {
              setStep('hours')
              // The key has done its work: it shall not stay in the address, nor in the history.
              void navigate({ to: '/setup', search: {}, replace: true })
            }}
          />
        )
      case 'hours':
        return <HoursStep onDraft={setSchedule} onDone={() => setStep('calendar')} />
      case 'calendar':
        return (
          <CalendarStep
            onBack={() => setStep('hours')}
            onDone={(account) => {
              setConnected(account)
              setStep('try')
            }}
          />
        )
      case 'try':
        return <DoneStep connected={connected} />
    }
  }
  const room = (
    <div className="grid min-h-dvh @4xl:grid-cols-2">
      <main
        id="content"
        className="mx-auto flex w-full max-w-xl flex-col justify-center px-5 py-8 @4xl:px-10"
      >
        <p className="mb-5 flex items-center gap-3 text-lg font-bold">
          <Mark size={32} />
          Ritrovo
        </p>
        <SetupProgress step={me ? step : 'account'} />
        {content()}
        {!me && <Languages />}
      </main>
      <aside className="hidden border-s border-border bg-sunken px-8 py-10 @4xl:block">
        <div className="sticky top-10">
          {me ? (
            <LivePreview me={me} schedule={schedule} requests={connected === null} />
          ) : (
            <FirstPicture names={names} />
          )}
        </div>
      </aside>
    </div>
  )
  return (
    <div className="@container">
      {me ? (
        <MeProvider value={me}>
          <LanguageProvider zone={me.user.zone}>{room}</LanguageProvider>
        </MeProvider>
      ) : (
        room
      )}
    </div>
  )
}
