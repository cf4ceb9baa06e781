import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { accounts, ApiProblem } from '../api.ts'
import type { Me, ScheduleDraft } from '../api-types.ts'
import { LanguageProvider, useSay } from '../language.tsx'
import { MeProvider } from '../me.tsx'
import { Failed } from '../problem.tsx'
import { meQuery, pagesQuery } from '../queries.ts'
import { PageFrame, Preview, TimesToCome } from '../event-types/preview.tsx'
import { ScreenHeading } from '../screen.tsx'
import { buttonLook } from '../ui/button.tsx'
import { cx } from '../ui/look.ts'
import { Mark } from '../ui/mark.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Front, Languages } from './front.tsx'
import { AccountStep, type Names } from './setup-account.tsx'
import { CalendarStep } from './setup-calendar.tsx'
import { DoneStep } from './setup-done.tsx'
import { HoursStep } from './setup-hours.tsx'

const STEPS = ['account', 'hours', 'calendar', 'try'] as const
type Step = (typeof STEPS)[number]

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
  const [step, setStep] = useState<Step>(me ? 'hours' : 'account')
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
        <Progress step={me ? step : 'account'} />
        {content()}
        {!me && <Languages />}
      </main>
      <aside className="hidden border-s border-border bg-sunken px-8 py-10 @4xl:block">
        <div className="sticky top-10">
          {me ? (
            <LivePreview me={me} schedule={schedule} requests={connected === null} />
          ) : (
            <Picture names={names} />
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

function Progress({ step }: { step: Step }) {
  const say = useSay(accountWords)
  const at = STEPS.indexOf(step)
  return (
    <nav aria-label={say('setup.steps')} className="mb-6">
      <ol className="flex flex-wrap gap-x-4 gap-y-2 text-sm font-medium">
        {STEPS.map((name, index) => (
          <li
            key={name}
            aria-current={index === at ? 'step' : undefined}
            className={cx('flex items-center gap-2', index === at ? 'text-text' : 'text-muted')}
          >
            <span
              aria-hidden="true"
              className={cx(
                'grid size-6 place-content-center rounded-full border text-xs font-bold',
                index < at && 'border-primary bg-primary text-on-primary',
                index === at && 'border-accent bg-accent text-on-accent',
                index > at && 'border-border-strong',
              )}
            >
              {index < at ? <Check size={14} /> : index + 1}
            </span>
            <span className={cx(index !== at && 'sr-only @md:not-sr-only')}>{say(`setup.step.${name}`)}</span>
          </li>
        ))}
      </ol>
    </nav>
  )
}

function LivePreview({
  me,
  schedule,
  requests,
}: {
  me: Me
  schedule: ScheduleDraft | undefined
  requests: boolean
}) {
  const say = useSay(accountWords)
  const pages = useQuery(pagesQuery)
  const page = pages.data?.find(({ mine }) => mine)
  return (
    <Framed title={say('setup.preview')}>
      {page ? (
        <Preview
          pageId={page.id}
          workspace={me.workspace.name}
          host={me.user.name}
          eventType={page.eventType}
          {...(schedule ? { schedule } : {})}
          requests={requests}
        />
      ) : (
        <Skeleton rows={4} label={say('setup.preview')} />
      )}
    </Framed>
  )
}

const FIRST = { durations: [30], location: { kind: 'ask', value: '' }, description: '' } as const

/** Before there is a page there are the names one types; the times come with the next step. */
function Picture({ names }: { names: Names }) {
  const say = useSay(accountWords)
  const sayBooking = useSay(bookingWords)
  return (
    <Framed title={say('setup.preview')}>
      <PageFrame
        workspace={names.workspaceName || '…'}
        host={names.name || '…'}
        eventType={{ ...FIRST, durations: [30], title: sayBooking('template.first-meeting') }}
      >
        <TimesToCome />
      </PageFrame>
    </Framed>
  )
}

const Framed = ({ title, children }: { title: string; children: ReactNode }) => (
  <section aria-label={title}>
    <p className="mx-auto mb-3 max-w-sm text-sm font-medium text-muted">{title}</p>
    {children}
  </section>
)
