import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, type LinkProps } from '@tanstack/react-router'
import { CalendarDays, ContactRound, Ellipsis, House, Inbox, LogOut, Plus, Settings } from 'lucide-react'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { signOut } from './accounts/sign-out.ts'
import { LanguageProvider, useSay } from './language.tsx'
import { MeProvider, useMe } from './me.tsx'
import { meQuery, todayQuery } from './queries.ts'
import { useSessionOver } from './session.ts'
import { actionLook, Actions } from './ui/actions.tsx'
import { Avatar } from './ui/avatar.tsx'
import { cx } from './ui/look.ts'
import { Mark } from './ui/mark.tsx'

const SignInAgain = lazy(() =>
  import('./accounts/sign-in-again.tsx').then(({ SignInAgain }) => ({ default: SignInAgain })),
)
const Create = lazy(() => import('./create.tsx').then(({ Create }) => ({ default: Create })))

/** The frame around every signed-in screen: a rail from 64 rem up, a bar at the bottom below. */
export function Shell() {
  const { data: me } = useQuery(meQuery)
  if (!me) return null
  return (
    <MeProvider value={me}>
      <LanguageProvider zone={me.user.zone}>
        <Frame />
      </LanguageProvider>
    </MeProvider>
  )
}

function Frame() {
  const say = useSay(appWords)
  const over = useSessionOver()
  const requests = useQuery(todayQuery).data?.requests ?? 0
  return (
    <div className="@container/app flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only z-50 rounded-control bg-primary px-4 py-3 font-medium text-on-primary focus:not-sr-only focus:fixed focus:start-4 focus:top-4"
      >
        {say('nav.skip')}
      </a>
      <div className="grid flex-1 content-start @5xl/app:grid-cols-[15rem_minmax(0,1fr)] @5xl/app:content-stretch">
        <Rail requests={requests} />
        <main
          id="content"
          tabIndex={-1}
          className="@container mx-auto w-full max-w-[78rem] min-w-0 px-4 pt-6 pb-10 @3xl:px-8"
        >
          <Outlet />
        </main>
      </div>
      <BottomBar requests={requests} />
      <Suspense>{over && <SignInAgain />}</Suspense>
    </div>
  )
}

type To = NonNullable<LinkProps['to']>

const LINE =
  'flex min-h-10 items-center gap-3 rounded-control px-2.5 py-2 font-medium pointer-coarse:min-h-11'
const HERE = { className: 'bg-surface text-text shadow-[inset_3px_0_0_var(--primary)] forced-colors:outline' }
const ELSEWHERE = { className: 'text-muted hover:text-text' }

function Rail({ requests }: { requests: number }) {
  const say = useSay(appWords)
  const { mail } = useMe()
  return (
    <nav
      aria-label={say('nav.label')}
      className="sticky top-0 hidden h-dvh flex-col gap-1 overflow-y-auto border-e border-border bg-sunken p-3 @5xl/app:flex"
    >
      <Link to="/app" className="mb-4 flex items-center gap-2 rounded-control px-2 py-2 text-md font-bold">
        <Mark />
        Ritrovo
      </Link>
      <RailLink to="/app" exact icon={<House size={18} aria-hidden />} label={say('nav.today')} />
      <RailLink
        to="/app/meetings"
        icon={<CalendarDays size={18} aria-hidden />}
        label={say('nav.meetings')}
        count={requests}
      />
      <RailLink
        to="/app/contacts"
        icon={<ContactRound size={18} aria-hidden />}
        label={say('nav.contacts')}
      />
      {mail.practice && (
        <RailLink to="/app/outbox" icon={<Inbox size={18} aria-hidden />} label={say('nav.outbox')} />
      )}
      <RailLink to="/app/settings" icon={<Settings size={18} aria-hidden />} label={say('nav.settings')} />
      <SubLink to="/app/settings" label={say('settings.general')} />
      <SubLink to="/app/team" label={say('nav.team')} />
      <div className="mt-auto pt-4">
        <Person />
      </div>
    </nav>
  )
}

function RailLink({
  to,
  exact = false,
  icon,
  label,
  count = 0,
}: {
  to: To
  exact?: boolean
  icon: ReactNode
  label: string
  count?: number
}) {
  const say = useSay(appWords)
  return (
    <Link
      to={to}
      activeOptions={{ exact, includeSearch: false }}
      className={LINE}
      activeProps={HERE}
      inactiveProps={ELSEWHERE}
    >
      {icon}
      <span className="flex-1">{label}</span>
      {count > 0 && <Count n={count} words={say('nav.requests', { n: count })} />}
    </Link>
  )
}

const SubLink = ({ to, label }: { to: To; label: string }) => (
  <Link
    to={to}
    activeOptions={{ includeSearch: false }}
    className="ms-9 flex min-h-9 items-center rounded-control px-2.5 text-sm pointer-coarse:min-h-11"
    activeProps={{ className: 'font-bold text-text' }}
    inactiveProps={{ className: 'text-muted hover:text-text' }}
  >
    {label}
  </Link>
)

const Count = ({ n, words, className }: { n: number; words: string; className?: string }) => (
  <span
    className={cx(
      'rounded-full bg-accent-soft px-2.5 text-sm font-medium text-on-accent-soft forced-colors:border',
      className,
    )}
  >
    <span aria-hidden="true">{n}</span>
    <span className="sr-only">, {words}</span>
  </span>
)

function Person() {
  const say = useSay(appWords)
  const { user, workspace } = useMe()
  const navigate = useNavigate()
  return (
    <Actions
      label={
        <span>
          <span className="sr-only">{say('nav.account')}: </span>
          {user.name}
        </span>
      }
      icon={<Avatar name={user.name} />}
      className="flex min-h-11 w-full items-center gap-3 rounded-control px-2 text-start text-sm font-medium hover:bg-surface"
    >
      <p className="border-b border-border px-3 pt-1 pb-2 text-sm text-muted">
        {user.email}
        <span className="block">{workspace.name}</span>
      </p>
      <Link to="/app/settings/profile" className={actionLook()}>
        <Settings size={16} aria-hidden />
        {say('settings.profile')}
      </Link>
      <button
        type="button"
        className={actionLook()}
        onClick={() => void signOut(() => navigate({ to: '/login' }))}
      >
        <LogOut size={16} aria-hidden />
        {say('nav.sign_out')}
      </button>
    </Actions>
  )
}

const TAB = 'grid min-h-14 content-center justify-items-center gap-0.5 px-1 text-xs font-medium'

function BottomBar({ requests }: { requests: number }) {
  const say = useSay(appWords)
  const [creating, setCreating] = useState(false)
  return (
    <>
      <nav
        aria-label={say('nav.label')}
        className="sticky bottom-0 z-20 grid grid-cols-5 border-t border-border bg-surface pb-[env(safe-area-inset-bottom)] @5xl/app:hidden"
      >
        <BarLink to="/app" exact icon={<House size={20} aria-hidden />} label={say('nav.today')} />
        <BarLink
          to="/app/meetings"
          icon={<CalendarDays size={20} aria-hidden />}
          label={say('nav.meetings')}
          count={requests}
        />
        <button type="button" className={cx(TAB, 'text-muted')} onClick={() => setCreating(true)}>
          <Plus size={20} aria-hidden />
          {say('nav.create')}
        </button>
        <BarLink
          to="/app/contacts"
          icon={<ContactRound size={20} aria-hidden />}
          label={say('nav.contacts')}
        />
        <BarLink to="/app/more" icon={<Ellipsis size={20} aria-hidden />} label={say('nav.more')} />
      </nav>
      <Suspense>{creating && <Create onClose={() => setCreating(false)} />}</Suspense>
    </>
  )
}

function BarLink({
  to,
  exact = false,
  icon,
  label,
  count = 0,
}: {
  to: To
  exact?: boolean
  icon: ReactNode
  label: string
  count?: number
}) {
  const say = useSay(appWords)
  return (
    <Link
      to={to}
      activeOptions={{ exact, includeSearch: false }}
      className={TAB}
      activeProps={{ className: 'text-primary' }}
      inactiveProps={{ className: 'text-muted' }}
    >
      <span className="relative">
        {icon}
        {count > 0 && (
          <Count
            n={count}
            words={say('nav.requests', { n: count })}
            className="absolute -top-2 start-3 px-1.5 text-xs"
          />
        )}
      </span>
      {label}
    </Link>
  )
}
